//! The job that sends: by text message where an adapter is there and a number is known, inside for a family that has an
//! account, on paper for everybody else. Killed on the way, the same file is written again with the same lines.

use crate::kinds::Kind;
use crate::say::JOB;
use host::AppState;
use kernel::Instant;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::jobs::JobError;
use store::{Audit, Reads, Store, StoreError, StoreResult, Tx, values};

/// Messages of one turn.
const AT_ONCE: i64 = 500;

/// Where text messages go: a folder from which the operator's gateway takes files of `telephone<TAB>text<TAB>code`, one
/// message a line, UTF-8. Without a folder there are no text messages.
#[derive(Debug, Clone, Default)]
pub struct SmsOutbox(pub Option<PathBuf>);

struct Waiting {
    code: String,
    shard: String,
    id: String,
    kind: Option<Kind>,
    said: String,
}

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Sms,
    Inside,
    Paper,
    Off,
}

impl Way {
    const fn key(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Inside => "inside",
            Self::Paper => "paper",
            Self::Off => "off",
        }
    }
}

/// What is known of how somebody is reached.
struct Reach {
    /// Not refused, or asked for by law.
    wanted: bool,
    /// A number is known and there is a gateway.
    sms: bool,
    /// A family account sees the person.
    family: bool,
}

/// Which way: what somebody does not want is not sent unless the law asks for it; a text message reaches most, a family
/// with an account reads it inside, and whoever has neither gets paper.
const fn way(reach: &Reach) -> Way {
    if !reach.wanted {
        Way::Off
    } else if reach.sms {
        Way::Sms
    } else if reach.family {
        Way::Inside
    } else {
        Way::Paper
    }
}

/// Sends what waits, a piece a transaction.
pub(crate) async fn run(app: AppState) -> Result<(), JobError> {
    let again = |error: StoreError| JobError::Retry(error.to_string());
    let outbox = app
        .part::<SmsOutbox>()
        .map_or_else(|_none| SmsOutbox::default(), |found| (*found).clone());
    let more = send(&app.store, &outbox).await.map_err(again)?;
    if more { Err(JobError::Again) } else { Ok(()) }
}

/// Sends the next messages whose time has come; whether there may be more.
pub async fn send(store: &Store, outbox: &SmsOutbox) -> StoreResult<bool> {
    let mut tx = store.begin(&authz::Actor::system(JOB), None).await?;
    let more = piece(&mut tx, outbox).await?;
    tx.commit().await?;
    Ok(more)
}

async fn piece(tx: &mut Tx, outbox: &SmsOutbox) -> StoreResult<bool> {
    let now = tx.at();
    let rows = tx
        .all(
            "SELECT code, shard, id, kind, said FROM message_message WHERE state = 'waiting' AND not_before <= $1 \
             ORDER BY not_before, code LIMIT $2",
            values![now.micros(), AT_ONCE],
        )
        .await?;
    let waiting: Vec<Waiting> = rows
        .iter()
        .map(|row| {
            Ok(Waiting {
                code: row.text("code")?,
                shard: row.text("shard")?,
                id: row.text("id")?,
                kind: Kind::of(&row.text("kind")?),
                said: row.text("said")?,
            })
        })
        .collect::<StoreResult<_>>()?;
    let Some(first) = waiting.first().map(|one| one.code.clone()) else {
        return Ok(false);
    };
    let mut lines = String::new();
    let mut counts = [0_i64; 4];
    for one in &waiting {
        let person = people::api::person(&*tx, &one.id).await?;
        let number = match &person {
            Some(person) => number_of(tx, person)?,
            None => None,
        };
        let off = "SELECT CAST(count(*) AS BIGINT) AS n FROM message_off WHERE shard = $1 AND id = $2 AND kind = $3";
        let key = one.kind.map_or("", Kind::key);
        let unwanted = tx
            .number(off, values![one.shard.as_str(), one.id.as_str(), key])
            .await?
            > 0;
        let way = way(&Reach {
            wanted: !unwanted || one.kind.is_some_and(Kind::statutory),
            sms: number.is_some() && outbox.0.is_some(),
            family: org::api::has_family(&*tx, &one.id).await?,
        });
        if let (Way::Sms, Some(number)) = (way, &number) {
            lines.push_str(&format!("{number}\t{}\t{}\n", one.said, one.code));
        }
        if let Some(count) = counts.get_mut(way as usize) {
            *count += 1;
        }
        tx.run(
            "UPDATE message_message SET state = $1, sent_at = $2 WHERE code = $3 AND state = 'waiting'",
            values![way.key(), now.micros(), one.code.as_str()],
        )
        .await?;
    }
    if let (Some(folder), false) = (&outbox.0, lines.is_empty()) {
        write(folder, now, &first, &lines)?;
    }
    let [sms, inside, paper, off] = counts;
    tx.audit(
        Audit::new("message.sent")
            .with("sms", sms)
            .with("inside", inside)
            .with("paper", paper)
            .with("off", off),
    );
    Ok(waiting.len() as i64 == AT_ONCE)
}

/// The number to write to: the person's own, else that of whoever answers for them.
fn number_of(tx: &Tx, person: &people::api::Person) -> StoreResult<Option<String>> {
    for (field, sealed) in [
        ("phone", &person.phone),
        ("contact_phone", &person.contact_phone),
    ] {
        let found = people::api::open_secret(tx.store(), field, sealed.as_ref())?;
        if let Some(number) = found.filter(|number| number.len() == 11) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

fn broken(error: std::io::Error) -> StoreError {
    StoreError::Other(format!("the outbox of text messages: {error}"))
}

/// The file is there whole or not at all; the same piece again is the same file.
fn write(folder: &Path, now: Instant, first: &str, lines: &str) -> StoreResult<()> {
    let name = format!("sms-{}-{first}.tsv", now.day().number());
    let part = folder.join(format!("{name}.part"));
    let mut file = std::fs::File::create(&part).map_err(broken)?;
    file.write_all(lines.as_bytes()).map_err(broken)?;
    file.sync_all().map_err(broken)?;
    std::fs::rename(&part, folder.join(name)).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C33; product rule 39: nobody is left untold, and what is not wanted is not sent.
    #[test]
    fn ways() {
        for (wanted, sms, family, then) in [
            (true, true, true, Way::Sms),
            (true, true, false, Way::Sms),
            (true, false, true, Way::Inside),
            (true, false, false, Way::Paper),
            (false, true, true, Way::Off),
        ] {
            let reach = Reach {
                wanted,
                sms,
                family,
            };
            assert_eq!(way(&reach), then);
        }
    }
}
