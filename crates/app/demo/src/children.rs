//! Children (row B08) and mothers (row C30): what 妇幼, 民政 and 教育 know.

use crate::city::{Person, Value};
use crate::draft::{Fate, Household, Kind};
use crate::rolls::{DIBAO_HOUSEHOLD, EDGE};
use crate::tags::Tags;
use crate::writer::Writer;

const HEALTH: (&str, &str) = ("妇幼健康信息", "市妇幼保健院");

/// Records what is known of a child or a mother.
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
    let poor = tags.span(DIBAO_HOUSEHOLD).is_some() || tags.span(EDGE).is_some();
    if draft.age < 3 && draft.lives_here() {
        small_child(writer, household, at, poor, person);
    } else if draft.age < 18 && draft.lives_here() {
        let mut sets = Vec::new();
        let skipped = household.kind == Kind::Skipped;
        if skipped && writer.draw_orphan() {
            sets.push(writer.set("orphan", Value::Bool(true), draft.birth + 700));
        } else if skipped && writer.draw_unattended() {
            sets.push(writer.set("unattended_child", Value::Bool(true), draft.birth + 700));
        }
        if draft.is_male() && writer.draw_martyr_child() {
            sets.push(writer.set("martyr_child", Value::Bool(true), draft.birth));
        }
        if poor {
            sets.push(writer.set("poor_family_child", Value::Bool(true), draft.birth));
        }
        if matches!(draft.fate, Fate::MovedIn(_)) {
            sets.push(writer.set("migrant_child", Value::Bool(true), draft.birth));
        }
        let day = writer.calendar.start + 2;
        writer.push(person, day, 10, ("儿童福利信息", "县级民政局"), sets);
    }
    if !draft.is_male() && (18..52).contains(&draft.age) && draft.lives_here() {
        mother(writer, household, at, person);
    }
}

fn small_child(
    writer: &mut Writer,
    household: &Household,
    at: usize,
    poor: bool,
    person: &mut Person,
) {
    let Some(draft) = household.members.get(at) else {
        return;
    };
    let older = household
        .members
        .iter()
        .filter(|d| d.age < 18 && d.birth < draft.birth)
        .count();
    let migrant = draft.place != draft.hukou;
    let sets = vec![
        writer.set("birth_order", Value::Int(older as i64 + 1), draft.birth),
        writer.set("migrant_child", Value::Bool(migrant), draft.birth),
        writer.set("orphan", Value::Bool(false), draft.birth),
        writer.set("unattended_child", Value::Bool(false), draft.birth),
        writer.set("martyr_child", Value::Bool(false), draft.birth),
        writer.set("poor_family_child", Value::Bool(poor), draft.birth),
    ];
    let day = match draft.fate {
        Fate::Born(registered, _) => registered,
        _ => writer.calendar.start + 3,
    };
    writer.push(person, day, 11, HEALTH, sets);
}

fn mother(writer: &mut Writer, household: &Household, at: usize, person: &mut Person) {
    if !matches!(household.kind, Kind::Family | Kind::Three) {
        return;
    }
    let own = household.members.iter().filter(|d| d.guardians.has(at));
    let Some(birth) = own
        .map(|d| d.birth)
        .max()
        .filter(|day| *day > writer.calendar.start)
    else {
        return;
    };
    let day = writer.calendar.day(birth);
    let here = writer.rng.chance(0.93);
    let city_payroll = if writer.rng.chance(0.04) {
        "市直"
    } else {
        "other"
    };
    let sets = vec![
        writer.set("gave_birth_on", Value::Day(day), birth),
        writer.set("delivery_in_area", Value::Bool(here), birth),
        writer.set("policy_birth", Value::Bool(true), birth),
        writer.set("employer_kind", Value::Word(city_payroll), birth),
    ];
    let told = (birth + writer.rng.range(3, 20)).min(writer.calendar.today);
    writer.push(person, told, 9, HEALTH, sets);
}
