//! 逾期: who asked for an assessment is told that it is late and who handles it, once for each state it waits in. A job
//! that looks every night; checks by lot are the county's own and told to nobody.

use crate::book;
use crate::model::{COLUMNS, Request, State};
use crate::whose;
use area::api::AreaBook;
use authz::Actor;
use host::{AppState, PersonKey};
use message::api::{Kind, Said, say};
use people::api::Person;
use std::collections::BTreeMap;
use store::jobs::JobError;
use store::{Audit, Reads, Store, StoreError, StoreResult, Tx, values};

/// The job that tells.
pub const JOB: &str = "assessment.late";

/// Requests of one transaction.
const AT_ONCE: i64 = 500;

/// Tells of what is late and was not told of.
pub(crate) async fn run(app: AppState) -> Result<(), JobError> {
    let again = |error: StoreError| JobError::Retry(error.to_string());
    let areas = app.part::<AreaBook>().map_err(again)?;
    tell(&app.store, &areas).await.map_err(again)?;
    Ok(())
}

/// Tells of what is late and was not told of; gives how many.
pub async fn tell(store: &Store, areas: &AreaBook) -> StoreResult<usize> {
    let mut number = 0;
    loop {
        let mut tx = store.begin(&Actor::system(JOB), None).await?;
        let told = piece(&mut tx, areas).await?;
        if told == 0 {
            tx.rollback().await?;
            return Ok(number);
        }
        tx.commit().await?;
        number += told;
    }
}

async fn piece(tx: &mut Tx, areas: &AreaBook) -> StoreResult<usize> {
    let sql = format!(
        "SELECT {COLUMNS} FROM assessment_request q WHERE q.state IN ('asked', 'sent', 'signing', 'review') \
         AND q.kind <> 'recheck' AND q.due_day < $1 AND NOT EXISTS \
         (SELECT 1 FROM assessment_late l WHERE l.request = q.request AND l.state = q.state) \
         ORDER BY q.request LIMIT $2"
    );
    let (at, today) = (tx.at().micros(), tx.at().day());
    let rows = tx.all(&sql, values![today.number(), AT_ONCE]).await?;
    let late: Vec<Request> = rows
        .iter()
        .map(Request::of_row)
        .collect::<StoreResult<_>>()?;
    if late.is_empty() {
        return Ok(0);
    }
    let keys: Vec<PersonKey> = late.iter().map(|one| one.key.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_keys(&*tx, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let bodies: BTreeMap<String, String> = book::bodies(&*tx)
        .await?
        .into_iter()
        .map(|body| (body.body, body.name))
        .collect();
    let mut said = Vec::new();
    for one in &late {
        let Some(person) = people.get(&one.key.id) else {
            continue;
        };
        let county = || {
            let code = person.subject().hukou;
            code.and_then(|code| areas.executor_of(&code)).map_or_else(
                || format!("{}局", whose::county(one.scheme)),
                |body| format!("{}{}局", body.name, one.scheme.office),
            )
        };
        let who = match (one.state, &one.body) {
            (State::Sent | State::Signing, Some(body)) => {
                bodies.get(body).cloned().unwrap_or_else(county)
            }
            _ => county(),
        };
        let more = format!(
            "应在 {} 前办好，现在由{who}办理。不用再跑一趟，着急的可以问乡镇民政办。",
            one.due.zh()
        );
        said.push(Said::new(
            person,
            Kind::Late,
            "能力评估",
            &more,
            Some(one.href()),
        ));
    }
    say(tx, said).await?;
    let rows = late
        .iter()
        .map(|one| values![one.request.as_str(), one.state.key(), at])
        .collect();
    tx.insert_many("assessment_late", &["request", "state", "at"], rows)
        .await?;
    tx.audit(Audit::new("assessment.late").with("count", late.len() as i64));
    Ok(late.len())
}
