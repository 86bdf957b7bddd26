//! 优抚对象 (product.md 12, row B07): old soldiers, families of soldiers, and who is on a state pension.

use crate::city::Value;
use crate::draft::Household;
use crate::rates;
use crate::rolls::{
    DECEASED, DEMOBILISED, DISABLED_SOLDIER, DISCHARGED, FALLEN, Key, MARTYR, MERIT_PENSION,
    SERVING, VETERAN,
};
use crate::tags::{LASTS, Tagger, Tags};

/// Kind, ages, men only, rate among these [assumption].
const KINDS: [(Key, i32, i32, bool, f64); 8] = [
    (MARTYR, 60, 95, false, 0.0012),
    (FALLEN, 60, 95, false, 0.0004),
    (DECEASED, 60, 95, false, 0.0008),
    (DISABLED_SOLDIER, 40, 92, true, 0.0030),
    (DEMOBILISED, 86, 102, true, 0.0800),
    (DISCHARGED, 60, 90, true, 0.0220),
    (VETERAN, 22, 90, true, rates::VETERAN),
    (SERVING, 44, 66, false, 0.0060),
];

/// Marks one member.
pub(crate) fn mark(tagger: &mut Tagger<'_>, household: &Household, at: usize, tags: &mut Tags) {
    let Some(draft) = household.members.get(at) else {
        return;
    };
    let mut pension = 0.0_f64;
    for (which, (key, from, to, men, rate)) in KINDS.iter().enumerate() {
        if draft.age < *from || draft.age > *to || (*men && !draft.is_male()) {
            continue;
        }
        if !tagger.quotas.merit[which].draw(tagger.rng, *rate) {
            continue;
        }
        let since = tagger.calendar.month(tagger.rng.range(14, 240));
        let since = since.max(tagger.calendar.birthday(draft.birth, 20));
        let own = match *key {
            SERVING | VETERAN => 0.0,
            DISCHARGED => 0.7,
            _ => 0.9,
        };
        pension = pension.max(own);
        if own > 0.0 && draft.age >= 60 && tags.supported.is_none() && tagger.rng.chance(0.7) {
            tags.supported = Some((!tagger.rng.chance(0.12), since));
        }
        tags.hold_as(*key, (since, LASTS), Value::Bool(true), Vec::new());
    }
    if pension > 0.0 && tagger.rng.chance(pension) {
        let since = tagger.calendar.month(tagger.rng.range(14, 120));
        tags.hold_as(MERIT_PENSION, (since, LASTS), Value::Bool(true), Vec::new());
    }
}
