//! What departments and visitors find out about each member of a household.

use crate::calendar::{Calendar, number};
use crate::city::{Set, Value};
use crate::draft::{Fate, Household, Kind};
use crate::merit;
use crate::places::Places;
use crate::pool::MALE;
use crate::rates;
use crate::rng::{Quota, Rng};
use crate::rolls::{
    CUSTODY, DIBAO, DIBAO_HOUSEHOLD, EDGE, EMPLOYEE, GRADE, ILL, Key, LOW_INCOME, ONLY_CHILD,
    RESIDENT, RIGID, SPECIAL, SPECIAL_APPROVED, TEKUN, WORK_INJURY,
};

/// Never: the end of a fact that lasts.
pub(crate) const LASTS: i32 = i32::MAX;

/// A fact an office holds about somebody.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) key: Key,
    pub(crate) since: i32,
    pub(crate) until: i32,
    /// The day the office was told, where that was late.
    pub(crate) late: Option<i32>,
    pub(crate) value: Value,
    /// Facts that come with it.
    pub(crate) extra: Vec<Set>,
}

/// What is true of one member.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tags {
    pub(crate) held: Vec<Held>,
    /// GB/T 42195 level, the day it was assessed, and whether it means 不能自理.
    pub(crate) ability: Option<(i64, i32)>,
    /// Long care is needed (severely disabled people).
    pub(crate) long_care: Option<bool>,
    /// Whether somebody can support them (a visitor's word), and since when.
    pub(crate) supported: Option<(bool, i32)>,
    /// The assistance decision's 城镇 or 农村, where there is one.
    pub(crate) urban: Option<bool>,
}

impl Tags {
    /// Since when, until when.
    pub(crate) fn span(&self, key: Key) -> Option<(i32, i32)> {
        self.held
            .iter()
            .find(|held| held.key == key)
            .map(|held| (held.since, held.until))
    }

    pub(crate) fn grade(&self) -> Option<(i64, i32, i32)> {
        self.held
            .iter()
            .find(|held| held.key == GRADE)
            .and_then(|held| match held.value {
                Value::Int(grade) => Some((grade, held.since, held.until)),
                _ => None,
            })
    }

    fn hold(&mut self, key: Key, since: i32) {
        self.hold_as(key, (since, LASTS), Value::Bool(true), Vec::new());
    }

    pub(crate) fn hold_as(&mut self, key: Key, days: (i32, i32), value: Value, extra: Vec<Set>) {
        self.held.push(Held {
            key,
            since: days.0,
            until: days.1,
            late: None,
            value,
            extra,
        });
    }
}

/// The running quotas of the whole city.
#[derive(Debug)]
pub(crate) struct Quotas {
    poor: [Quota; 3],
    edge: Quota,
    rigid: Quota,
    low: Quota,
    tekun: [Quota; 3],
    disabled: [Quota; 5],
    single: Quota,
    special: Quota,
    special_families: u32,
    ill: Quota,
    custody: Quota,
    injury: Quota,
    late: Quota,
    pub(crate) merit: [Quota; 8],
    pub(crate) assessed: [Quota; 2],
}

impl Quotas {
    pub(crate) const fn new() -> Self {
        let mut merit = [Quota::new(); 8];
        merit[4] = Quota::early(); // 复员军人 are 86 and older: a handful in a small city
        Self {
            poor: [Quota::new(); 3],
            edge: Quota::new(),
            rigid: Quota::new(),
            low: Quota::new(),
            tekun: [Quota::new(); 3],
            disabled: [Quota::new(); 5],
            single: Quota::new(),
            special: Quota::new(),
            special_families: 0,
            ill: Quota::new(),
            custody: Quota::new(),
            injury: Quota::new(),
            late: Quota::new(),
            merit,
            assessed: [Quota::new(); 2],
        }
    }
}

/// What tagging needs at hand.
#[derive(Debug)]
pub(crate) struct Tagger<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) calendar: &'a Calendar,
    pub(crate) places: &'a Places,
    pub(crate) quotas: &'a mut Quotas,
}

/// Disability kinds, as often as they occur.
const KINDS: [&str; 20] = [
    "肢体", "肢体", "肢体", "肢体", "肢体", "肢体", "肢体", "肢体", "肢体", "肢体", "视力", "视力",
    "视力", "听力", "听力", "智力", "精神", "精神", "言语", "多重",
];

impl Tagger<'_> {
    /// Tags of every member, in their order.
    pub(crate) fn household(&mut self, household: &Household, tags: &mut Vec<Tags>) {
        tags.clear();
        tags.resize_with(household.members.len(), Tags::default);
        if household.what().is_some_and(crate::named::What::plain) {
            self.pensions(household, tags);
            return;
        }
        self.assistance(household, tags);
        for (at, tags) in tags.iter_mut().enumerate() {
            if !Self::is_local(household, at) {
                continue;
            }
            self.tekun(household, at, tags);
            self.disability(household, at, tags);
            self.others(household, at, tags);
            merit::mark(self, household, at, tags);
        }
        self.pensions(household, tags);
        self.special_family(household, tags);
        for (at, tags) in tags.iter_mut().enumerate() {
            self.assess(household, at, tags);
        }
    }

    /// Registered in the city, so that its offices know them.
    fn is_local(household: &Household, at: usize) -> bool {
        household.members.get(at).is_some_and(|d| {
            matches!(d.hukou, Some(crate::places::Place::Village(_)))
                && !matches!(d.fate, Fate::Born(_, false) | Fate::MovedOut(_))
        })
    }

    /// The first of a month, years ago for most, in the past for some.
    pub(crate) fn since(&mut self, birth: i32) -> i32 {
        let back = if self.rng.chance(0.12) {
            self.rng.range(1, 11)
        } else {
            self.rng.range(13, 96)
        };
        self.calendar
            .month(back)
            .max(self.calendar.next_month(birth, 0))
    }

    fn urban(&self, household: &Household) -> bool {
        household
            .members
            .first()
            .and_then(|d| d.hukou)
            .is_some_and(|p| self.places.is_urban(p))
    }

    fn assistance(&mut self, household: &Household, tags: &mut [Tags]) {
        let here = |at: usize| {
            household
                .members
                .get(at)
                .is_some_and(crate::draft::Draft::lives_here)
        };
        let who: Vec<usize> = (0..tags.len())
            .filter(|at| here(*at) && Self::is_local(household, *at))
            .collect();
        if who.is_empty() || matches!(household.kind, Kind::Institution | Kind::Collective) {
            return;
        }
        let urban = self.urban(household);
        let old = household
            .members
            .iter()
            .all(|d| d.age >= 60 || !d.lives_here());
        let class = match (urban, old) {
            (true, _) => 2,
            (false, true) => 0,
            (false, false) => 1,
        };
        let rng = &mut *self.rng;
        let keys: &[Key] = if self.quotas.poor[class].draw(rng, rates::DIBAO[class]) {
            &[DIBAO_HOUSEHOLD, DIBAO]
        } else if self.quotas.edge.draw(rng, rates::EDGE) {
            &[LOW_INCOME, EDGE]
        } else if self.quotas.rigid.draw(rng, rates::RIGID) {
            &[LOW_INCOME, RIGID]
        } else if self.quotas.low.draw(rng, rates::LOW_INCOME) {
            &[LOW_INCOME]
        } else {
            return;
        };
        let since = self.since(0);
        let ends = self.rng.chance(0.07) && since < self.calendar.start;
        let until = if ends {
            self.calendar.month(self.rng.range(1, 10))
        } else {
            LASTS
        };
        for at in who {
            let unnamed = keys.contains(&DIBAO)
                && household
                    .members
                    .get(at)
                    .is_some_and(|d| (25..=55).contains(&d.age))
                && self.rng.chance(rates::DIBAO_UNNAMED);
            tags[at].urban = Some(urban);
            for key in keys.iter().filter(|key| **key != DIBAO || !unnamed) {
                let mut extra = vec![self.set("urban", Value::Bool(urban), since)];
                if [EDGE, RIGID].contains(key) {
                    extra.push(self.set("low_income", Value::Bool(true), since));
                }
                tags[at].hold_as(*key, (since, until), Value::Bool(true), extra);
            }
        }
    }

    fn tekun(&mut self, household: &Household, at: usize, tags: &mut Tags) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        let urban = draft.hukou.is_some_and(|p| self.places.is_urban(p));
        let class = match (household.kind, draft.sex()) {
            (Kind::Institution, _) => 2,
            (Kind::Single, MALE) if !urban => 0,
            (Kind::Single, _) if !urban => 1,
            _ => return,
        };
        let free = draft.age >= 60 && draft.lives_here() && tags.held.is_empty();
        if !free || !self.quotas.tekun[class].draw(self.rng, rates::TEKUN[class]) {
            return;
        }
        let since = self.since(self.calendar.birthday(draft.birth, 60));
        if since > self.calendar.today {
            return;
        }
        let care = match self.rng.below(10) {
            0..7 => "able",
            7..9 => "partial",
            _ => "none",
        };
        let mode = if class == 2 {
            "centralised"
        } else {
            "dispersed"
        };
        let other = if class == 2 {
            "dispersed"
        } else {
            "centralised"
        };
        let choice = if self.rng.chance(0.06) { other } else { mode };
        let extra = vec![
            self.set("tekun_choice", Value::Word(choice), since),
            self.set("tekun_mode", Value::Word(mode), since),
            self.set("tekun_self_care", Value::Word(care), since),
            self.set("urban", Value::Bool(urban), since),
        ];
        tags.supported = Some((false, since));
        tags.urban = Some(urban);
        tags.hold_as(TEKUN, (since, LASTS), Value::Bool(true), extra);
    }

    fn disability(&mut self, household: &Household, at: usize, tags: &mut Tags) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        let class = match draft.age {
            ..18 => 0,
            18..45 => 1,
            45..60 => 2,
            60..75 => 3,
            _ => 4,
        };
        let poor = tags.span(DIBAO_HOUSEHOLD).is_some();
        let rate = rates::DISABLED[class] * if poor { rates::DISABLED_IF_POOR } else { 1.0 };
        if draft.age < 2 || !self.quotas.disabled[class].draw(self.rng, rate) {
            return;
        }
        let grade = match self.rng.below(100) {
            0..18 => 1,
            18..45 => 2,
            45..72 => 3,
            _ => 4,
        };
        let since = self.since(draft.birth);
        let card = self
            .calendar
            .birthday(since, if self.rng.chance(0.06) { 1 } else { 10 });
        let kind = self.rng.pick(&KINDS, "肢体");
        let mut extra = vec![
            self.set("disability_kind", Value::Word(kind), since),
            self.set(
                "disability_card_until",
                Value::Day(self.calendar.day(card)),
                since,
            ),
        ];
        if grade <= 2 && self.rng.chance(rates::LONG_CARE[0]) {
            let needs = self.rng.chance(rates::LONG_CARE[1]);
            tags.long_care = Some(needs);
            extra.push(self.set("needs_long_care", Value::Bool(needs), since));
        }
        tags.hold_as(GRADE, (since, LASTS), Value::Int(grade), extra);
        let recent = since > self.calendar.start && since < self.calendar.month(6);
        if recent && self.quotas.late.draw(self.rng, 0.15) {
            let told = since + self.rng.range(60, 140);
            if let Some(held) = tags.held.last_mut() {
                held.late = Some(told);
            }
        }
        let alone = grade <= 2 && tags.urban.is_none();
        if alone && self.quotas.single.draw(self.rng, rates::SINGLE_DIBAO) {
            let urban = draft.hukou.is_some_and(|p| self.places.is_urban(p));
            let since = self.since(draft.birth);
            let extra = vec![self.set("urban", Value::Bool(urban), since)];
            tags.urban = Some(urban);
            tags.hold_as(DIBAO, (since, LASTS), Value::Bool(true), extra);
        }
    }

    fn others(&mut self, household: &Household, at: usize, tags: &mut Tags) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        if draft.age >= 50 && self.quotas.ill.draw(self.rng, rates::ILL) {
            let since = self.since(draft.birth);
            tags.hold(ILL, since);
        }
        let away = matches!(draft.fate, Fate::Away(_)) && draft.is_male();
        if away && (20..55).contains(&draft.age) && self.quotas.custody.draw(self.rng, 0.006) {
            let since = self.calendar.month(self.rng.range(13, 30));
            tags.hold(CUSTODY, since);
        }
        let worker = draft.is_male() && (40..70).contains(&draft.age);
        if worker && self.quotas.injury.draw(self.rng, 0.0006) {
            let since = self.since(draft.birth);
            tags.hold(WORK_INJURY, since);
        }
    }

    fn pensions(&mut self, household: &Household, tags: &mut [Tags]) {
        for (at, tags) in tags.iter_mut().enumerate() {
            let Some(draft) = household.members.get(at) else {
                continue;
            };
            if draft.age < 50 || !Self::is_local(household, at) {
                continue;
            }
            let urban = draft.hukou.is_some_and(|p| self.places.is_urban(p));
            let early = !draft.is_male();
            let rate = rates::EMPLOYEE[usize::from(!urban)];
            let rate = if draft.age < 60 {
                rates::EMPLOYEE[2 + usize::from(!urban)]
            } else {
                rate
            };
            let (key, age) = if (draft.age >= 60 || early) && self.rng.chance(rate) {
                let age = if early {
                    self.rng.pick(&[50, 50, 55], 50).min(draft.age)
                } else {
                    60
                };
                (EMPLOYEE, age)
            } else if draft.age >= 60 && self.rng.chance(rates::RESIDENT) {
                (RESIDENT, 60)
            } else {
                continue;
            };
            let since = self
                .calendar
                .next_month(self.calendar.birthday(draft.birth, age), 0);
            // 城乡居民基本养老保险 covers the city since 2011 [assumption].
            let since = if key == RESIDENT {
                since.max(number(2011, 7, 1))
            } else {
                since
            };
            if since <= self.calendar.today {
                tags.hold(key, since);
            }
        }
    }

    fn special_family(&mut self, household: &Household, tags: &mut [Tags]) {
        let urban = self.urban(household);
        let pair = matches!(household.kind, Kind::Couple | Kind::Single);
        let ages = |at: usize| household.members.get(at).map_or(0, |d| d.age);
        let fits = pair && (0..tags.len()).all(|at| (49..=85).contains(&ages(at)));
        let special = fits
            && Self::is_local(household, 0)
            && self.quotas.special.draw(self.rng, rates::SPECIAL_FAMILY);
        self.quotas.special_families += u32::from(special);
        let kind = if self.quotas.special_families % 9 % 2 == 1 {
            "child_died"
        } else {
            "child_disabled"
        };
        let only = self.rng.chance(rates::ONLY_CHILD[usize::from(!urban)]);
        let since = self.since(0);
        for (at, tags) in tags.iter_mut().enumerate() {
            let parent = household
                .members
                .get(at)
                .is_some_and(|d| d.age >= 60 || special);
            if !parent || !Self::is_local(household, at) || household.kind == Kind::Collective {
                continue;
            }
            if special {
                let extra = vec![self.set("special_family_kind", Value::Word(kind), since)];
                tags.hold_as(SPECIAL, (since, LASTS), Value::Bool(true), extra);
                if self.rng.chance(0.9) {
                    tags.hold(SPECIAL_APPROVED, since);
                }
            }
            if special || only {
                tags.hold(ONLY_CHILD, since.min(self.calendar.month(14)));
            }
        }
    }

    fn assess(&mut self, household: &Household, at: usize, tags: &mut Tags) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        if draft.age < 60 || !draft.lives_here() {
            return;
        }
        let class = usize::from(draft.age >= 80);
        let severe = tags.grade().is_some_and(|(grade, ..)| grade <= 2);
        let must = severe || tags.span(TEKUN).is_some() || household.kind == Kind::Institution;
        if !must && !self.quotas.assessed[class].draw(self.rng, rates::ASSESSED[class]) {
            return;
        }
        let shift =
            usize::from(severe) * 2 + class + usize::from(household.kind == Kind::Institution);
        let level = (self.rng.below(3) + self.rng.below(shift + 1)).min(4) as i64;
        let day = self.calendar.today - self.rng.range(20, 700);
        tags.ability = Some((level, day));
    }

    /// A set that lasts.
    pub(crate) fn set(&self, fact: &'static str, value: Value, since: i32) -> Set {
        Set {
            fact,
            value: Some(value),
            since: self.calendar.day(since),
            until: None,
        }
    }
}
