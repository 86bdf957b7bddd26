//! The job that sends: by text message where an adapter is there and a number is known, inside for a family that has an
//! account, on paper for everybody else. Killed on the way, the same file is written again with the same lines, and the
//! same message is handed over again under the same code.

use crate::gateway::{Answer, SmsHttp};
use crate::kinds::Kind;
use crate::quiet;
use crate::say::JOB;
use host::{AppState, PersonKey};
use kernel::Instant;
use people::api::Person;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::jobs::JobError;
use store::{Audit, Reads, Sql, Store, StoreError, StoreResult, Tx, values};
use tokio::task::JoinSet;

/// Messages of one turn.
const AT_ONCE: i64 = 500;
/// Messages of one turn where each is a request: even a slow gateway has answered before the job's lease ends.
const ASKED_AT_ONCE: i64 = 64;
/// Requests at the same time.
const BESIDE: usize = 16;
/// Seconds until the gateway is asked again about a message, doubled with every time.
const PAUSE: i64 = 30;
/// Doublings of the pause.
const DOUBLED: i64 = 7;
/// Days after which a message that no gateway answers for goes on paper.
const GIVE_UP: i64 = 3;

/// Where text messages go.
#[derive(Debug, Clone, Default)]
pub enum SmsOutbox {
    /// There are none.
    #[default]
    Off,
    /// A folder from which the operator's gateway takes files of `telephone<TAB>text<TAB>code`, one message a line, UTF-8.
    Folder(PathBuf),
    /// A gateway that is asked.
    Http(Arc<SmsHttp>),
}

/// How a turn ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Nothing more waits now.
    Done,
    /// There may be more.
    More,
    /// The gateway answers for nothing: what it said last.
    Down(String),
}

struct Waiting {
    code: String,
    key: PersonKey,
    kind: String,
    said: String,
    made: Instant,
    tries: i64,
}

/// How a message goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Sms,
    Inside,
    Paper,
    Off,
}

impl Way {
    const ALL: [Self; 4] = [Self::Sms, Self::Inside, Self::Paper, Self::Off];

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
    let outbox = app
        .part::<SmsOutbox>()
        .map_or_else(|_none| SmsOutbox::default(), |found| (*found).clone());
    match send(&app.store, &outbox).await {
        Ok(Turn::Done) => Ok(()),
        Ok(Turn::More) => Err(JobError::Again),
        Ok(Turn::Down(why)) => Err(JobError::Retry(why)),
        Err(error) => Err(JobError::Retry(error.to_string())),
    }
}

/// Sends the next messages whose time has come; nothing in quiet hours.
pub async fn send(store: &Store, outbox: &SmsOutbox) -> StoreResult<Turn> {
    let now = store.clock().now();
    if quiet::not_before(now) != now {
        return Ok(Turn::Done);
    }
    let most = match outbox {
        SmsOutbox::Http(_) => ASKED_AT_ONCE,
        SmsOutbox::Off | SmsOutbox::Folder(_) => AT_ONCE,
    };
    let all = waiting(store, now, most).await?;
    let Some(first) = all.first() else {
        return Ok(Turn::Done);
    };
    let ways = ways(store, outbox, &all).await?;
    let mut plain: BTreeMap<Way, Vec<&str>> = BTreeMap::new();
    let mut texts = Vec::new();
    for (one, (way, number)) in all.iter().zip(ways) {
        match (way, number, outbox) {
            (Way::Sms, Some(number), SmsOutbox::Http(_)) => texts.push((one, number)),
            (Way::Sms, Some(number), _) => {
                texts.push((one, number));
                plain.entry(way).or_default().push(&one.code);
            }
            _ => plain.entry(way).or_default().push(&one.code),
        }
    }
    let (mut answers, mut down) = (Vec::new(), None);
    match outbox {
        SmsOutbox::Folder(folder) if !texts.is_empty() => {
            let mut lines = String::new();
            for (one, number) in &texts {
                for part in [number.as_str(), "\t", &one.said, "\t", &one.code, "\n"] {
                    lines.push_str(part);
                }
            }
            write(folder, now, &first.code, &lines)?;
        }
        SmsOutbox::Http(gateway) => (answers, down) = hand(gateway, &texts).await?,
        SmsOutbox::Off | SmsOutbox::Folder(_) => {}
    }
    let mut tx = store.begin(&authz::Actor::system(JOB), None).await?;
    let mut audit = Audit::new("message.sent");
    for way in Way::ALL {
        let codes = plain.get(&way).map_or(&[][..], Vec::as_slice);
        went(&mut tx, way.key(), codes).await?;
        audit = audit.with(way.key(), codes.len() as i64);
    }
    answered(&mut tx, &texts, &answers).await?;
    tx.audit(audit.with("asked", answers.len() as i64));
    tx.commit().await?;
    Ok(match down {
        Some(why) => Turn::Down(why),
        None if all.len() as i64 == most => Turn::More,
        None => Turn::Done,
    })
}

/// A page of what waits, the longest first.
async fn waiting(reads: &impl Reads, now: Instant, most: i64) -> StoreResult<Vec<Waiting>> {
    let rows = reads
        .all(
            "SELECT code, shard, id, kind, said, made_at, tries FROM message_message WHERE state = 'waiting' \
             AND not_before <= $1 ORDER BY not_before, code LIMIT $2",
            values![now.micros(), most],
        )
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                code: row.text("code")?,
                key: PersonKey {
                    shard: row.text("shard")?,
                    id: row.text("id")?,
                },
                kind: row.text("kind")?,
                said: row.text("said")?,
                made: row.instant("made_at")?,
                tries: row.int("tries")?,
            })
        })
        .collect()
}

/// Which way each of a page goes, and the number where it is a text message: everything is asked for the whole page.
async fn ways(
    store: &Store,
    outbox: &SmsOutbox,
    all: &[Waiting],
) -> StoreResult<Vec<(Way, Option<String>)>> {
    let keys: BTreeSet<PersonKey> = all.iter().map(|one| one.key.clone()).collect();
    let keys: Vec<PersonKey> = keys.into_iter().collect();
    let people: BTreeMap<String, Person> = people::api::of_keys(store, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let (off, families) = (
        unwanted(store, &ids).await?,
        org::api::with_family_of(store, &ids).await?,
    );
    let gateway = !matches!(outbox, SmsOutbox::Off);
    all.iter()
        .map(|one| {
            let number = match people.get(&one.key.id) {
                Some(person) if gateway => number_of(store, person)?,
                _ => None,
            };
            let refused = off.contains(&(one.key.id.clone(), one.kind.clone()));
            let reach = Reach {
                wanted: !refused || Kind::of(&one.kind).is_some_and(Kind::statutory),
                sms: number.is_some(),
                family: families.contains(&one.key.id),
            };
            Ok((way(&reach), number))
        })
        .collect()
}

/// Kinds that these people do not want to be told of.
async fn unwanted(reads: &impl Reads, ids: &[&str]) -> StoreResult<BTreeSet<(String, String)>> {
    let mut sql = Sql::new("SELECT id, kind FROM message_off WHERE id IN (''");
    for id in ids {
        sql.push(", ").bind(*id);
    }
    sql.push(")");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| Ok((row.text("id")?, row.text("kind")?)))
        .collect()
}

/// The number to write to: the person's own, else that of whoever answers for them.
fn number_of(store: &Store, person: &Person) -> StoreResult<Option<String>> {
    for (field, sealed) in [
        ("phone", &person.phone),
        ("contact_phone", &person.contact_phone),
    ] {
        let found = people::api::open_secret(store, field, sealed.as_ref())?;
        if let Some(number) = found.filter(|number| number.len() == 11) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Hands texts over, some beside each other; ends where the gateway answers for none of those, with what it said last.
async fn hand(
    gateway: &Arc<SmsHttp>,
    texts: &[(&Waiting, String)],
) -> StoreResult<(Vec<Answer>, Option<String>)> {
    let mut out = Vec::with_capacity(texts.len());
    for part in texts.chunks(BESIDE) {
        let mut asked = JoinSet::new();
        for (at, (one, number)) in part.iter().enumerate() {
            let gateway = Arc::clone(gateway);
            let (code, number) = (one.code.clone(), number.clone());
            let (kind, said) = (one.kind.clone(), one.said.clone());
            asked.spawn(async move { (at, gateway.hand(&code, &number, &kind, &said).await) });
        }
        let mut answers = Vec::with_capacity(part.len());
        while let Some(done) = asked.join_next().await {
            answers.push(done.map_err(|error| StoreError::Other(error.to_string()))?);
        }
        answers.sort_by_key(|(at, _)| *at);
        let mut later = answers.iter().filter_map(|(_, answer)| match answer {
            Answer::Later(why) => Some(why.clone()),
            Answer::Sent | Answer::Refused(_) => None,
        });
        let down = later
            .next_back()
            .filter(|_| later.count() + 1 == part.len());
        out.extend(answers.into_iter().map(|(_, answer)| answer));
        if down.is_some() {
            return Ok((out, down));
        }
    }
    Ok((out, None))
}

/// Marks how messages went out.
async fn went(tx: &mut Tx, state: &str, codes: &[&str]) -> StoreResult<()> {
    if codes.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("UPDATE message_message SET why = NULL, state = ");
    sql.bind(state)
        .push(", sent_at = ")
        .bind(tx.at().micros())
        .push(" WHERE state = 'waiting' AND code IN (''");
    for code in codes {
        sql.push(", ").bind(*code);
    }
    sql.push(")");
    let (text, values) = sql.parts();
    tx.run(&text, values).await?;
    Ok(())
}

/// Keeps what the gateway answered. What it does not take goes on paper, and so does what it says nothing about for days.
async fn answered(
    tx: &mut Tx,
    texts: &[(&Waiting, String)],
    answers: &[Answer],
) -> StoreResult<()> {
    let at = tx.at();
    let mut sent = Vec::new();
    for ((one, _), answer) in texts.iter().zip(answers) {
        let (state, why) = match answer {
            Answer::Sent => {
                sent.push(one.code.as_str());
                continue;
            }
            Answer::Refused(why) => ("refused", why),
            Answer::Later(why) if one.made.plus_seconds(GIVE_UP * 86_400) < at => ("refused", why),
            Answer::Later(why) => ("waiting", why),
        };
        let pause = PAUSE << one.tries.clamp(0, DOUBLED);
        let next = quiet::not_before(at.plus_seconds(pause));
        tx.run(
            "UPDATE message_message SET state = $1, why = $2, tries = tries + 1, not_before = $3, sent_at = $4 \
             WHERE code = $5 AND state = 'waiting'",
            values![
                state,
                why.as_str(),
                next.micros(),
                at.micros(),
                one.code.as_str()
            ],
        )
        .await?;
    }
    went(tx, "sms", &sent).await
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
