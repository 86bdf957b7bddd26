//! 发券 and 过期收回: a voucher for every payment of a batch; what was not used in its month goes back to the purses.

use crate::code;
use authz::Actor;
use host::{App, PersonKey};
use kernel::{Day, Fen};
use ledger::{Event, Kind, Month};
use message::api::{Said, say};
use pay::api::{Refusal, give_out, post_voucher, standing};
use people::api::Person;
use std::collections::{BTreeMap, BTreeSet};
use store::{Audit, Reads, Store, StoreResult, Tx, values};

/// People told at once.
const AT_ONCE: usize = 2_000;

/// Gives out the vouchers of a batch; how many.
pub(crate) async fn issue(
    app: &App,
    who: &Actor,
    run: &str,
    payer: &str,
    name: &str,
) -> StoreResult<Result<usize, Refusal>> {
    let mut tx = app.store.begin(who, None).await?;
    let (batch, open) = match give_out(app, &mut tx, who, run, payer).await? {
        Ok(given) => given,
        Err(refusal) => {
            tx.rollback().await?;
            return Ok(Err(refusal));
        }
    };
    let at = tx.at();
    // A batch that was approved late is good to the end of the month it is given out in.
    let until = batch.month.last().max(Month::of(at.day()).last());
    let mut rows = Vec::with_capacity(open.len());
    for one in &open {
        rows.push(values![
            tx.store().new_id(),
            code::new()?,
            batch.run.as_str(),
            one.seq,
            one.key.shard.as_str(),
            one.key.id.as_str(),
            batch.programme.as_str(),
            batch.office.as_str(),
            batch.month.number(),
            until.number(),
            one.fen,
            0_i64,
            0_i64,
            0_i64,
            0_i64,
            "live",
            at.micros(),
        ]);
    }
    tx.insert_many(
        "voucher_voucher",
        &[
            "voucher",
            "code",
            "run",
            "seq",
            "shard",
            "id",
            "programme",
            "office",
            "month",
            "until_day",
            "fen",
            "central",
            "province",
            "city",
            "county",
            "state",
            "issued_at",
        ],
        rows,
    )
    .await?;
    let families: BTreeSet<String> = org::api::with_family(&tx).await?.into_iter().collect();
    let first = first_of(&tx, &batch.run).await?;
    let told: Vec<&pay::api::Open> = open
        .iter()
        .filter(|one| families.contains(&one.key.id) || first.contains(&one.key.id))
        .collect();
    for part in told.chunks(AT_ONCE) {
        tell(&mut tx, part, name, until).await?;
    }
    tx.audit(
        Audit::new("voucher.issue")
            .subject(run)
            .with("vouchers", open.len() as i64),
    );
    tx.commit().await?;
    Ok(Ok(open.len()))
}

/// Who has a voucher of the programme for the first time.
async fn first_of(tx: &Tx, run: &str) -> StoreResult<BTreeSet<String>> {
    let sql = "SELECT v.id AS id FROM voucher_voucher v WHERE v.run = $1 AND NOT EXISTS (SELECT 1 FROM voucher_voucher o \
         WHERE o.shard = v.shard AND o.id = v.id AND o.programme = v.programme AND o.run <> v.run)";
    let rows = tx.all(sql, values![run]).await?;
    rows.iter().map(|row| row.text("id")).collect()
}

/// Tells who has a new voucher (a family with an account every month, everybody the first time); never its number.
async fn tell(tx: &mut Tx, open: &[&pay::api::Open], name: &str, until: Day) -> StoreResult<()> {
    let keys: Vec<PersonKey> = open.iter().map(|one| one.key.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_keys(&*tx, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let said = open
        .iter()
        .filter_map(|one| Some((one, people.get(&one.key.id)?)))
        .map(|(one, person)| {
            let more = format!(
                "本月券 {} 元已发，{} 前用完，过期收回。券号在家属页面查看，也可以到乡镇民政办打印。",
                Fen(one.fen),
                until.plus_days(1).zh()
            );
            let href = Some(format!("/people/{}?tab=vouchers", person.key.id));
            Said::new(person, message::api::Kind::Paid, name, &more, href)
        })
        .collect();
    say(tx, said).await
}

/// Takes back what was not used of vouchers whose last day is over, batch by batch; how many vouchers. Doing it twice
/// changes nothing.
pub async fn expire(store: &Store, today: Day) -> StoreResult<i64> {
    let sql = "SELECT DISTINCT run FROM voucher_voucher WHERE state = 'live' AND until_day < $1 ORDER BY run";
    let rows = store.all(sql, values![today.number()]).await?;
    let mut done = 0;
    for row in rows {
        let run = row.text("run")?;
        let mut tx = store.begin(&Actor::system("voucher"), None).await?;
        let lock = tx.for_update_of("v");
        let held = format!("SELECT v.voucher FROM voucher_voucher v WHERE v.run = $1{lock}");
        tx.all(&held, values![run.as_str()]).await?;
        let over = tx
            .run(
                "UPDATE voucher_voucher SET state = 'over' WHERE run = $1 AND state = 'live' AND until_day < $2",
                values![run.as_str(), today.number()],
            )
            .await?;
        if over == 0 {
            tx.rollback().await?;
            continue;
        }
        let left = standing(&tx, &run, Kind::Voucher).await?;
        post_voucher(&mut tx, &run, Event::Expired, "", left).await?;
        let over = i64::try_from(over).unwrap_or(i64::MAX);
        tx.audit(
            Audit::new("voucher.expire")
                .subject(&run)
                .with("vouchers", over)
                .with("fen", left.iter().sum::<i64>()),
        );
        tx.commit().await?;
        done += over;
    }
    Ok(done)
}
