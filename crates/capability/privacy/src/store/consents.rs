//! Consents: given and withdrawn, one row each, never changed.

use host::PersonKey;
use kernel::{Day, Instant};
use std::collections::BTreeMap;
use store::{Reads, Row, StoreResult, Tx, values};

/// One act.
#[derive(Debug, Clone)]
pub(crate) struct Consent {
    pub(crate) id: String,
    pub(crate) key: PersonKey,
    pub(crate) purpose: String,
    /// Given; otherwise withdrawn.
    pub(crate) given: bool,
    /// `self`, `guardian` or `proxy`.
    pub(crate) by_kind: String,
    pub(crate) by_name: Option<String>,
    /// `paper`, `counter`, `phone` or `online`.
    pub(crate) channel: String,
    pub(crate) file: Option<String>,
    pub(crate) from: Day,
    /// First day on which it no longer holds.
    pub(crate) until: Option<Day>,
    pub(crate) note: Option<String>,
    /// Of the words it was given to.
    pub(crate) digest: String,
    pub(crate) recorded: Instant,
    pub(crate) recorded_name: String,
}

const READ: &str = "SELECT id, shard, person, purpose, act, by_kind, by_name, channel, file, from_day, until_day, note, digest, \
     recorded_at, recorded_name FROM privacy_consent";

fn of_row(row: &Row) -> StoreResult<Consent> {
    Ok(Consent {
        id: row.text("id")?,
        key: PersonKey {
            shard: row.text("shard")?,
            id: row.text("person")?,
        },
        purpose: row.text("purpose")?,
        given: row.text("act")? == "given",
        by_kind: row.text("by_kind")?,
        by_name: row.opt_text("by_name")?,
        channel: row.text("channel")?,
        file: row.opt_text("file")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        note: row.opt_text("note")?,
        digest: row.text("digest")?,
        recorded: row.instant("recorded_at")?,
        recorded_name: row.text("recorded_name")?,
    })
}

/// All acts about a person, in the order they were recorded.
pub(crate) async fn of(reads: &impl Reads, person: &str) -> StoreResult<Vec<Consent>> {
    let sql = format!("{READ} WHERE person = $1 ORDER BY recorded_at, id");
    let rows = reads.all(&sql, values![person]).await?;
    rows.iter().map(of_row).collect()
}

/// Acts about these people for one purpose, by person, in the order they were recorded.
pub(crate) async fn of_many(
    reads: &impl Reads,
    people: &[String],
    purpose: &str,
) -> StoreResult<BTreeMap<String, Vec<Consent>>> {
    let mut out: BTreeMap<String, Vec<Consent>> = BTreeMap::new();
    for part in people.chunks(500) {
        let mut sql = store::Sql::new(&format!("{READ} WHERE purpose = "));
        sql.bind(purpose).push(" AND person IN (''");
        for id in part {
            sql.push(", ").bind(id.as_str());
        }
        sql.push(") ORDER BY recorded_at, id");
        let (text, values) = sql.parts();
        for row in &reads.all(&text, values).await? {
            let consent = of_row(row)?;
            out.entry(consent.key.id.clone()).or_default().push(consent);
        }
    }
    Ok(out)
}

/// One act.
pub(crate) async fn find(reads: &impl Reads, id: &str) -> StoreResult<Option<Consent>> {
    let row = reads
        .one(&format!("{READ} WHERE id = $1"), values![id])
        .await?;
    row.as_ref().map(of_row).transpose()
}

/// Writes one down. The caller audits.
pub(crate) async fn insert(tx: &mut Tx, new: &Consent) -> StoreResult<()> {
    let (by, at) = (tx.actor().id.clone(), tx.at().micros());
    tx.run(
        "INSERT INTO privacy_consent (id, shard, person, purpose, act, by_kind, by_name, channel, file, from_day, until_day, note, \
         digest, recorded_at, recorded_by, recorded_name) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        values![
            new.id.as_str(),
            new.key.shard.as_str(),
            new.key.id.as_str(),
            new.purpose.as_str(),
            if new.given { "given" } else { "withdrawn" },
            new.by_kind.as_str(),
            new.by_name.clone(),
            new.channel.as_str(),
            new.file.clone(),
            new.from.number(),
            new.until.map(Day::number),
            new.note.clone(),
            new.digest.as_str(),
            at,
            by,
            new.recorded_name.as_str(),
        ],
    )
    .await?;
    Ok(())
}

/// Forgets who consented and on which paper; gives the papers' files.
pub(crate) async fn blank(tx: &mut Tx, person: &str) -> StoreResult<Vec<String>> {
    let files = of(&*tx, person)
        .await?
        .into_iter()
        .filter_map(|consent| consent.file)
        .collect();
    tx.run(
        "UPDATE privacy_consent SET by_name = NULL, note = NULL, file = NULL WHERE person = $1",
        values![person],
    )
    .await?;
    Ok(files)
}

/// How a consent stands on a day.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// Nobody was asked, or nobody answered.
    Never,
    /// It holds.
    Holds(&'a Consent),
    /// It begins later.
    Later(&'a Consent),
    /// Its time is over.
    Over(&'a Consent),
    /// It was withdrawn.
    Withdrawn(&'a Consent),
}

/// How the acts for one purpose stand on a day: what was recorded last counts, from its own day on. A withdrawal
/// counts at once and is never undone by an older paper.
pub(crate) fn stands(acts: &[Consent], day: Day) -> Standing<'_> {
    let begun = acts.iter().rev().find(|act| act.from <= day);
    match begun {
        Some(act) if !act.given => Standing::Withdrawn(act),
        Some(act) if act.until.is_some_and(|until| until <= day) => Standing::Over(act),
        Some(act) => Standing::Holds(act),
        None => acts
            .iter()
            .rev()
            .find(|act| act.given)
            .map_or(Standing::Never, Standing::Later),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(id: &str, given: bool, from: &str, until: Option<&str>) -> Consent {
        Consent {
            id: id.into(),
            key: PersonKey {
                shard: "s".into(),
                id: "p".into(),
            },
            purpose: "health".into(),
            given,
            by_kind: "self".into(),
            by_name: None,
            channel: "paper".into(),
            file: None,
            from: from.parse().unwrap(),
            until: until.map(|day| day.parse().unwrap()),
            note: None,
            digest: String::new(),
            recorded: Instant::from_micros(0),
            recorded_name: String::new(),
        }
    }

    /// Row B03; invariant 5: a consent holds from its first day until the day of its end, and never after it was
    /// withdrawn; a new one holds again; each day is answered by itself.
    #[test]
    fn a_consent_stands_or_does_not_by_day() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let says = |acts: &[Consent], on: &str| match stands(acts, day(on)) {
            Standing::Never => "never".to_owned(),
            Standing::Holds(act) => format!("holds {}", act.id),
            Standing::Later(act) => format!("later {}", act.id),
            Standing::Over(act) => format!("over {}", act.id),
            Standing::Withdrawn(act) => format!("withdrawn {}", act.id),
        };
        let mut acts = vec![act("a", true, "2025-01-01", Some("2025-12-31"))];
        for (on, expect) in [
            ("2024-12-31", "later a"),
            ("2025-01-01", "holds a"),
            ("2025-12-30", "holds a"),
            ("2025-12-31", "over a"),
        ] {
            assert_eq!(says(&acts, on), expect, "{on}");
        }
        acts.push(act("b", false, "2025-06-30", None));
        for (on, expect) in [
            ("2025-06-29", "holds a"),
            ("2025-06-30", "withdrawn b"),
            ("2026-06-30", "withdrawn b"),
        ] {
            assert_eq!(says(&acts, on), expect, "{on}");
        }
        acts.push(act("c", true, "2025-08-01", None));
        assert_eq!(says(&acts, "2025-07-31"), "withdrawn b");
        assert_eq!(says(&acts, "2025-08-01"), "holds c");
        assert_eq!(says(&[], "2025-08-01"), "never");
    }
}
