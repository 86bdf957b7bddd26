//! 逾期: the family is told that a step of their case is late and who handles it, once for each step. A job that looks
//! every night.

use crate::acts::Books;
use crate::store::Case;
use crate::{book, delegation, doers};
use area::api::AreaBook;
use authz::Actor;
use host::{AppState, PersonKey};
use kernel::Day;
use message::api::{Kind, Said, say};
use people::api::Person;
use plan::api::PlanBook;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::jobs::JobError;
use store::{Audit, Reads, Store, StoreError, StoreResult, Tx, values};

/// The job that tells.
pub const JOB: &str = "cases.late";

/// Cases of one transaction.
const AT_ONCE: i64 = 500;

/// Tells of what is late and was not told of.
pub(crate) async fn run(app: AppState) -> Result<(), JobError> {
    let again = |error: StoreError| JobError::Retry(error.to_string());
    let plans = app.part::<PlanBook>().map_err(again)?;
    let areas = app.part::<AreaBook>().map_err(again)?;
    tell(&app.store, &plans, &areas).await.map_err(again)?;
    Ok(())
}

/// Tells of what is late and was not told of; gives how many.
pub async fn tell(store: &Store, plans: &PlanBook, areas: &AreaBook) -> StoreResult<usize> {
    let (mut number, mut after) = (0, String::new());
    loop {
        let mut tx = store.begin(&Actor::system(JOB), None).await?;
        let codes = next(&tx, &after).await?;
        let Some(last) = codes.last().cloned() else {
            tx.rollback().await?;
            return Ok(number);
        };
        after = last;
        let told = piece(&mut tx, plans, areas, &codes).await?;
        if told == 0 {
            tx.rollback().await?;
            continue;
        }
        tx.commit().await?;
        number += told;
    }
}

/// Cases whose step may be late; one whose publicity ended waits for its decision since then.
async fn next(tx: &Tx, after: &str) -> StoreResult<Vec<String>> {
    let sql = "SELECT c.code FROM cases_case c WHERE c.code > $1 AND \
         ((c.state IN ('submitted', 'checking', 'deciding', 'appealing') AND c.due < $2) OR \
         (c.state = 'publicity' AND c.objections = 0 AND c.until_day < $3)) AND NOT EXISTS \
         (SELECT 1 FROM cases_late l WHERE l.code = c.code AND l.stage = c.stage AND l.state = c.state) \
         ORDER BY c.code LIMIT $4";
    let today = tx.at().day().number();
    let rows = tx.all(sql, values![after, today, today, AT_ONCE]).await?;
    rows.iter().map(|row| row.text("code")).collect()
}

async fn piece(
    tx: &mut Tx,
    plans: &PlanBook,
    areas: &AreaBook,
    codes: &[String],
) -> StoreResult<usize> {
    let (at, today) = (tx.at().micros(), tx.at().day());
    let cases = crate::store::of_codes_locked(tx, codes).await?;
    let keys: Vec<PersonKey> = cases.iter().map(|case| case.key.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_keys(&*tx, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let handed = delegation::all(&*tx).await?;
    let mut known = BTreeMap::new();
    let (mut said, mut rows) = (Vec::new(), Vec::new());
    for case in &cases {
        if let Entry::Vacant(place) = known.entry(case.procedures) {
            place.insert(book::of(&*tx, case.procedures).await?);
        }
        let procedure = known
            .get(&case.procedures)
            .and_then(|loaded| loaded.procedures.of(&case.programme));
        let (Some(procedure), Some(person)) = (procedure, people.get(&case.key.id)) else {
            continue;
        };
        let procedure = &delegation::procedure_for(&handed, procedure, case);
        let standing = case.standing.on(procedure, today);
        let (Some(due), true) = (standing.due, standing.late(today)) else {
            continue;
        };
        let books = Books {
            plans,
            areas,
            procedure,
        };
        said.push(words(books, case, person, due, today));
        rows.push(values![
            case.code.as_str(),
            case.standing.stage as i64,
            case.standing.state.key(),
            at
        ]);
    }
    let number = said.len();
    say(tx, said).await?;
    tx.insert_many("cases_late", &["code", "stage", "state", "at"], rows)
        .await?;
    tx.audit(Audit::new("case.late").with("count", number as i64));
    Ok(number)
}

/// What the family is told; an office whose name would tell of a disability is not named where the programme is not.
fn words(books: Books<'_>, case: &Case, person: &Person, due: Day, today: Day) -> Said {
    let posted = books.procedure.publicity.is_some();
    let mut who = doers::waits_for(books, case, today);
    if !posted {
        who = who
            .replace("残联", "有关部门")
            .replace("卫健局", "有关部门");
    }
    let more = format!(
        "应在 {} 前办好，现在由{who}办理，编号 {}。不用再跑一趟，想问进展请拨 {}。",
        due.zh(),
        case.number(),
        books.procedure.objection_phone
    );
    let what = format!("{}申请", crate::acts::called(books, &case.programme, today));
    let href = Some(format!("/cases/{}", case.code));
    Said::new(person, Kind::Late, &what, &more, href)
}
