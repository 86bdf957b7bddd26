//! 资格认证 is asked for by message: once when it comes due, once more when it is overdue and before anybody suspends, for each
//! term. A job that looks every night; who was seen meanwhile is not asked.

use crate::proofs::{self, Asked, Due, Which};
use crate::terms;
use authz::{Actor, Scope};
use host::{AppState, PersonKey};
use kernel::Day;
use ledger::ProofTerms;
use message::api::{Kind, Said, programme_words, say};
use people::api::Person;
use plan::api::PlanBook;
use rules::facts::{FactId, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::jobs::JobError;
use store::{Audit, Reads, Sql, Store, StoreError, StoreResult, Tx, values};

/// The job that asks.
pub const JOB: &str = "pay.remind";

/// People of one transaction.
const AT_ONCE: usize = 500;

/// When somebody is asked: key in rows, and whom the list has then.
const STAGES: [(&str, Which); 2] = [("soon", Which::Soon), ("overdue", Which::Overdue)];

/// Asks whoever was not asked yet.
pub(crate) async fn run(app: AppState) -> Result<(), JobError> {
    let again = |error: StoreError| JobError::Retry(error.to_string());
    let plans = app.part::<PlanBook>().map_err(again)?;
    remind(&app.store, &plans).await.map_err(again)?;
    Ok(())
}

/// Asks whoever was not asked yet in this term; gives how many. Where no proof ever came in (未接入) nobody is asked.
pub async fn remind(store: &Store, plans: &PlanBook) -> StoreResult<usize> {
    let today = store.clock().today();
    let known = terms::proof(store, plans, today).await?;
    let (Some((own, mine)), Some(since)) = (known, proofs::since(store).await?) else {
        return Ok(0);
    };
    let asked = Asked {
        scope: &Scope::Everywhere,
        programmes: &mine,
        terms: &own,
        since,
        today,
    };
    let mut number = 0;
    for (stage, which) in STAGES {
        let due = proofs::page(store, &asked, which, 0, i64::from(i32::MAX)).await?;
        for part in due.chunks(AT_ONCE) {
            let mut tx = store.begin(&Actor::system(JOB), None).await?;
            let told = piece(&mut tx, &own, stage, part).await?;
            if told == 0 {
                tx.rollback().await?;
                continue;
            }
            tx.commit().await?;
            number += told;
        }
    }
    Ok(number)
}

async fn piece(tx: &mut Tx, own: &ProofTerms, stage: &str, due: &[Due]) -> StoreResult<usize> {
    let before = before(&*tx, stage, due).await?;
    let due: BTreeMap<&str, &Due> = due
        .iter()
        .filter(|one| !before.contains(&(one.key.id.clone(), one.base.number())))
        .map(|one| (one.key.id.as_str(), one))
        .collect();
    let keys: Vec<PersonKey> = due.values().map(|one| one.key.clone()).collect();
    let (mut rows, mut said) = (Vec::new(), Vec::new());
    let (at, today) = (tx.at().micros(), tx.at().day());
    for person in people::api::of_keys(&*tx, &keys).await? {
        let dead = matches!(person.facts.get(FactId::ALIVE), Some(Value::Bool(false)));
        let Some(one) = due.get(person.key.id.as_str()).filter(|_| !dead) else {
            continue;
        };
        let until = one.base.plus_months(own.months);
        rows.push(values![
            one.key.shard.as_str(),
            one.key.id.as_str(),
            one.base.number(),
            stage,
            at
        ]);
        said.push(words(&person, stage, until, today));
    }
    let number = said.len();
    tx.insert_many(
        "pay_asked",
        &["shard", "id", "base_day", "stage", "at"],
        rows,
    )
    .await?;
    say(tx, said).await?;
    tx.audit(
        Audit::new("pay.asked")
            .with("stage", stage)
            .with("count", number as i64),
    );
    Ok(number)
}

/// Who of these was asked at this stage: id and the day the term runs from.
async fn before(
    reads: &impl Reads,
    stage: &str,
    due: &[Due],
) -> StoreResult<BTreeSet<(String, i32)>> {
    let mut sql = Sql::new("SELECT id, base_day FROM pay_asked WHERE stage = ");
    sql.bind(stage).push(" AND id IN (''");
    for one in due {
        sql.push(", ").bind(one.key.id.as_str());
    }
    sql.push(")");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("id")?, row.day("base_day")?.number())))
        .collect()
}

/// What somebody is told; which programmes they have is not said.
fn words(person: &Person, stage: &str, until: Day, today: Day) -> Said {
    let how = "家属可以在手机上代认，也可以视频、打电话，或者等村（社区）上门";
    let more = if stage == "soon" {
        format!(
            "请在 {} 以前办好：{how}。上门探访、评估、看病时见到本人的自动算数。",
            until.zh()
        )
    } else {
        let days = until.days_until(today);
        format!(
            "已经超过 {days} 天。{how}。工作人员会联系；一直联系不上，书面告知以后才从下个月暂停，办好以后从停的那个月补发。"
        )
    };
    let href = Some(format!("/people/{}?tab=payments", person.key.id));
    Said::new(
        person,
        Kind::Proof,
        &programme_words("", false),
        &more,
        href,
    )
}
