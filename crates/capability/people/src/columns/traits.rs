//! What the columns hold of somebody's facts: the day of birth and one word of yes and no.

use crate::store::list::{Filter, Group};
use kernel::{AreaCode, Day};
use rules::facts::{FactId, Facts, Value};

/// The birth of somebody whose day of birth is not known: behind everyone's.
pub(crate) const UNKNOWN_DAY: u32 = u32::MAX;

/// Known to have died.
const DEAD: u32 = 1;
const MALE: u32 = 1 << 1;
const FEMALE: u32 = 1 << 2;
/// The first group's bit; the others follow in the order of [`Group::ALL`].
const GROUPS: u32 = 3;

/// What follows from somebody's facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Traits {
    pub(crate) hukou: Option<AreaCode>,
    pub(crate) residence: Option<AreaCode>,
    /// `yyyymmdd`, or [`UNKNOWN_DAY`].
    pub(crate) birth: u32,
    pub(crate) flags: u32,
}

impl Traits {
    /// The one place where facts become columns; equal to the conditions of `store::list` (a test).
    pub(crate) fn of(facts: &Facts) -> Self {
        let area = |fact| match facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        };
        let mut flags = 0;
        if facts.get(FactId::ALIVE) == Some(&Value::Bool(false)) {
            flags |= DEAD;
        }
        flags |= match rules::facts::find("sex").and_then(|sex| facts.get(sex)) {
            Some(Value::Word("male")) => MALE,
            Some(Value::Word("female")) => FEMALE,
            _ => 0,
        };
        for (place, group) in Group::ALL.iter().enumerate() {
            flags |= u32::from(holds(*group, facts)) << (GROUPS + place as u32);
        }
        Self {
            hukou: area(FactId::HUKOU_AREA),
            residence: area(FactId::RESIDENCE_AREA),
            birth: number(crate::store::columns::day_of(facts, FactId::BIRTH_DATE)),
            flags,
        }
    }
}

/// Whether these flags say male, female, or nothing.
pub(crate) fn sex_of(flags: u32) -> Option<bool> {
    match (flags & MALE != 0, flags & FEMALE != 0) {
        (true, _) => Some(true),
        (false, true) => Some(false),
        (false, false) => None,
    }
}

/// A day as the column holds it.
pub(crate) fn number(day: Option<Day>) -> u32 {
    day.and_then(|day| u32::try_from(day.number()).ok())
        .unwrap_or(UNKNOWN_DAY)
}

/// Whether somebody with these facts belongs to a group.
fn holds(group: Group, facts: &Facts) -> bool {
    let get = |name: &str| rules::facts::find(name).and_then(|fact| facts.get(fact));
    let yes = |name: &str| get(name) == Some(&Value::Bool(true));
    let lives = |word: &'static str| get("living") == Some(&Value::Word(word));
    let level = |name: &str| match get(name) {
        Some(Value::Int(level)) => Some(*level),
        _ => None,
    };
    let town = |name: &str| match get(name) {
        Some(Value::Area(code)) => code.as_str().get(..9).map(str::to_owned),
        _ => None,
    };
    match group {
        Group::Alone => lives("alone"),
        Group::EmptyNest => lives("empty_nest"),
        Group::LeftBehind => yes("left_behind"),
        Group::Tekun => yes("tekun"),
        Group::Dibao => yes("dibao") || yes("dibao_household"),
        Group::LowIncome => yes("low_income"),
        Group::SevereDisability => matches!(level("disability_grade"), Some(1 | 2)),
        Group::Disabled => level("ability_level").is_some_and(|level| level >= 1),
        Group::Dementia => yes("dementia"),
        Group::SpecialFamily => yes("special_family"),
        Group::Merit => [
            "merit_martyr_family",
            "merit_fallen_family",
            "merit_deceased_soldier_family",
            "merit_disabled_soldier",
            "merit_demobilised",
            "merit_discharged",
            "merit_veteran",
            "merit_serving_family",
        ]
        .into_iter()
        .any(yes),
        Group::Apart => {
            matches!((town("hukou_area"), town("residence_area")), (Some(a), Some(b)) if a != b)
        }
        Group::Institution => lives("institution"),
        Group::LivingUnknown => get("living").is_none(),
        Group::PriorityChild => [
            "orphan",
            "unattended_child",
            "martyr_child",
            "poor_family_child",
            "migrant_child",
            "dibao_household",
        ]
        .into_iter()
        .any(yes),
    }
}

/// The same word worked out by the database, over alias `p`: a start reads one number in place of two
/// dozen columns.
pub(crate) fn flags_sql() -> String {
    let mut sql = format!(
        "(CASE WHEN NOT p.alive THEN {DEAD} ELSE 0 END) + \
         (CASE p.sex WHEN 'male' THEN {MALE} WHEN 'female' THEN {FEMALE} ELSE 0 END)"
    );
    for (place, group) in Group::ALL.iter().enumerate() {
        let bit = 1_u32 << (GROUPS + place as u32);
        sql.push_str(&format!(
            " + (CASE WHEN {} THEN {bit} ELSE 0 END)",
            group.condition()
        ));
    }
    sql
}

/// Which bits a filter looks at, and what they must be.
pub(crate) fn wanted(filter: &Filter) -> (u32, u32) {
    let (mut mask, mut value) = (DEAD, if filter.dead { DEAD } else { 0 });
    match filter.sex.as_deref() {
        None => {}
        Some(sex) => {
            mask |= MALE | FEMALE;
            value |= match sex {
                "male" => MALE,
                "female" => FEMALE,
                // Nobody is both: a word that is no sex finds nobody, as in the database.
                _ => MALE | FEMALE,
            };
        }
    }
    if let Some(group) = filter.group
        && let Some(place) = Group::ALL.iter().position(|other| *other == group)
    {
        let bit = 1 << (GROUPS + place as u32);
        (mask, value) = (mask | bit, value | bit);
    }
    (mask, value)
}
