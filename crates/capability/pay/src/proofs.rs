//! 资格认证: who must be seen alive and by when, first without asking them; whoever is overdue is reached by two ways and
//! told before the county suspends from the next month, never ends; a proof that comes later pays back from the stop.

use crate::grants::{self, Held};
use authz::{Actor, Scope};
use host::PersonKey;
use kernel::{Day, Instant};
use ledger::ProofTerms;
use std::collections::BTreeMap;
use store::{Audit, Reads, Row, Sql, StoreResult, Tx, scope_condition, values};

/// A way somebody was seen alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channel {
    /// Key in tables.
    pub key: &'static str,
    /// On pages.
    pub zh: &'static str,
    /// Whether the person was not asked for it (无感认证).
    pub silent: bool,
}

const fn channel(key: &'static str, zh: &'static str, silent: bool) -> Channel {
    Channel { key, zh, silent }
}

/// Every way, those first that ask nothing of the person.
pub const CHANNELS: [Channel; 10] = [
    channel("visit", "上门探访时见到本人", true),
    channel("assessment", "能力评估时见到本人", true),
    channel("institution", "入住机构点名", true),
    channel("medical", "医保结算记录", true),
    channel("vaccine", "接种或体检记录", true),
    channel("family", "家属手机代认", false),
    channel("video", "视频", false),
    channel("phone", "电话", false),
    channel("village", "村（社区）核实", false),
    channel("elsewhere", "异地社区出具证明", false),
];

/// Ways to reach somebody whose proof is overdue: key, name. A notice is no attempt.
pub const WAYS: [(&str, &str); 5] = [
    ("phone", "打电话"),
    ("video", "视频"),
    ("visit", "上门"),
    ("village", "托村（社区）联系"),
    ("notice", "书面告知本人或家属"),
];

/// What a grant suspended for want of proof says.
pub const REASON: &str = "资格认证超期，暂停发放；认证后从停发月补发";

/// The channel of a key.
pub fn channel_of(key: &str) -> Option<&'static Channel> {
    CHANNELS.iter().find(|one| one.key == key)
}

/// A proof to be written.
#[derive(Debug, Clone)]
pub struct Proof {
    /// Whose.
    pub key: PersonKey,
    /// The day on which the person was seen alive.
    pub day: Day,
    /// Key of a [`Channel`].
    pub channel: &'static str,
    /// Who says so, or from which list.
    pub source: String,
}

/// Writes that somebody was seen alive; what was suspended for want of proof goes on, with everything since the stop.
/// Gives how many grants go on.
pub async fn prove(tx: &mut Tx, who: &Actor, proof: &Proof) -> StoreResult<usize> {
    let key = || values![proof.key.shard.as_str(), proof.key.id.as_str()];
    let next = "SELECT max(no) + 1 AS n FROM pay_proof WHERE shard = $1 AND id = $2";
    let (no, at) = (tx.number(next, key()).await?.max(1), tx.at().micros());
    let mut row = key();
    row.extend(values![
        no,
        proof.day.number(),
        proof.channel,
        proof.source.as_str(),
        who.id.as_str(),
        at
    ]);
    tx.run(
        "INSERT INTO pay_proof (shard, id, no, day, channel, source, recorded_by, recorded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        row,
    )
    .await?;
    let mut row = key();
    row.extend(values![proof.day.number(), proof.channel]);
    tx.run(
        "INSERT INTO pay_life (shard, id, day, channel) VALUES ($1, $2, $3, $4) ON CONFLICT (shard, id) DO UPDATE SET \
         day = excluded.day, channel = excluded.channel WHERE pay_life.day < excluded.day",
        row,
    )
    .await?;
    let today = tx.at().day();
    connected(tx, today).await?;
    tx.audit(
        Audit::new("pay.proof")
            .person(&proof.key.shard, &proof.key.id)
            .with("channel", proof.channel),
    );
    let terms = crate::terms::in_force(&*tx).await?;
    let lasts = terms.and_then(|loaded| Some(loaded.terms.proof.as_ref()?.months));
    if lasts.is_some_and(|months| proof.day.plus_months(months) <= today) {
        // Too old to say that the person lives now.
        return Ok(0);
    }
    let mut resumed = 0;
    for (held, stopped) in suspended(&*tx, &proof.key).await? {
        let reason = format!("资格认证已通过（{}），从停发月补发", proof.source);
        grants::happen(tx, who, &held, "resume", stopped, &reason).await?;
        resumed += 1;
    }
    Ok(resumed)
}

/// Gives somebody the latest proof of another file of theirs, where it is later than their own; its number.
pub(crate) async fn give(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
) -> StoreResult<Option<i64>> {
    let latest = "SELECT CAST(max(day) AS BIGINT) AS n FROM pay_proof WHERE shard = $1 AND id = $2";
    let of = |key: &PersonKey| values![key.shard.as_str(), key.id.as_str()];
    let theirs = tx.number(latest, of(from)).await?;
    if theirs <= tx.number(latest, of(to)).await? {
        return Ok(None);
    }
    let next = "SELECT max(no) + 1 AS n FROM pay_proof WHERE shard = $1 AND id = $2";
    let no = tx.number(next, of(to)).await?.max(1);
    let mut values = of(to);
    values.extend(values![no, from.shard.as_str(), from.id.as_str(), theirs]);
    tx.run(
        "INSERT INTO pay_proof (shard, id, no, day, channel, source, recorded_by, recorded_at) \
         SELECT $1, $2, CAST($3 AS BIGINT), day, channel, source, recorded_by, recorded_at FROM pay_proof \
         WHERE shard = $4 AND id = $5 AND day = $6 ORDER BY no DESC LIMIT 1",
        values,
    )
    .await?;
    latest_counts(tx, to).await?;
    Ok(Some(no))
}

/// Takes a proof away that was given.
pub(crate) async fn take_back(tx: &mut Tx, of: &PersonKey, no: Option<i64>) -> StoreResult<()> {
    let Some(no) = no else { return Ok(()) };
    tx.run(
        "DELETE FROM pay_proof WHERE shard = $1 AND id = $2 AND no = $3",
        values![of.shard.as_str(), of.id.as_str(), no],
    )
    .await?;
    latest_counts(tx, of).await
}

/// Writes the latest proof of somebody where it is looked up.
async fn latest_counts(tx: &mut Tx, of: &PersonKey) -> StoreResult<()> {
    let key = || values![of.shard.as_str(), of.id.as_str()];
    tx.run("DELETE FROM pay_life WHERE shard = $1 AND id = $2", key())
        .await?;
    tx.run(
        "INSERT INTO pay_life (shard, id, day, channel) SELECT shard, id, day, channel FROM pay_proof \
         WHERE shard = $1 AND id = $2 ORDER BY day DESC, no DESC LIMIT 1",
        key(),
    )
    .await?;
    Ok(())
}

/// Marks that proofs come in from this day on, once.
pub(crate) async fn connected(tx: &mut Tx, day: Day) -> StoreResult<()> {
    tx.run(
        "INSERT INTO pay_life_since (one, day) VALUES (1, $1) ON CONFLICT (one) DO NOTHING",
        values![day.number()],
    )
    .await?;
    Ok(())
}

/// Since when proofs come in; `None` where none ever did (未接入).
pub async fn since(reads: &impl Reads) -> StoreResult<Option<Day>> {
    let row = reads
        .one("SELECT day FROM pay_life_since WHERE one = 1", vec![])
        .await?;
    row.map(|row| row.day("day")).transpose()
}

/// Grants of a person that are suspended for want of proof, with the day of the stop.
async fn suspended(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<(Held, Day)>> {
    let mut out = Vec::new();
    for held in grants::of_person(reads, key).await? {
        if held.state != "active" {
            continue;
        }
        let sql = "SELECT kind, day, reason FROM pay_event WHERE shard = $1 AND programme = $2 AND id = $3 AND no = $4 \
             ORDER BY seq DESC LIMIT 1";
        let values = values![
            key.shard.as_str(),
            held.programme.as_str(),
            key.id.as_str(),
            held.no
        ];
        if let Some(row) = reads.one(sql, values).await?
            && row.text("kind")? == "suspend"
            && row.text("reason")? == REASON
        {
            out.push((held, row.day("day")?));
        }
    }
    Ok(out)
}

/// An attempt to reach somebody, or the notice.
#[derive(Debug, Clone)]
pub struct Contact {
    /// Key of [`WAYS`].
    pub way: String,
    /// When.
    pub day: Day,
    /// What came of it.
    pub note: String,
    /// By whom.
    pub by: String,
    /// Recorded when.
    pub at: Instant,
}

/// Writes an attempt.
pub async fn contacted(
    tx: &mut Tx,
    who: &Actor,
    key: &PersonKey,
    way: &str,
    day: Day,
    note: &str,
) -> StoreResult<()> {
    let own = || values![key.shard.as_str(), key.id.as_str()];
    let next = "SELECT max(no) + 1 AS n FROM pay_contact WHERE shard = $1 AND id = $2";
    let (no, at) = (tx.number(next, own()).await?.max(1), tx.at().micros());
    let mut row = own();
    row.extend(values![
        no,
        way,
        day.number(),
        note,
        who.id.as_str(),
        who.name.as_str(),
        at
    ]);
    tx.run(
        "INSERT INTO pay_contact (shard, id, no, way, day, note, by_account, by_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        row,
    )
    .await?;
    tx.audit(
        Audit::new("pay.contact")
            .person(&key.shard, &key.id)
            .with("way", way),
    );
    Ok(())
}

/// Attempts about a person since a day, the latest first.
pub async fn contacts(
    reads: &impl Reads,
    key: &PersonKey,
    since: Option<Day>,
) -> StoreResult<Vec<Contact>> {
    let sql = "SELECT way, day, note, by_name, at FROM pay_contact WHERE shard = $1 AND id = $2 AND day > $3 ORDER BY no DESC";
    let after = since.map_or(0, Day::number);
    let rows = reads
        .all(sql, values![key.shard.as_str(), key.id.as_str(), after])
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Contact {
                way: row.text("way")?,
                day: row.day("day")?,
                note: row.text("note")?,
                by: row.text("by_name")?,
                at: row.instant("at")?,
            })
        })
        .collect()
}

/// What is missing before somebody overdue may be suspended, in words; empty when nothing is.
pub fn missing(terms: &ProofTerms, age: Option<i32>, contacts: &[Contact]) -> Vec<String> {
    let mut out = Vec::new();
    let attempts: Vec<&Contact> = contacts.iter().filter(|one| one.way != "notice").collect();
    let mut ways: Vec<&str> = attempts.iter().map(|one| one.way.as_str()).collect();
    ways.sort_unstable();
    ways.dedup();
    if attempts.len() < terms.attempts as usize || ways.len() < 2 {
        out.push(format!(
            "至少联系 {} 次、用两种方式（已联系 {} 次、{} 种）",
            terms.attempts,
            attempts.len(),
            ways.len()
        ));
    }
    let old = age.is_none_or(|age| age >= terms.home_visit_from);
    if old && !ways.contains(&"visit") {
        out.push(format!(
            "{} 周岁及以上的必须上门一次",
            terms.home_visit_from
        ));
    }
    if !contacts.iter().any(|one| one.way == "notice") {
        out.push("书面告知本人或家属".to_owned());
    }
    out
}

/// Suspends everything that needs proof from the first of the next month, and gives what it suspended; nothing is ever
/// ended by the clock.
pub async fn suspend(
    tx: &mut Tx,
    who: &Actor,
    key: &PersonKey,
    programmes: &[String],
) -> StoreResult<Vec<Held>> {
    let from = ledger::Month::of(tx.at().day()).plus(1).first();
    let already = suspended(&*tx, key).await?;
    let mut done = Vec::new();
    for held in grants::of_person(&*tx, key).await? {
        let twice = already
            .iter()
            .any(|(other, _)| other.programme == held.programme && other.no == held.no);
        if held.state == "active" && programmes.contains(&held.programme) && !twice {
            grants::happen(tx, who, &held, "suspend", from, REASON).await?;
            done.push(held);
        }
    }
    Ok(done)
}

/// Which people a list of proofs shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All who must.
    All,
    /// Due within the time of reminding.
    Soon,
    /// Overdue.
    Overdue,
    /// Overdue, reached twice and told: the county may suspend.
    Ready,
}

/// Somebody who must be seen alive.
#[derive(Debug, Clone)]
pub struct Due {
    /// Who.
    pub key: PersonKey,
    /// Last seen.
    pub seen: Option<Day>,
    /// How.
    pub channel: Option<String>,
    /// The last proof was due from here.
    pub base: Day,
}

/// Everything a list is asked by.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// Whose.
    pub scope: &'a Scope,
    /// Programmes that need proof.
    pub programmes: &'a [String],
    /// The terms.
    pub terms: &'a ProofTerms,
    /// Since when proofs come in.
    pub since: Day,
    /// Today.
    pub today: Day,
}

impl Asked<'_> {
    /// Whoever was last seen on this day or before is overdue.
    pub fn cut_off(&self) -> Day {
        self.today.plus_months(-self.terms.months)
    }

    fn people(&self, which: Which) -> Sql {
        let mut sql = Sql::new(
            "SELECT g.shard, g.id, max(g.from_day) AS first, l.day AS seen, l.channel AS channel FROM pay_grant g \
             LEFT JOIN pay_life l ON l.shard = g.shard AND l.id = g.id WHERE ",
        );
        sql.append(&scope_condition(self.scope, "g"))
            .push(" AND g.state = 'active' AND g.programme IN (''");
        for programme in self.programmes {
            sql.push(", ").bind(programme.as_str());
        }
        sql.push(")");
        let before = match which {
            Which::All => None,
            Which::Soon => Some(self.cut_off().plus_days(self.terms.remind_days)),
            Which::Overdue | Which::Ready => Some(self.cut_off()),
        };
        if which == Which::Ready {
            sql.push(
                " AND (SELECT count(DISTINCT c.way) FROM pay_contact c WHERE c.shard = g.shard AND c.id = g.id \
                 AND c.way <> 'notice' AND c.day > coalesce(l.day, 0)) >= 2 AND EXISTS (SELECT 1 FROM pay_contact c \
                 WHERE c.shard = g.shard AND c.id = g.id AND c.way = 'notice' AND c.day > coalesce(l.day, 0))",
            );
        }
        if let Some(before) = before {
            // Whoever has only just been connected has the whole time.
            let before = if self.since > before {
                0
            } else {
                before.number()
            };
            sql.push(" AND coalesce(l.day, 0) <= ").bind(before);
            if which == Which::Soon {
                sql.push(" AND (coalesce(l.day, 0) > ")
                    .bind(self.cut_off().number())
                    .push(" OR g.from_day > ")
                    .bind(self.cut_off().number())
                    .push(")");
            }
            sql.push(" GROUP BY g.shard, g.id, l.day, l.channel HAVING max(g.from_day) <= ")
                .bind(before);
        } else {
            sql.push(" GROUP BY g.shard, g.id, l.day, l.channel");
        }
        sql
    }
}

fn of_row(row: &Row, since: Day) -> StoreResult<Due> {
    let (seen, first) = (row.opt_day("seen")?, row.day("first")?);
    Ok(Due {
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        },
        base: seen.unwrap_or(first).max(first).max(since),
        seen,
        channel: row.opt_text("channel")?,
    })
}

/// How many people.
pub async fn count(reads: &impl Reads, asked: &Asked<'_>, which: Which) -> StoreResult<i64> {
    let mut sql = Sql::new("SELECT CAST(count(*) AS BIGINT) AS n FROM (");
    sql.append(&asked.people(which)).push(") x");
    let (text, values) = sql.parts();
    reads.number(&text, values).await
}

/// A page, the longest unseen first.
pub async fn page(
    reads: &impl Reads,
    asked: &Asked<'_>,
    which: Which,
    skip: i64,
    most: i64,
) -> StoreResult<Vec<Due>> {
    let mut sql = asked.people(which);
    sql.push(" ORDER BY coalesce(l.day, 0), g.shard, g.id LIMIT ")
        .bind(most)
        .push(" OFFSET ")
        .bind(skip);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter().map(|row| of_row(row, asked.since)).collect()
}

/// Proven within the time, by channel.
pub async fn proven(reads: &impl Reads, asked: &Asked<'_>) -> StoreResult<BTreeMap<String, i64>> {
    let mut sql = Sql::new("SELECT x.channel, CAST(count(*) AS BIGINT) AS n FROM (");
    sql.append(&asked.people(Which::All))
        .push(") x WHERE x.seen > ")
        .bind(asked.cut_off().number())
        .push(" GROUP BY x.channel");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("channel")?, row.int("n")?)))
        .collect()
}

/// The proofs of a person, the latest first: day, channel, source.
pub async fn of_person(
    reads: &impl Reads,
    key: &PersonKey,
) -> StoreResult<Vec<(Day, String, String)>> {
    let sql = "SELECT day, channel, source FROM pay_proof WHERE shard = $1 AND id = $2 ORDER BY day DESC, no DESC LIMIT 20";
    let rows = reads
        .all(sql, values![key.shard.as_str(), key.id.as_str()])
        .await?;
    rows.iter()
        .map(|row| Ok((row.day("day")?, row.text("channel")?, row.text("source")?)))
        .collect()
}

/// Whether anything of the person is suspended for want of proof, and since when.
pub async fn stopped(reads: &impl Reads, key: &PersonKey) -> StoreResult<Option<Day>> {
    let all = suspended(reads, key).await?;
    Ok(all.into_iter().map(|(_, day)| day).min())
}
