//! The demo's proofs of life: most were seen without being asked, some end soon, a few are overdue, and of these every
//! third has been reached twice and told.

use crate::proofs::CHANNELS;
use authz::Actor;
use kernel::Day;
use ledger::Month;
use store::{Audit, Reads, Store, StoreResult, Value, values};

/// People in one transaction.
const AT_ONCE: usize = 2_000;

/// A proof for everybody who is granted something.
pub(super) async fn fill(store: &Store, system: &Actor, month: Month) -> StoreResult<()> {
    let first = month.first();
    let mut tx = store.begin(system, None).await?;
    crate::proofs::connected(&mut tx, first.plus_months(-24)).await?;
    tx.audit(Audit::new("demo.proofs"));
    tx.commit().await?;
    for shard in people::api::shards(store).await? {
        let mut after = String::new();
        loop {
            let sql = "SELECT DISTINCT g.id FROM pay_grant g WHERE g.shard = $1 AND g.id > $2 ORDER BY g.id LIMIT 2000";
            let rows = store
                .all(sql, values![shard.as_str(), after.as_str()])
                .await?;
            let mut people = Vec::with_capacity(rows.len());
            for row in &rows {
                after = row.text("id")?;
                people.push(after.clone());
            }
            piece(store, system, &shard, first, &people).await?;
            if rows.len() < AT_ONCE {
                break;
            }
        }
    }
    Ok(())
}

async fn piece(
    store: &Store,
    system: &Actor,
    shard: &str,
    first: Day,
    people: &[String],
) -> StoreResult<()> {
    let mut tx = store.begin(system, None).await?;
    let at = tx.at().micros();
    let (mut proofs, mut lives, mut contacts) = (Vec::new(), Vec::new(), Vec::new());
    for (n, id) in people.iter().enumerate() {
        let day = match n % 40 {
            7 => first.plus_months(-13).plus_days((n % 20) as i32),
            13 | 29 => first.plus_months(-11).plus_days((n % 25) as i32),
            _ => first
                .plus_months(-((n % 9) as i32))
                .plus_days(-((n % 17) as i32) - 1),
        };
        // Three in four without asking.
        let place = if n % 4 == 3 { 5 + n / 4 % 4 } else { n % 5 };
        let Some(channel) = CHANNELS.get(place) else {
            continue;
        };
        let source = if channel.silent {
            "演示记录比对"
        } else {
            "演示乡镇登记"
        };
        proofs.push(values![
            shard,
            id.as_str(),
            1_i64,
            day.number(),
            channel.key,
            source,
            system.id.as_str(),
            at
        ]);
        lives.push(values![shard, id.as_str(), day.number(), channel.key]);
        if n % 40 == 7 && n / 40 % 3 == 0 {
            contacts.extend(tried(shard, id, first, system, at));
        }
    }
    let count = proofs.len() as i64;
    let columns = [
        "shard",
        "id",
        "no",
        "day",
        "channel",
        "source",
        "recorded_by",
        "recorded_at",
    ];
    tx.insert_many("pay_proof", &columns, proofs).await?;
    tx.insert_many("pay_life", &["shard", "id", "day", "channel"], lives)
        .await?;
    let columns = [
        "shard",
        "id",
        "no",
        "way",
        "day",
        "note",
        "by_account",
        "by_name",
        "at",
    ];
    tx.insert_many("pay_contact", &columns, contacts).await?;
    tx.audit(Audit::new("demo.proofs").with("people", count));
    tx.commit().await
}

/// A call, a visit, a notice.
fn tried(shard: &str, id: &str, first: Day, system: &Actor, at: i64) -> Vec<Vec<Value>> {
    let told = [
        ("phone", -20, "电话无人接听"),
        ("visit", -12, "上门未见，邻居说外出"),
        ("notice", -10, "告知书交给长子签收"),
    ];
    let rows = (1_i64..).zip(told).map(|(no, (way, days, note))| {
        values![
            shard,
            id,
            no,
            way,
            first.plus_days(days).number(),
            note,
            system.id.as_str(),
            "演示乡镇干部",
            at
        ]
    });
    rows.collect()
}
