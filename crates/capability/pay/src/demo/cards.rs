//! The demo's cards and budgets: what has to be there before a month is paid.

use super::Demo;
use crate::accounts::{self, New as Card};
use crate::pages::office_zh;
use area::api::AreaBook;
use authz::Actor;
use host::PersonKey;
use store::{Reads, Store, StoreResult, values};

/// A card number that is visibly made up: 999999 is nobody's, the check digit is right.
fn number(n: usize) -> String {
    let body = format!("999999{n:012}");
    (0..10)
        .map(|digit| format!("{body}{digit}"))
        .find(|number| accounts::number_problem(number, true).is_none())
        .unwrap_or_default()
}

/// A card for everybody who is granted something, but one in sixty; in each shard the first three share one, and the
/// fourth is paid into the handler's.
pub(super) async fn cards(store: &Store, system: &Actor, handler: &str) -> StoreResult<()> {
    let mut n = 0;
    for shard in people::api::shards(store).await? {
        let (mut after, mut place) = (String::new(), 0_usize);
        loop {
            let sql = "SELECT DISTINCT g.id FROM pay_grant g WHERE g.shard = $1 AND g.id > $2 ORDER BY g.id LIMIT 2000";
            let rows = store
                .all(sql, values![shard.as_str(), after.as_str()])
                .await?;
            let mut new = Vec::with_capacity(rows.len());
            for row in &rows {
                after = row.text("id")?;
                n += 1;
                place += 1;
                if place % 60 == 0 {
                    continue;
                }
                let card = match place {
                    2 | 3 => n - (place - 1),
                    _ => n,
                };
                new.push(Card {
                    key: PersonKey {
                        shard: shard.clone(),
                        id: after.clone(),
                    },
                    kind: if place == 4 {
                        "guardian"
                    } else {
                        "social_card"
                    }
                    .to_owned(),
                    bank: "演示农村商业银行".to_owned(),
                    holder: (place == 4).then(|| handler.to_owned()),
                    number: number(card),
                    confirmed: "village".to_owned(),
                });
            }
            let more = rows.len() == 2_000;
            let mut tx = store.begin(system, None).await?;
            accounts::insert(&mut tx, &new, 1).await?;
            tx.audit(store::Audit::new("demo.accounts").with("people", new.len() as i64));
            tx.commit().await?;
            if !more {
                break;
            }
        }
    }
    Ok(())
}

/// Budgets of the year: thirteen months of what is granted; the open office's is too small by half a month.
pub(super) async fn budgets(
    store: &Store,
    areas: &AreaBook,
    system: &Actor,
    demo: &Demo,
) -> StoreResult<()> {
    let sql = "SELECT office, programme, CAST(sum(fen) AS BIGINT) AS fen FROM pay_grant WHERE state = 'active' \
         GROUP BY office, programme ORDER BY office, programme";
    let rows = store.all(sql, vec![]).await?;
    let mut tx = store.begin(system, None).await?;
    let mut new = Vec::new();
    for row in &rows {
        let (office, programme, fen) =
            (row.text("office")?, row.text("programme")?, row.int("fen")?);
        let short = office == demo.open.0 && programme == "senior_allowance";
        let budget = if short { fen * 3 / 2 } else { fen * 13 };
        let document = format!(
            "{}{}年预算（演示值）",
            office_zh(areas, &office),
            demo.month.year()
        );
        new.push((office, programme, budget / 100 * 100, document));
    }
    for (office, programme, fen, document) in new {
        let new = crate::budgets::New {
            office: &office,
            programme: &programme,
            year: demo.month.year(),
            level: None,
            kind: "first",
            fen: fen.max(100),
            document: &document,
        };
        crate::budgets::enter(&mut tx, &new).await?;
    }
    tx.audit(store::Audit::new("demo.budgets"));
    tx.commit().await
}
