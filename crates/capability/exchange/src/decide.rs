//! What an officer does with a proposal: takes it into the register with the department as its source, refuses it with
//! a reason, or passes it to the office that keeps the fact.

use crate::batch;
use crate::kinds;
use crate::proposals::{self, Proposal, State};
use authz::{Action, Actor, Decision, Role, decide};
use host::{Ctx, Failure};
use people::api::{self as register, Event, Fact, NameIndex, Person, Record, Set, Told};
use rules::facts::Value;
use store::{Audit, Reads, StoreError, StoreResult, Tx};
use ui::PageError;

/// What became of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is done.
    Yes,
    /// Somebody else decided first.
    Late,
    /// The file was changed meanwhile.
    Stale,
    /// The office has got a request about this fact already.
    Asked,
}

/// Whether this actor may take a proposal into the register: its role keeps every fact of it, or it is civil affairs,
/// which made the list, and the department speaks about facts of its own.
pub(crate) fn may_accept(actor: &Actor, one: &Proposal, person: &Person) -> bool {
    let subject = person.subject();
    if decide(actor, Action::ReadPerson, &subject) != Decision::Allow {
        return false;
    }
    let Some(kind) = one.of() else { return false };
    let spoken = one.said.iter().all(|said| kind.speaks_for(said.fact));
    kind.seen_by(actor.role) && (one.owned_by(actor.role) || kinds::makes(actor.role) && spoken)
}

/// Whether somebody with an account keeps these facts, so that they can be asked; nobody asks themselves.
pub(crate) fn may_send(role: Role, one: &Proposal) -> bool {
    !one.said.is_empty()
        && !one.owned_by(role)
        && Action::ReadPerson.allowed_to(role)
        && Role::people()
            // 三员 and leaders keep no facts; whoever does is an office.
            .any(|other| one.owned_by(other))
}

/// Whether many may be taken at once: the department's own people, for facts it keeps.
pub(crate) fn in_bulk(role: Role, one: &Proposal) -> bool {
    one.owned_by(role) && one.of().is_some_and(|kind| kind.is_department(role))
}

/// The person of a proposal as they are, also where their file gave way to another.
pub(crate) async fn person_of(reads: &impl Reads, one: &Proposal) -> StoreResult<Option<Person>> {
    if let Some(person) = register::person(reads, &one.key.id).await? {
        return Ok(Some(person));
    }
    match register::survivor_of(reads, &one.key.id).await? {
        Some(id) => register::person(reads, &id).await,
        None => Ok(None),
    }
}

/// Takes a proposal into the register. `version` is the one of the file that was looked at; without it the register
/// must still say what it said when the hit came.
pub(crate) async fn accept(
    ctx: &Ctx,
    one: &Proposal,
    version: Option<i64>,
) -> Result<Done, Failure> {
    let mut tx = ctx.begin().await?;
    // The row of the proposal is taken first: two officers settle it once.
    if !proposals::settle(&mut tx, &one.code, State::Accepted, &ctx.actor().id).await? {
        tx.rollback().await?;
        return Ok(Done::Late);
    }
    let person = person_of(&tx, one)
        .await?
        .ok_or_else(PageError::not_found)?;
    if !may_accept(&ctx.actor(), one, &person) {
        tx.rollback().await?;
        return Err(refused(one).into());
    }
    if one.said.is_empty() {
        audit(&mut tx, one, "matching.seen");
        tx.commit().await?;
        return Ok(Done::Yes);
    }
    let keys = [person.key.clone()];
    let held = register::hold_with_records(&tx, &keys).await?;
    let missing = || StoreError::Other(format!("no person {}", person.key.id));
    let held = held.into_iter().next().ok_or_else(missing)?;
    let fresh = version.is_some() || one.is_fresh(&held.0);
    let expected = version.unwrap_or(held.0.version);
    if !fresh || !register::claim(&mut tx, &person.key, expected).await? {
        tx.rollback().await?;
        return Ok(Done::Stale);
    }
    let told = told(ctx, &tx, one, held).await?;
    let rolls = register::roll_book(&tx).await?;
    let changed = register::tell(&mut tx, vec![told], &rolls).await?;
    ctx.app.facts_changed(&mut tx, &keys).await?;
    audit(&mut tx, one, "matching.accept");
    tx.commit().await?;
    let names = ctx.app.part::<NameIndex>()?;
    for person in &changed {
        names.put(&ctx.app.store, person).await?;
    }
    Ok(Done::Yes)
}

/// What is recorded: all facts of the proposal in one act, with the department, the list and the day of its data as
/// source; a death is an event besides.
async fn told(
    ctx: &Ctx,
    tx: &Tx,
    one: &Proposal,
    held: (Person, Vec<Record>),
) -> StoreResult<Told> {
    let no = batch::find(tx, &one.batch)
        .await?
        .map(|batch| batch.no)
        .unwrap_or_default();
    let department = one.of().map_or("", |kind| kind.department.as_str());
    let set = |fact: Fact, value: &Value| Set {
        fact,
        value: Some(value.clone()),
        since: one.since,
        until: None,
    };
    let dies =
        |said: &proposals::Said| said.fact == Fact::ALIVE && said.value == Value::Bool(false);
    let event = one.said.iter().any(dies).then(|| Event {
        kind: "death".to_owned(),
        day: one.since,
        from: None,
        to: None,
        recorded: tx.at(),
        by: ctx.actor().name,
    });
    let record = Record {
        seq: 0,
        recorded: tx.at(),
        source: format!("{department}（{no}，数据截至{}）", one.source_day),
        by: ctx.actor().name,
        sets: one
            .said
            .iter()
            .map(|said| set(said.fact, &said.value))
            .collect(),
        reason: Some("matching".to_owned()),
        withdrawn: None,
    };
    Ok(Told {
        held,
        record: Some(record),
        beside: None,
        event,
    })
}

/// Refuses a proposal with a reason.
pub(crate) async fn refuse(ctx: &Ctx, one: &Proposal, why: &str) -> Result<Done, Failure> {
    let mut tx = ctx.begin().await?;
    if !proposals::settle(&mut tx, &one.code, State::Refused, &ctx.actor().id).await? {
        tx.rollback().await?;
        return Ok(Done::Late);
    }
    batch::say(&mut tx, &one.code, why).await?;
    audit(&mut tx, one, "matching.refuse");
    tx.commit().await?;
    Ok(Done::Yes)
}

/// Passes a proposal to the office that keeps its facts, as requests to correct them.
pub(crate) async fn send(ctx: &Ctx, one: &Proposal, person: &Person) -> Result<Done, Failure> {
    let mut tx = ctx.begin().await?;
    if !proposals::settle(&mut tx, &one.code, State::Sent, &ctx.actor().id).await? {
        tx.rollback().await?;
        return Ok(Done::Late);
    }
    let kind = one.of().map(kinds::Kind::zh).unwrap_or_default();
    let says = format!("{kind}比对结果，数据截至{}", one.source_day);
    for said in &one.said {
        let request = quality::api::Ask {
            person,
            fact: said.fact,
            value: Some(said.value.clone()),
            since: one.since,
            says: &says,
        };
        match quality::api::ask(&mut tx, &ctx.actor(), request).await {
            Ok(()) => {}
            Err(error) if error.is_duplicate() => {
                tx.rollback().await?;
                return Ok(Done::Asked);
            }
            Err(error) => return Err(error.into()),
        }
    }
    audit(&mut tx, one, "matching.send");
    tx.commit().await?;
    Ok(Done::Yes)
}

fn audit(tx: &mut Tx, one: &Proposal, action: &'static str) {
    tx.audit(
        Audit::new(action)
            .person(&one.key.shard, &one.key.id)
            .with("kind", one.kind.as_str())
            .with("since", one.since.to_string()),
    );
}

/// Why this actor does not take it.
fn refused(one: &Proposal) -> PageError {
    let owners: Vec<&str> = one
        .said
        .iter()
        .flat_map(|said| said.fact.def().owner.iter().copied())
        .collect();
    let text = "这条结果里的信息由别的单位登记，不能直接采纳。";
    PageError::refused(owners.first().copied().unwrap_or("经办单位")).text(text)
}
