//! 一人多领 in the demo: 重度残疾人护理补贴 of the month is paid already when 养老护理补贴 is granted to somebody on it. Of
//! two equal nursing subsidies the first of the list is paid, so that its batch shows a doubt: the other one went out.

use super::{Demo, begin, begin_open, officer, past};
use crate::grants::{self, New};
use authz::{Actor, Role};
use host::{App, PersonKey};
use kernel::Instant;
use plan::api::Published;
use rules::{Paid, Truth};
use store::{Reads, StoreResult, values};

const PAID: &str = "severe_disability_nursing";
const GRANTED: &str = "nursing_subsidy";

/// Pays the one, grants the other to somebody who may have it, and opens its batch; nothing where nobody may.
pub(super) async fn plant(
    app: &App,
    demo: &Demo,
    list: &Published,
    own: &crate::terms::Loaded,
) -> StoreResult<()> {
    let (Some(paid), Some(granted)) = (own.terms.of(PAID), own.terms.of(GRANTED)) else {
        return Ok(());
    };
    let (store, (office, maker)) = (&app.store, &demo.open);
    if grants::shards(store, office, PAID).await?.is_empty() {
        return Ok(());
    }
    let frozen = demo.month.first().plus_days(paid.freeze_day - 1);
    let known = Instant::at(frozen, 18 * 3600).min(store.clock().now());
    let first = officer(0, Role::CountyCivil);
    let run = begin(
        store,
        &list.digest,
        own.no,
        paid,
        office,
        demo.month,
        known,
        &first,
    )
    .await?;
    past(app, &run, paid, own.terms.layout(&paid.layout)).await?;
    let Some((key, fen)) = somebody(app, list, &run).await? else {
        return Ok(());
    };
    let Some(person) = people::api::of_keys(store, std::slice::from_ref(&key))
        .await?
        .pop()
    else {
        return Ok(());
    };
    let (system, subject) = (Actor::system("demo"), person.subject());
    let mut tx = store.begin(&system, None).await?;
    let recorded = tx.at();
    let new = New {
        key,
        programme: GRANTED.to_owned(),
        office: office.clone(),
        area: subject.hukou,
        hukou: subject.hukou,
        residence: subject.residence,
        from: demo.month.plus(-1).first(),
        fen,
        origin: "finding",
        reasons: "演示：本月新批的养老护理补贴".to_owned(),
        digest: list.digest.clone(),
        recorded,
    };
    grants::adopt(&mut tx, vec![new]).await?;
    tx.commit().await?;
    let now = store.clock().now();
    begin_open(
        app,
        &list.digest,
        own.no,
        granted,
        office,
        demo.month,
        now,
        maker,
    )
    .await
}

/// The first who was drawn in the batch and to whom the list does not refuse the other one, with the fen.
async fn somebody(app: &App, list: &Published, run: &str) -> StoreResult<Option<(PersonKey, i64)>> {
    let (store, today) = (&app.store, app.clock().today());
    let sql = "SELECT d.shard, d.id, d.fen FROM pay_due d WHERE d.run = $1 AND d.line = 1 AND d.fen > 0 AND NOT EXISTS \
         (SELECT 1 FROM pay_grant g WHERE g.shard = d.shard AND g.id = d.id AND g.programme = $2) ORDER BY d.shard, d.id LIMIT 500";
    for row in store.all(sql, values![run, GRANTED]).await? {
        let key = PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        };
        let found = people::api::of_keys(store, std::slice::from_ref(&key)).await?;
        let may = found.first().is_some_and(|person| {
            let answers = list.list.answer_programmes(&person.facts, today);
            let answer = answers.iter().find(|answer| answer.id == GRANTED);
            answer.is_some_and(|one| one.answer != Truth::False && one.paid != Paid::No)
        });
        if may {
            return Ok(Some((key, row.int("fen")?)));
        }
    }
    Ok(None)
}
