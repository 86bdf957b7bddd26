//! The order: who is before whom, and why. Asked of the facts of the day.

use super::book;
use super::model::{Admission, State};
use super::standing::{Standing, stand};
use super::terms::terms;
use area::api::AreaBook;
use authz::Scope;
use kernel::{Day, Instant};
use people::api::{Fact, Person, PersonKey};
use rules::Value;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// An admission in the order.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) admission: Admission,
    /// Their file, where it is still there.
    pub(crate) person: Option<Person>,
    pub(crate) standing: Standing,
    /// Counted from 1; none for those who wait for nothing any more: who died, and whose file is gone.
    pub(crate) place: Option<usize>,
}

/// Whether the register says that they died.
pub(crate) fn is_dead(person: &Person) -> bool {
    person.facts.get(Fact::ALIVE) == Some(&Value::Bool(false))
}

/// Homes of this kind take grown people; who is of unknown age may be one.
pub(crate) fn is_grown(person: &Person, day: Day) -> bool {
    person.age_on(day).is_none_or(|age| age >= 18)
}

/// Everybody in a state within a scope, in order.
pub(crate) async fn placed(
    reads: &impl Reads,
    scope: &Scope,
    state: State,
    day: Day,
) -> StoreResult<Vec<Placed>> {
    let all = book::list(reads, scope, state, None).await?;
    let mut placed = with_people(reads, all, day).await?;
    placed.sort_by_cached_key(|one| {
        let row = &one.admission;
        let waits = one.person.as_ref().is_some_and(|person| !is_dead(person));
        let rank = one.standing.rank(row.level, row.asked_at, &row.admission);
        (!waits, rank)
    });
    let mut place = 0;
    for one in &mut placed {
        if one.person.as_ref().is_some_and(|person| !is_dead(person)) {
            place += 1;
            one.place = Some(place);
        }
    }
    Ok(placed)
}

/// These admissions with their people, as they are, without places.
pub(crate) async fn with_people(
    reads: &impl Reads,
    all: Vec<Admission>,
    day: Day,
) -> StoreResult<Vec<Placed>> {
    let keys: Vec<PersonKey> = all.iter().map(|one| one.key.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_keys(reads, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    Ok(all
        .into_iter()
        .map(|admission| {
            let person = people.get(&admission.key.id).cloned();
            let standing = person
                .as_ref()
                .map_or_else(Standing::default, |person| stand(&person.facts, day));
            Placed {
                admission,
                person,
                standing,
                place: None,
            }
        })
        .collect())
}

/// The area whose order somebody stands in: that of the body with county powers where they live.
pub(crate) fn county(areas: &AreaBook, person: &Person) -> Option<(String, Scope)> {
    let subject = person.subject();
    let home = subject.residence.filter(|code| areas.is_local(code));
    let body = areas.executor_of(&home.or(subject.hukou)?)?;
    Some((body.name.clone(), Scope::Areas(body.areas.clone())))
}

/// Somebody who is assessed and waits for a place, in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The admission.
    pub admission: String,
    /// The person.
    pub person: PersonKey,
    /// Key of the class that is certain.
    pub class: &'static str,
    /// Nothing that is not known could change it.
    pub certain: bool,
    /// Final level of the scale.
    pub level: usize,
    /// The care grade in words.
    pub grade: &'static str,
    /// The result counts on the asked day.
    pub valid: bool,
    /// When they asked.
    pub asked: Instant,
}

/// Who is assessed and waits for a place within a scope, in order, by the facts of the day.
pub async fn waiting(reads: &impl Reads, scope: &Scope, day: Day) -> StoreResult<Vec<Waiting>> {
    let all = placed(reads, scope, State::Assessed, day).await?;
    Ok(all
        .into_iter()
        .filter(|one| one.place.is_some())
        .filter_map(|one| {
            let level = one.admission.level?;
            Some(Waiting {
                class: one.standing.key(),
                certain: one.standing.is_certain(),
                level,
                grade: terms().grade(level),
                valid: !one.admission.is_over(day),
                asked: one.admission.asked_at,
                person: one.admission.key,
                admission: one.admission.admission,
            })
        })
        .collect())
}
