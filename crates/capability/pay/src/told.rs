//! What people are told of their money: that it came (a family with an account), that it came back and why (everybody),
//! that it is going to stop.

use crate::runs::Run;
use host::{App, PersonKey};
use kernel::{Day, Fen};
use ledger::bank::Outcome;
use message::api::{Kind, Said, programme_words, say};
use people::api::Person;
use plan::api::PlanBook;
use std::collections::{BTreeMap, BTreeSet};
use store::{Reads, StoreResult, Tx, values};

/// Payments read at once.
const AT_ONCE: i64 = 2_000;

/// What a programme is called in a message.
pub fn words(app: &App, programme: &str, day: Day) -> StoreResult<String> {
    let published = app.part::<PlanBook>()?.in_force(day);
    let row = published.as_ref().and_then(|list| {
        list.list
            .programmes()
            .iter()
            .map(|row| &row.programme)
            .find(|row| row.id == programme)
    });
    Ok(row.map_or_else(
        || "补贴".to_owned(),
        |row| programme_words(&row.name, row.publicity != "不公示"),
    ))
}

/// A payment an answer spoke of.
struct Settled {
    key: PersonKey,
    paid: bool,
    fen: i64,
    outcome: String,
}

/// Tells of the payments that an answer settled.
pub(crate) async fn of_answer(app: &App, tx: &mut Tx, run: &Run, answer: i64) -> StoreResult<()> {
    let what = words(app, &run.programme, tx.at().day())?;
    let what = format!("{}{what}", run.month.zh());
    let families: BTreeSet<String> = org::api::with_family(&*tx).await?.into_iter().collect();
    let mut after = 0;
    loop {
        let rows = tx
            .all(
                "SELECT shard, id, seq, fen, state, outcome FROM pay_attempt WHERE run = $1 AND answer = $2 \
                 AND state IN ('paid', 'failed') AND seq > $3 ORDER BY seq LIMIT $4",
                values![run.run.as_str(), answer, after, AT_ONCE],
            )
            .await?;
        let Some(last) = rows.last() else { break };
        after = last.int("seq")?;
        let mut settled = Vec::new();
        for row in &rows {
            let one = Settled {
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                paid: row.text("state")? == "paid",
                fen: row.int("fen")?,
                outcome: row.opt_text("outcome")?.unwrap_or_default(),
            };
            if !one.paid || families.contains(&one.key.id) {
                settled.push(one);
            }
        }
        if settled.is_empty() {
            continue;
        }
        let keys: Vec<PersonKey> = settled.iter().map(|one| one.key.clone()).collect();
        let people: BTreeMap<String, Person> = people::api::of_keys(&*tx, &keys)
            .await?
            .into_iter()
            .map(|person| (person.key.id.clone(), person))
            .collect();
        let said = settled
            .iter()
            .filter_map(|one| Some((one, people.get(&one.key.id)?)))
            .map(|(one, person)| {
                let href = Some(format!("/people/{}?tab=payments", person.key.id));
                if one.paid {
                    let more = format!("{} 元，请查收。", Fen(one.fen));
                    return Said::new(person, Kind::Paid, &what, &more, href);
                }
                let why = Outcome::from_key(&one.outcome).map_or("其他原因", Outcome::zh);
                let more = format!(
                    "银行退回：{why}。请带社会保障卡到乡镇民政办核对卡号，核对后补发，不会少发。"
                );
                Said::new(person, Kind::Returned, &what, &more, href)
            })
            .collect();
        say(tx, said).await?;
    }
    Ok(())
}

/// Tells that a programme is going to stop or to rest from a day.
pub(crate) async fn stopping(
    app: &App,
    tx: &mut Tx,
    person: &Person,
    programme: &str,
    (kind, day): (&str, Day),
    reason: &str,
) -> StoreResult<()> {
    let what = words(app, programme, tx.at().day())?;
    let act = if kind == "end" { "停止" } else { "暂停" };
    let more = format!(
        "从 {} 起{act}，原因：{reason}。有疑问或者情况不对的，请找乡镇民政办；暂停的，办好以后从停的那个月补发。",
        day.zh()
    );
    let href = Some(format!("/people/{}?tab=payments", person.key.id));
    let said = Said::new(person, Kind::Stopping, &what, &more, href);
    say(tx, vec![said]).await
}
