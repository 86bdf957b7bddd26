//! Elders: how they live (row B01), what an assessment found, what they asked for.

use crate::calendar::Calendar;
use crate::city::{Person, Set, Value};
use crate::draft::{Draft, Fate, Household, Kind, Relation};
use crate::named::What;
use crate::rates;
use crate::rng::{Quota, Rng};
use crate::rolls::DIBAO;
use crate::tags::Tags;
use crate::writer::{VILLAGE, Writer};

/// Running quotas of what is found out about elders.
#[derive(Debug)]
pub(crate) struct Elders {
    known: [Quota; 3],
    wrong: Quota,
    unattended: Quota,
    refuses: Quota,
    asks: [Quota; 6],
    children: [Quota; 3],
}

impl Elders {
    pub(crate) const fn new() -> Self {
        Self {
            known: [Quota::new(); 3],
            wrong: Quota::new(),
            unattended: Quota::new(),
            refuses: Quota::new(),
            asks: [Quota::new(); 6],
            children: [Quota::new(); 3],
        }
    }

    /// Adds `living` and what goes with it to the village's first record, or gives the later visit
    /// (day and facts) that finds it out, corrects it, or sees that it changed.
    pub(crate) fn living(
        &mut self,
        rng: &mut Rng,
        calendar: &Calendar,
        household: &Household,
        at: usize,
        sets: &mut Vec<Set>,
    ) -> Option<(i32, Vec<Set>)> {
        let draft = household.members.get(at)?;
        let here = draft.lives_here() || matches!(draft.fate, Fate::Dead(..));
        if draft.age < 60 || !here || household.kind == Kind::Collective {
            return None;
        }
        let class = usize::from(draft.age >= 65) + usize::from(draft.age >= 80);
        if household.what() == Some(What::Visit) {
            return None;
        }
        let fixed = draft.name.is_some();
        if !fixed && !self.known[class].draw(rng, rates::LIVING_KNOWN[class]) {
            return None;
        }
        let word = living(household, draft);
        let since = calendar.start - rng.range(30, 1500);
        let arrived = match draft.fate {
            Fate::MovedIn(on) | Fate::MovedWithin(on, _) => on,
            _ => since,
        };
        let since = since.max(arrived);
        let found = |word: &'static str, since: i32| Set {
            fact: "living",
            value: Some(Value::Word(word)),
            since: calendar.day(since),
            until: None,
        };
        // A named person is in one group: what a correction changes is then seen.
        let behind = matches!(word, "alone" | "empty_nest" | "other") && rng.chance(0.3) && !fixed;
        let left_behind = Set {
            fact: "left_behind",
            value: Some(Value::Bool(behind)),
            since: calendar.day(since),
            until: None,
        };
        let spouse_died = household.members.iter().find_map(|d| match d.fate {
            Fate::Dead(on, told) if d.relation == Relation::Spouse => Some((on, told)),
            _ => None,
        });
        if let (Some((on, told)), Fate::Resident) = (spouse_died, draft.fate) {
            sets.push(found("empty_nest", since));
            return Some((told + rng.range(5, 40), vec![found(word, on), left_behind]));
        }
        let visit = rng.range(calendar.start + 14, calendar.today - 4);
        if !fixed && self.wrong.draw(rng, rates::LIVING_CORRECTED) {
            let wrong = if word == "with_family" {
                "empty_nest"
            } else {
                "with_family"
            };
            sets.push(found(wrong, since));
            return Some((visit, vec![found(word, since), left_behind]));
        }
        if !fixed && (arrived > calendar.start || rng.chance(0.22)) {
            let visit = visit.max(arrived + 3);
            return Some((visit, vec![found(word, since), left_behind]));
        }
        sets.push(found(word, since));
        sets.push(left_behind);
        None
    }
}

/// How those who live here now live together.
fn living(household: &Household, draft: &Draft) -> &'static str {
    if matches!(draft.fate, Fate::Dead(..)) {
        return match household.kind {
            Kind::Single => "empty_nest",
            Kind::Gone => "alone",
            _ => "with_family",
        };
    }
    let here: Vec<&Draft> = household
        .members
        .iter()
        .filter(|d| d.lives_here())
        .collect();
    match household.kind {
        Kind::Institution => "institution",
        Kind::Skipped => "other",
        _ if here.len() == 1 => "alone",
        _ if here.iter().all(|d| d.age >= 60) && !here.is_empty() => "empty_nest",
        _ => "with_family",
    }
}

/// Assessments, requests, and what visitors see.
pub(crate) fn record(
    writer: &mut Writer,
    household: &Household,
    at: usize,
    tags: &Tags,
    person: &mut Person,
) {
    let Some(draft) = household.members.get(at) else {
        return;
    };
    if let Some((has, since)) = tags.supported {
        let since = since.min(writer.calendar.start);
        let sets = vec![writer.set("has_supporter", Value::Bool(has), since)];
        let day = writer.calendar.start + 11;
        writer.push(person, day, 10, ("村级走访", VILLAGE), sets);
    }
    if draft.age < 60 || !draft.lives_here() {
        return;
    }
    if let Some((level, day)) = tags.ability {
        assessment(writer, level, day, person);
    }
    if draft.name.is_none() {
        seen(writer, household, draft, person);
        asked(writer, draft, tags, person);
    }
}

fn assessment(writer: &mut Writer, level: i64, day: i32, person: &mut Person) {
    let mut sets = vec![
        writer.set("ability_level", Value::Int(level), day),
        writer.set("cannot_self_care", Value::Bool(level >= 3), day),
    ];
    let confused = level >= 1 && writer.rng.chance(0.2);
    sets.push(writer.set("dementia", Value::Bool(confused), day));
    let told = (day + writer.rng.range(2, 9)).max(writer.calendar.start);
    writer.push(person, told, 16, ("老年人能力评估报告", "县级民政局"), sets);
    if level >= 1 && writer.ask(4, 0.06) {
        let sets = vec![writer.set("carer_trained", Value::Bool(true), told)];
        writer.push(person, told + 20, 10, ("照护培训登记", "县级人社局"), sets);
    }
}

fn seen(writer: &mut Writer, household: &Household, draft: &Draft, person: &mut Person) {
    let alone = household.kind == Kind::Single && draft.age >= 72;
    if !alone {
        return;
    }
    let day = writer
        .rng
        .range(writer.calendar.start + 20, writer.calendar.today - 4);
    let mut sets = Vec::new();
    if writer.draw_unattended_elder() {
        sets.push(writer.set("unattended", Value::Bool(true), day - 30));
    }
    if writer.draw_refusal() {
        sets.push(writer.set("has_supporter", Value::Bool(true), day - 30));
        sets.push(writer.set("supporter_refuses", Value::Bool(true), day - 30));
    }
    writer.push(person, day, 15, ("村级走访", VILLAGE), sets);
}

fn asked(writer: &mut Writer, draft: &Draft, tags: &Tags, person: &mut Person) {
    let day = writer
        .rng
        .range(writer.calendar.start + 10, writer.calendar.today - 2);
    if draft.age >= 65 && writer.ask(0, 0.015) {
        let sets = vec![writer.set("wants_assessment", Value::Bool(true), day)];
        writer.push(person, day, 9, ("本人申请", "乡镇民政办"), sets);
    }
    if writer.ask(1, 0.0006) {
        let sets = vec![writer.set("legal_aid_case", Value::Bool(true), day)];
        writer.push(person, day, 9, ("法律援助登记", "县级司法局"), sets);
    }
    if writer.ask(2, 0.0003) {
        let sets = vec![writer.set("homeless", Value::Bool(true), day)];
        writer.push(person, day, 21, ("救助登记", "市救助管理站"), sets);
    }
    let named = tags
        .span(DIBAO)
        .is_some_and(|(since, until)| since < day && until > day);
    if named && draft.age >= 80 && writer.ask(3, 0.15) {
        let sets = vec![writer.set("dibao_still_hard", Value::Bool(true), day)];
        writer.push(person, day, 9, ("本人申请", "乡镇民政办"), sets);
    }
}

impl Writer {
    pub(crate) fn ask(&mut self, which: usize, rate: f64) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders
            .asks
            .get_mut(which)
            .is_some_and(|quota| quota.draw(rng, rate))
    }

    fn draw_unattended_elder(&mut self) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders.unattended.draw(rng, 0.02)
    }

    fn draw_refusal(&mut self) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders.refuses.draw(rng, 0.01)
    }

    pub(crate) fn draw_orphan(&mut self) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders.children[0].draw(rng, 0.02)
    }

    pub(crate) fn draw_unattended(&mut self) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders.children[1].draw(rng, 0.04)
    }

    pub(crate) fn draw_martyr_child(&mut self) -> bool {
        let (elders, rng) = self.elders_and_rng();
        elders.children[2].draw(rng, 0.0002)
    }
}
