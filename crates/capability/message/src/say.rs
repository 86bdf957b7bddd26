//! Saying something to somebody, in the transaction of what it tells of.

use crate::kinds::Kind;
use crate::quiet;
use host::PersonKey;
use kernel::{AreaCode, Instant};
use people::api::Person;
use std::sync::atomic::{AtomicI64, Ordering};
use store::{Reads, StoreResult, Tx, values};

/// The job that sends what waits.
pub const JOB: &str = "message.send";

/// Something to be told.
#[derive(Debug, Clone)]
pub struct Said {
    key: PersonKey,
    hukou: Option<AreaCode>,
    residence: Option<AreaCode>,
    kind: Kind,
    text: String,
    href: Option<String>,
}

impl Said {
    /// About a person: `what` is the programme or service as it may be called ([`crate::kinds::programme_words`]), `more`
    /// comes after the template's sentence, `href` is where the family reads on.
    pub fn new(person: &Person, kind: Kind, what: &str, more: &str, href: Option<String>) -> Self {
        let subject = person.subject();
        Self {
            key: person.key.clone(),
            hukou: subject.hukou,
            residence: subject.residence,
            kind,
            text: kind.words(&person.name, what, more),
            href,
        }
    }
}

/// Says it: it goes out when this transaction is through and the hours are not quiet.
pub async fn say(tx: &mut Tx, said: Vec<Said>) -> StoreResult<()> {
    let at = tx.at();
    let not_before = quiet::not_before(at);
    let mut rows = Vec::with_capacity(said.len());
    for one in said {
        rows.push(values![
            tx.store().new_id(),
            one.key.shard,
            one.key.id,
            one.hukou.map(|code| code.to_string()),
            one.residence.map(|code| code.to_string()),
            one.kind.key(),
            one.text,
            one.href,
            "waiting",
            not_before.micros(),
            at.micros()
        ]);
    }
    tx.insert_many(
        "message_message",
        &[
            "code",
            "shard",
            "id",
            "hukou_area",
            "residence_area",
            "kind",
            "said",
            "href",
            "state",
            "not_before",
            "made_at",
        ],
        rows,
    )
    .await
}

/// When this process last asked for [`JOB`]: what cannot be sent is not asked for at every turn.
#[derive(Debug, Default)]
pub struct Pace(AtomicI64);

/// Microseconds between two times.
const APART: i64 = 60_000_000;

/// Whether something waits whose time has come, the hours are not quiet, and the job was not asked for within the last minute: then the worker
/// runs [`JOB`].
pub async fn due(reads: &impl Reads, pace: &Pace, now: Instant) -> StoreResult<bool> {
    if quiet::not_before(now) != now {
        return Ok(false);
    }
    let last = pace.0.load(Ordering::Relaxed);
    if last != 0 && now.micros() - last < APART {
        return Ok(false);
    }
    let row = reads
        .one(
            "SELECT code FROM message_message WHERE state = 'waiting' AND not_before <= $1 LIMIT 1",
            values![now.micros()],
        )
        .await?;
    if row.is_some() {
        pace.0.store(now.micros(), Ordering::Relaxed);
    }
    Ok(row.is_some())
}
