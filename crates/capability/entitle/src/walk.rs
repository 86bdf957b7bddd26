//! Everyone's answers for snapshots, month-ends and the nightly check: streamed, without names.

use crate::connected::Connected;
use crate::standing::{Receipt, Standing, birthdays, stand};
use crate::store::receipts;
use engine::snapshot::table::{Cell, ColumnKind, TableMeta, TableWriter};
use host::{PersonKey, SnapshotAsk, SnapshotFile};
use kernel::{AreaCode, Day, Instant};
use people::api::{Part, pseudonym};
use plan::api::{PlanBook, Published};
use rules::{FactId, Facts, List, Value};
use std::path::Path;
use store::{Reads, Row, Sql, Store, StoreError, StoreResult, values};

/// The files' names.
pub const ANSWERS_FILE: &str = "answers.parquet";
/// See [`ANSWERS_FILE`].
pub const RECEIPTS_FILE: &str = "receipts.parquet";

/// Where somebody stands: items by bit no−1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stood {
    /// Entitled.
    pub yes: u64,
    /// Not known, to be settled.
    pub unknown: u64,
    /// Not known, may be asked for.
    pub ask: u64,
    /// Receiving.
    pub receiving: u64,
    /// Entitled and not receiving.
    pub owed: u64,
    /// Receiving and not entitled.
    pub undue: u64,
    /// Facts that keep an item of `unknown` open, by dictionary place.
    pub missing: u128,
    /// Known amounts of the entitled, in fen per unit, by item.
    pub amounts: Vec<(u16, i64)>,
}

impl Stood {
    fn of(standing: &Standing) -> Self {
        Self {
            yes: standing.yes,
            unknown: standing.unknown,
            ask: standing.ask,
            receiving: standing.receiving,
            owed: standing.owed,
            undue: standing.undue,
            missing: standing.missing,
            amounts: standing
                .amounts
                .iter()
                .map(|(no, fen)| (*no, *fen))
                .collect(),
        }
    }

    /// The known amount of an item.
    pub fn fen(&self, no: u16) -> Option<i64> {
        let amount = self.amounts.iter().find(|(item, _)| *item == no);
        amount.map(|(_, fen)| *fen)
    }

    /// Items that say anything.
    pub fn items(&self) -> impl Iterator<Item = u16> + use<> {
        let any = self.yes | self.unknown | self.ask | self.receiving | self.owed | self.undue;
        (1..=63_u16).filter(move |no| any & (1 << (no - 1)) != 0)
    }
}

/// A stored answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose.
    pub key: PersonKey,
    /// What stands there.
    pub stood: Stood,
}

const READ: &str = "SELECT a.shard, a.id, a.yes, a.unknown, a.ask, a.receiving, a.owed, a.undue, a.missing_low, a.missing_high, a.amounts \
     FROM entitle_answer a WHERE ";

fn answer_of(row: &Row) -> StoreResult<Answer> {
    let mask = |column: &str| row.int(column).map(|bits| bits as u64);
    let text = row.text("amounts")?;
    let pairs = text.split(',').filter_map(|pair| pair.split_once(':'));
    let amounts = pairs.filter_map(|(no, fen)| Some((no.parse().ok()?, fen.parse().ok()?)));
    Ok(Answer {
        key: key_of(row)?,
        stood: Stood {
            yes: mask("yes")?,
            unknown: mask("unknown")?,
            ask: mask("ask")?,
            receiving: mask("receiving")?,
            owed: mask("owed")?,
            undue: mask("undue")?,
            missing: u128::from(mask("missing_low")?) | (u128::from(mask("missing_high")?) << 64),
            amounts: amounts.collect(),
        },
    })
}

/// The stored answers of a part, in key order.
pub async fn answers(reads: &impl Reads, part: &Part) -> StoreResult<Vec<Answer>> {
    let mut sql = Sql::new(READ);
    sql.append(&part.condition("a", "id"));
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    let mut out: Vec<Answer> = rows.iter().map(answer_of).collect::<StoreResult<_>>()?;
    out.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(out)
}

/// Whether a person's stored answer is not what their records give now: read anew, twice where it differs,
/// because somebody may be correcting the person at this moment.
pub async fn differs(
    store: &Store,
    published: &Published,
    key: &PersonKey,
    day: Day,
) -> StoreResult<bool> {
    let (connected, rolls) = (
        connected(store).await?,
        people::api::roll_book(store).await?,
    );
    for _ in 0..2 {
        let records = people::api::records(store, key).await?;
        let stored = store
            .one(
                &format!("{READ}a.shard = $1 AND a.id = $2"),
                values![key.shard.as_str(), key.id.as_str()],
            )
            .await?
            .as_ref()
            .map(answer_of)
            .transpose()?;
        let Some(stored) = stored.filter(|_| !records.is_empty()) else {
            return Ok(true);
        };
        let facts = people::api::resolve(&records, &rolls, day, store.clock().now()).facts;
        let receipts = receipts::of(store, key).await?;
        if answer(&published.list, &facts, &receipts, &connected, day) == stored.stood {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where somebody with these facts and receipts stands on a day.
pub fn answer(
    list: &List,
    facts: &Facts,
    receipts: &[Receipt],
    connected: &Connected,
    day: Day,
) -> Stood {
    Stood::of(&stand(list, facts, receipts, connected, day))
}

/// The next day on which that may change though no fact does; early is safe.
pub fn next_turn(list: &List, facts: &Facts, receipts: &[Receipt], day: Day) -> Option<Day> {
    let mut days = Vec::new();
    if let Some(Value::Day(birth)) = facts.get(FactId::BIRTH_DATE) {
        days.extend(birthdays(facts, day.plus_years(1)));
        let age = birth.age_on(day);
        if age < 55 {
            days.extend([
                birth.plus_years(age + 1),
                birth.plus_years(age + 1).plus_days(1),
            ]);
        }
        if age < 4 {
            days.push(birth.plus_months(birth.months_on(day) + 1));
        }
    }
    for fact in FactId::all() {
        if let Some(Value::Day(at)) = facts.get(fact) {
            days.extend([*at, at.plus_days(1)]);
        }
    }
    let receipts = receipts
        .iter()
        .flat_map(|receipt| [Some(receipt.from), receipt.until]);
    days.extend(receipts.flatten());
    let params = list.params().iter().flat_map(rules::ParamTable::values);
    days.extend(params.map(|value| value.from));
    days.into_iter().filter(|at| *at > day).min()
}

/// Which programmes are connected, and where.
pub async fn connected(reads: &impl Reads) -> StoreResult<Connected> {
    receipts::connected(reads).await
}

/// Whether somebody's answer waits for the night's recomputation.
pub async fn is_due(reads: &impl Reads, day: Day) -> StoreResult<bool> {
    let sql =
        "SELECT a.id FROM entitle_answer a WHERE a.next_change <= $1 AND a.as_of < $1 LIMIT 1";
    Ok(reads.one(sql, values![day.number()]).await?.is_some())
}

/// The kept counts of all items: area, item, state, people; zeros are left out.
pub async fn tally(reads: &impl Reads) -> StoreResult<Vec<(AreaCode, u16, String, i64)>> {
    let sql = "SELECT area, item, state, people FROM entitle_tally WHERE item > 0 AND people <> 0";
    let mut out = Vec::new();
    for row in reads.all(sql, vec![]).await? {
        if let Some(area) = row.opt_area("area")? {
            out.push((
                area,
                row.int("item")? as u16,
                row.text("state")?,
                row.int("people")?,
            ));
        }
    }
    Ok(out)
}

/// What the people of a part receive or received.
#[derive(Debug, Default)]
pub struct Receipts(Vec<(PersonKey, Vec<Receipt>)>);

impl Receipts {
    /// Somebody's, latest first.
    pub fn of(&self, key: &PersonKey) -> &[Receipt] {
        let place = self.0.binary_search_by(|(other, _)| other.cmp(key));
        let found = place.ok().and_then(|place| self.0.get(place));
        found.map_or(&[], |(_, receipts)| receipts.as_slice())
    }
}

/// The receipts of a part as known at a moment, without who pays and their source.
pub async fn receipts(reads: &impl Reads, part: &Part, known: Instant) -> StoreResult<Receipts> {
    let mut sql = Sql::new(
        "SELECT r.shard, r.id, r.programme, r.from_day, r.until_day, r.fen, r.recorded_at FROM entitle_receipt r WHERE r.recorded_at <= ",
    );
    sql.bind(known.micros())
        .push(" AND ")
        .append(&part.condition("r", "id"))
        .push(" ORDER BY r.shard, r.id, r.from_day DESC, r.programme");
    let (text, values) = sql.parts();
    let mut out: Vec<(PersonKey, Vec<Receipt>)> = Vec::new();
    for row in reads.all(&text, values).await? {
        let (key, receipt) = (key_of(&row)?, receipt_of(&row)?);
        match out.last_mut().filter(|last| last.0 == key) {
            Some((_, receipts)) => receipts.push(receipt),
            None => out.push((key, vec![receipt])),
        }
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(Receipts(out))
}

fn key_of(row: &Row) -> StoreResult<PersonKey> {
    Ok(PersonKey {
        shard: row.text("shard")?,
        id: row.text("id")?,
    })
}

fn receipt_of(row: &Row) -> StoreResult<Receipt> {
    Ok(Receipt {
        programme: row.text("programme")?,
        from: row.day("from_day")?,
        until: row.opt_day("until_day")?,
        fen: row.int("fen")?,
        payer: String::new(),
        source: String::new(),
        recorded: row.instant("recorded_at")?,
    })
}

/// Writes the table `answers`: a row for each person and item that says anything.
pub struct AnswersFile(TableWriter);

impl AnswersFile {
    /// Starts the file in this directory.
    pub fn create(dir: &Path, ask: &SnapshotAsk, plan_digest: &str) -> StoreResult<Self> {
        let meta = TableMeta {
            table: "answers",
            as_of: ask.as_of,
            known_at: ask.known_at,
            place: ask.place.clone(),
            plan_digest: Some(plan_digest.to_owned()),
        };
        let columns = [
            ("person", ColumnKind::Key),
            ("item", ColumnKind::Small),
            ("yes", ColumnKind::Flag),
            ("fen", ColumnKind::Int),
            ("ask", ColumnKind::Flag),
            ("receiving", ColumnKind::Flag),
            ("owed", ColumnKind::Flag),
            ("undue", ColumnKind::Flag),
        ];
        let writer = TableWriter::create(&dir.join(ANSWERS_FILE), &meta, &columns);
        writer.map(Self).map_err(failed)
    }

    /// Adds the answers of a pseudonym.
    pub fn push(&mut self, person: &str, stood: &Stood) -> StoreResult<()> {
        for no in stood.items() {
            let on = |mask: u64| mask & (1 << (no - 1)) != 0;
            let yes = if on(stood.yes) {
                Some(true)
            } else if on(stood.unknown | stood.ask) {
                None
            } else {
                Some(false)
            };
            let row = [
                Cell::Text(Some(person)),
                Cell::Int(Some(no.into())),
                Cell::Flag(yes),
                Cell::Int(stood.fen(no)),
                Cell::Flag(Some(on(stood.ask))),
                Cell::Flag(Some(on(stood.receiving))),
                Cell::Flag(Some(on(stood.owed))),
                Cell::Flag(Some(on(stood.undue))),
            ];
            self.0.push(&row).map_err(failed)?;
        }
        Ok(())
    }

    /// Puts the file in its place.
    pub fn finish(self) -> StoreResult<SnapshotFile> {
        Ok(SnapshotFile {
            file: ANSWERS_FILE.to_owned(),
            rows: self.0.finish().map_err(failed)?,
        })
    }
}

/// The table `answers`: the kept answers where today is asked for, otherwise worked out from the records
/// with the list in force on the day.
pub(crate) async fn write_answers(store: Store, ask: SnapshotAsk) -> StoreResult<SnapshotFile> {
    let (today, now) = (store.clock().today(), store.clock().now());
    let published = PlanBook::load(&store).await?.in_force(ask.as_of);
    let digest = published
        .as_ref()
        .map_or("", |published| published.digest.as_str());
    let mut file = AnswersFile::create(&ask.dir, &ask, digest)?;
    let live = ask.as_of == today && ask.known_at >= now;
    let (rolls, connected) = (
        people::api::roll_book(&store).await?,
        connected(&store).await?.as_of(ask.as_of, ask.known_at),
    );
    for part in people::api::walk_parts(&store).await? {
        if live {
            for answer in answers(&store, &part).await? {
                file.push(&pseudonym(store.keys(), &answer.key.id), &answer.stood)?;
            }
        } else if let Some(published) = &published {
            let receipts = receipts(&store, &part, ask.known_at).await?;
            for (key, records) in people::api::walk_records(&store, &part).await? {
                let facts = people::api::resolve(&records, &rolls, ask.as_of, ask.known_at).facts;
                let stood = answer(
                    &published.list,
                    &facts,
                    receipts.of(&key),
                    &connected,
                    ask.as_of,
                );
                file.push(&pseudonym(store.keys(), &key.id), &stood)?;
            }
        }
        tokio::task::yield_now().await;
    }
    file.finish()
}

/// The table `receipts`: what is received on the day, as known at the moment.
pub(crate) async fn write_receipts(store: Store, ask: SnapshotAsk) -> StoreResult<SnapshotFile> {
    let meta = TableMeta {
        table: "receipts",
        as_of: ask.as_of,
        known_at: ask.known_at,
        place: ask.place.clone(),
        plan_digest: None,
    };
    let columns = [
        ("person", ColumnKind::Key),
        ("programme", ColumnKind::Word),
        ("from_day", ColumnKind::Small),
        ("until_day", ColumnKind::Small),
        ("fen", ColumnKind::Int),
    ];
    let mut out =
        TableWriter::create(&ask.dir.join(RECEIPTS_FILE), &meta, &columns).map_err(failed)?;
    for part in people::api::walk_parts(&store).await? {
        let receipts = receipts(&store, &part, ask.known_at).await?;
        for (key, theirs) in &receipts.0 {
            let person = pseudonym(store.keys(), &key.id);
            for receipt in theirs.iter().filter(|receipt| receipt.covers(ask.as_of)) {
                let row = [
                    Cell::Text(Some(&person)),
                    Cell::Text(Some(&receipt.programme)),
                    Cell::Int(Some(receipt.from.number().into())),
                    Cell::Int(receipt.until.map(|day| day.number().into())),
                    Cell::Int(Some(receipt.fen)),
                ];
                out.push(&row).map_err(failed)?;
            }
        }
        tokio::task::yield_now().await;
    }
    Ok(SnapshotFile {
        file: RECEIPTS_FILE.to_owned(),
        rows: out.finish().map_err(failed)?,
    })
}

fn failed(error: engine::Error) -> StoreError {
    StoreError::Other(format!("写快照失败：{error}"))
}
