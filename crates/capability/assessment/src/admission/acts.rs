//! Writing: somebody asks to enter a public home, a result assesses them, it is taken back.

use super::book;
use super::model::{Admission, State};
use super::standing::stand;
use super::terms::terms;
use crate::acts::New;
use crate::model::{Request, State as Step};
use assess::Scheme;
use authz::Actor;
use people::api::{Person, PersonKey};
use store::{Audit, StoreResult, Tx, values};

fn about(action: &'static str, key: &PersonKey, admission: &str) -> Audit {
    Audit::new(action)
        .person(&key.shard, &key.id)
        .with("admission", admission)
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Made {
    /// A valid result was recognised.
    Assessed(String),
    /// An assessment was asked for, or one that was open is waited for.
    Waits(String),
    /// One is open already.
    Open(String),
}

/// Asks to enter a public home: a valid result of the scale is recognised, otherwise an assessment is asked for.
/// [`store::StoreError::Duplicate`] where somebody else asked in the same moment.
pub(crate) async fn ask(
    tx: &mut Tx,
    actor: &Actor,
    person: &Person,
    origin: &str,
    wish: &str,
) -> StoreResult<Made> {
    let key = &person.key;
    let all = book::of_person(&*tx, key).await?;
    if let Some(open) = all.iter().find(|one| one.state.is_open()) {
        return Ok(Made::Open(open.admission.clone()));
    }
    let (scheme, today, at) = (terms().scheme()?, tx.at().day(), tx.at().micros());
    let valid = crate::book::valid(&*tx, key, &scheme.id, today).await?;
    let level = valid.as_ref().and_then(|valid| valid.level);
    let (assessment, state) = match (valid, level) {
        (Some(valid), Some(_)) => (valid.request.request, State::Assessed),
        _ => (request(tx, actor, person, origin).await?.0, State::Asked),
    };
    let assessed = state == State::Assessed;
    let class = stand(&person.facts, today).key();
    let id = tx.store().new_id();
    let subject = person.subject();
    tx.run(
        "INSERT INTO assessment_admission (admission, shard, id, hukou_area, residence_area, origin, state, version, \
         asked_at, asked_by, asked_role, assessment, class, level, assessed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14)",
        values![
            id.as_str(),
            key.shard.as_str(),
            key.id.as_str(),
            subject.hukou.map(|code| code.to_string()),
            subject.residence.map(|code| code.to_string()),
            origin,
            state.key(),
            at,
            actor.id.as_str(),
            actor.role.key(),
            assessment,
            assessed.then_some(class),
            level.map(|level| level as i64),
            assessed.then_some(at),
        ],
    )
    .await?;
    tx.run(
        "INSERT INTO assessment_admission_words (admission, wish) VALUES ($1, $2)",
        values![id.as_str(), wish],
    )
    .await?;
    tx.audit(about("admission.ask", key, &id).with("state", state.key()));
    Ok(if assessed {
        Made::Assessed(id)
    } else {
        Made::Waits(id)
    })
}

/// The open assessment of the scale, or a new one, and whether it is new.
async fn request(
    tx: &mut Tx,
    actor: &Actor,
    person: &Person,
    origin: &str,
) -> StoreResult<(String, bool)> {
    let scheme = terms().scheme()?;
    let all = crate::book::of_person(&*tx, &person.key).await?;
    let mut of_scheme = all
        .iter()
        .map(|one| &one.request)
        .filter(|one| one.scheme.id == scheme.id && one.kind != "recheck");
    if let Some(open) = of_scheme.clone().find(|one| is_open(one)) {
        return Ok((open.request.clone(), false));
    }
    let before = of_scheme.any(|one| one.state == Step::Done);
    let new = New {
        person,
        scheme,
        kind: if before { "regular" } else { "first" },
        origin,
        of_request: None,
        state: Step::Asked,
        due: tx.at().day().plus_days(crate::terms::terms().due_days),
        says: Some("申请入住公办养老机构"),
    };
    Ok((crate::acts::ask(tx, actor, new).await?, true))
}

/// An assessment that is under way.
pub(crate) const fn is_open(request: &Request) -> bool {
    !matches!(request.state, Step::Done | Step::Withdrawn)
}

/// Asks for an assessment again where the one it waited for came to nothing or its result has ended; `false` says that
/// one is under way.
pub(crate) async fn again(
    tx: &mut Tx,
    actor: &Actor,
    person: &Person,
    admission: &Admission,
) -> StoreResult<bool> {
    let (assessment, new) = request(tx, actor, person, &admission.origin).await?;
    // An assessed one keeps its result until the next is there.
    let waits = admission.state == State::Asked;
    if !new && (!waits || admission.assessment.as_ref() == Some(&assessment)) {
        return Ok(false);
    }
    if waits {
        tx.run(
            "UPDATE assessment_admission SET assessment = $1, version = version + 1 \
             WHERE admission = $2 AND state = 'asked'",
            values![assessment.as_str(), admission.admission.as_str()],
        )
        .await?;
    }
    tx.audit(
        about("admission.again", &admission.key, &admission.admission).with("request", assessment),
    );
    Ok(true)
}

/// A result of the scale was confirmed or recognised: whoever waits is assessed, whoever was assessed has the new level.
/// `person` is as the result left them.
pub(crate) async fn assessed(
    tx: &mut Tx,
    person: &Person,
    scheme: &Scheme,
    request: &str,
    level: usize,
) -> StoreResult<()> {
    if scheme.id != terms().scheme()?.id {
        return Ok(());
    }
    let key = &person.key;
    let all = book::of_person(&*tx, key).await?;
    let Some(open) = all.into_iter().find(|one| one.state.is_open()) else {
        return Ok(());
    };
    let class = stand(&person.facts, tx.at().day()).key();
    tx.run(
        "UPDATE assessment_admission SET state = 'assessed', version = version + 1, assessment = $1, class = $2, \
         level = $3, assessed_at = $4 WHERE admission = $5 AND state IN ('asked', 'assessed')",
        values![
            request,
            class,
            level as i64,
            tx.at().micros(),
            open.admission.as_str()
        ],
    )
    .await?;
    tx.audit(
        about("admission.assess", key, &open.admission)
            .with("request", request)
            .with("class", class)
            .with("level", level as i64),
    );
    Ok(())
}

/// Takes an admission back with a reason, from the version it was seen in; `false` says that somebody else was first.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    admission: &Admission,
    version: i64,
    reason: &str,
) -> StoreResult<bool> {
    let (at, by) = (tx.at().micros(), tx.actor().id.clone());
    let id = admission.admission.as_str();
    let done = tx
        .run(
            "UPDATE assessment_admission SET state = 'withdrawn', version = version + 1, withdrawn_at = $1, \
             withdrawn_by = $2 WHERE admission = $3 AND version = $4 AND state IN ('asked', 'assessed')",
            values![at, by, id, version],
        )
        .await?;
    if done == 1 {
        tx.run(
            "UPDATE assessment_admission_words SET reason = $1 WHERE admission = $2",
            values![reason, id],
        )
        .await?;
    }
    tx.audit(about("admission.withdraw", &admission.key, id));
    Ok(done == 1)
}
