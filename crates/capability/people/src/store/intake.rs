//! Statements for lists that come from outside: a thousand people looked up at once, and written at once.

use super::columns::to_column;
use super::history::{self, Origins};

use super::person::{person_of, select};
use super::write::{RECORD_COLUMNS, blind_index, record_row};
use crate::api::{Person, PersonKey};
use crate::model::{Record, pack, unpack};
use rules::facts::{FactId, Facts};
use std::collections::{BTreeMap, HashMap};
use store::{Reads, Sealed, Sql, StoreResult, Tx, values};

/// The rows of these people, by their keys.
pub(crate) fn of_keys(alias: &str, id: &str, keys: &[PersonKey]) -> Sql {
    let mut shards: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for key in keys {
        shards.entry(&key.shard).or_default().push(&key.id);
    }
    let mut sql = Sql::new(if keys.is_empty() { "(1 = 0" } else { "(" });
    for (at, (shard, ids)) in shards.iter().enumerate() {
        sql.push(if at == 0 { "(" } else { " OR (" }).push(alias);
        sql.push("shard = ")
            .bind(*shard)
            .push(&format!(" AND {alias}{id} IN ("));
        for (place, id) in ids.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).bind(*id);
        }
        sql.push("))");
    }
    sql.push(")");
    sql
}

/// Keys in one statement.
const KEYS: usize = 500;

/// These people, in key order; `ending` may hold the rows.
async fn people(reads: &impl Reads, keys: &[PersonKey], ending: &str) -> StoreResult<Vec<Person>> {
    let mut out = Vec::with_capacity(keys.len());
    for part in keys.chunks(KEYS) {
        let mut sql = Sql::new(&format!("{} WHERE ", select()));
        sql.append(&of_keys("p.", "id", part))
            .push(" ORDER BY p.shard, p.id")
            .push(ending);
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            out.push(person_of(&row)?);
        }
    }
    Ok(out)
}

/// These people, in key order.
pub(crate) async fn of(reads: &impl Reads, keys: &[PersonKey]) -> StoreResult<Vec<Person>> {
    people(reads, keys, "").await
}

/// Name and sealed identity number of these people, by id; also of files that gave way to another.
pub(crate) async fn called(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<HashMap<String, (String, Option<Sealed>)>> {
    let mut out = HashMap::with_capacity(keys.len());
    for part in keys.chunks(KEYS) {
        let mut sql = Sql::new("SELECT p.id, p.name, p.id_number FROM people_person p WHERE ");
        sql.append(&of_keys("p.", "id", part));
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            let number = row.opt_text("id_number")?.map(Sealed);
            out.insert(row.text("id")?, (row.text("name")?, number));
        }
    }
    for key in keys {
        if !out.contains_key(&key.id)
            && let Some(called) = called_aside(reads, &key.id).await?
        {
            out.insert(key.id.clone(), called);
        }
    }
    Ok(out)
}

/// Name and sealed number of a file that gave way to another: the other's number where it had none itself.
async fn called_aside(
    reads: &impl Reads,
    id: &str,
) -> StoreResult<Option<(String, Option<Sealed>)>> {
    let Some(alias) = super::alias::find(reads, id).await? else {
        return Ok(None);
    };
    if alias.id_number.is_some() {
        return Ok(Some((alias.name, alias.id_number)));
    }
    let number = match super::alias::survivor_of(reads, id).await? {
        Some(survivor) => super::person::by_id(reads, &survivor).await?,
        None => None,
    };
    Ok(Some((
        alias.name,
        number.and_then(|person| person.id_number),
    )))
}

/// These people, held by the transaction until it ends.
pub(crate) async fn held(tx: &Tx, keys: &[PersonKey]) -> StoreResult<Vec<Person>> {
    people(tx, keys, &tx.for_update_of("p")).await
}

/// The versions of these people, held by the transaction until it ends, by id.
pub(crate) async fn versions(tx: &Tx, keys: &[PersonKey]) -> StoreResult<HashMap<String, i64>> {
    let mut out = HashMap::with_capacity(keys.len());
    for part in keys.chunks(KEYS) {
        let mut sql = Sql::new("SELECT p.id, p.version FROM people_person p WHERE ");
        sql.append(&of_keys("p.", "id", part))
            .push(" ORDER BY p.shard, p.id")
            .push(&tx.for_update_of("p"));
        let (text, values) = sql.parts();
        for row in tx.all(&text, values).await? {
            out.insert(row.text("id")?, row.int("version")?);
        }
    }
    Ok(out)
}

/// All acts of recording of these people, by id; of a file that gave way to another, what it had told.
pub(crate) async fn records(
    reads: &impl Reads,
    keys: &[PersonKey],
) -> StoreResult<HashMap<String, Vec<Record>>> {
    let mut out: HashMap<String, Vec<Record>> = HashMap::with_capacity(keys.len());
    records_into(reads, keys, &mut out).await?;
    let rest = keys.iter().filter(|key| !out.contains_key(&key.id));
    let rest: Vec<PersonKey> = rest.map(super::alias::aside).collect();
    if !rest.is_empty() {
        records_into(reads, &rest, &mut out).await?;
    }
    Ok(out)
}

async fn records_into(
    reads: &impl Reads,
    keys: &[PersonKey],
    out: &mut HashMap<String, Vec<Record>>,
) -> StoreResult<()> {
    let origins = history::origins(reads).await?;
    for part in keys.chunks(KEYS) {
        let mut sql = Sql::new(&format!("SELECT h.person, {} WHERE ", history::READ));
        sql.append(&of_keys("h.", "person", part))
            .push(" ORDER BY h.shard, h.person, h.seq");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            let acts = unpack(history::history_of(&row)?, |code| origins.words(code))?;
            out.entry(row.text("person")?).or_default().extend(acts);
        }
    }
    Ok(())
}

/// Adds one act of recording to each of these people, in a row of its own so that it can be taken back alone.
pub(crate) async fn add_records(tx: &mut Tx, new: &[(PersonKey, Record)]) -> StoreResult<()> {
    let mut origins = Origins::default();
    origins
        .learn(tx, new.iter().map(|(_, record)| record))
        .await?;
    let mut rows = Vec::with_capacity(new.len());
    for (key, record) in new {
        let packed = pack(std::slice::from_ref(record), |record| origins.code(record))?;
        rows.extend(packed.into_iter().map(|row| record_row(key, row)));
    }
    tx.insert_many("people_history", RECORD_COLUMNS, rows).await
}

/// Takes back what these people were told from this source, whoever recorded it; returns how many acts.
pub(crate) async fn withdraw(
    tx: &mut Tx,
    keys: &[PersonKey],
    sources: &[String],
) -> StoreResult<u64> {
    let at = tx.at().micros();
    let mut done = 0;
    for source in sources {
        let origins = tx
            .all(
                "SELECT code FROM people_origin WHERE source = $1",
                values![source.as_str()],
            )
            .await?;
        for origin in origins {
            let code = origin.int("code")?;
            for part in keys.chunks(KEYS) {
                let mut sql = Sql::new("UPDATE people_history SET withdrawn_at = ");
                sql.bind(at)
                    .push(" WHERE withdrawn_at IS NULL AND origin = ");
                sql.bind(code).push(" AND ");
                sql.append(&of_keys("", "person", part));
                let (text, values) = sql.parts();
                done += tx.run(&text, values).await?;
            }
        }
    }
    Ok(done)
}

/// Writes the current values of facts of many people; each has its row already.
pub(crate) async fn update_facts(tx: &mut Tx, people: &[(&Person, &Facts)]) -> StoreResult<()> {
    let changed: Vec<FactId> = FactId::all()
        .filter(|fact| {
            people
                .iter()
                .any(|(person, now)| person.facts.get(*fact) != now.get(*fact))
        })
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let mut columns = vec![
        "shard",
        "id",
        "name",
        "registered_at",
        "changed_at",
        "version",
    ];
    columns.extend(changed.iter().map(|fact| fact.name()));
    let mut ending = String::from(
        " ON CONFLICT (shard, id) DO UPDATE SET changed_at = excluded.changed_at, version = excluded.version",
    );
    for fact in &changed {
        let name = fact.name();
        ending.push_str(&format!(", {name} = excluded.{name}"));
    }
    let at = tx.at().micros();
    let rows = people
        .iter()
        .map(|(person, now)| {
            let mut row = values![
                person.key.shard.as_str(),
                person.key.id.as_str(),
                person.name.as_str(),
                person.registered.micros(),
                at,
                person.version + 1,
            ];
            row.extend(changed.iter().map(|fact| to_column(*fact, now.get(*fact))));
            row
        })
        .collect();
    tx.insert_many_ending("people_person", &columns, rows, &ending)
        .await
}

/// What stands beside the facts of somebody: written with the row, without dates of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub struct Beside {
    /// Phone.
    pub phone: Option<String>,
    /// Address below the village.
    pub address: Option<String>,
    /// Emergency contact.
    pub contact_name: Option<String>,
    /// Their phone.
    pub contact_phone: Option<String>,
    /// What they are to the person.
    pub contact_relation: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// What the person is in the household.
    pub relation: Option<String>,
}

/// The columns of what stands beside the facts, those written together: an index over a column is written anew
/// whenever the column is, changed or not.
const BESIDE: [&[&str]; 7] = [
    &["phone", "phone_index"],
    &["address"],
    &["contact_name"],
    &["contact_phone"],
    &["contact_relation"],
    &["household"],
    &["relation"],
];

/// Writes what stands beside the facts of these people: what it was, what it is. Who differs in the same columns is
/// written together.
pub(crate) async fn update_beside(
    tx: &mut Tx,
    people: &[(&Person, &Beside, &Beside)],
) -> StoreResult<()> {
    let mut groups: BTreeMap<[bool; 7], Vec<(&Person, &Beside)>> = BTreeMap::new();
    for (person, before, now) in people {
        groups
            .entry(now.differs(before))
            .or_default()
            .push((person, now));
    }
    for (changed, people) in groups {
        update_columns(tx, changed, &people).await?;
    }
    Ok(())
}

async fn update_columns(
    tx: &mut Tx,
    changed: [bool; 7],
    people: &[(&Person, &Beside)],
) -> StoreResult<()> {
    let wanted = || (0..BESIDE.len()).filter(|place| changed.get(*place) == Some(&true));
    let mut columns = vec![
        "shard",
        "id",
        "name",
        "registered_at",
        "changed_at",
        "version",
    ];
    columns.extend(wanted().flat_map(|place| BESIDE.get(place).copied().unwrap_or(&[])));
    let keys = tx.store().keys().clone();
    let at = tx.at().micros();
    let mut rows = Vec::with_capacity(people.len());
    for (person, now) in people {
        let mut row = values![
            person.key.shard.as_str(),
            person.key.id.as_str(),
            person.name.as_str(),
            person.registered.micros(),
            at,
            person.version + 1,
        ];
        for place in wanted() {
            row.extend(now.column(place, &keys)?);
        }
        rows.push(row);
    }
    let mut ending = String::from(
        " ON CONFLICT (shard, id) DO UPDATE SET changed_at = excluded.changed_at, version = excluded.version",
    );
    for name in columns.iter().skip(6) {
        ending.push_str(&format!(", {name} = excluded.{name}"));
    }
    tx.insert_many_ending("people_person", &columns, rows, &ending)
        .await
}

impl Beside {
    fn parts(&self) -> [&Option<String>; 7] {
        [
            &self.phone,
            &self.address,
            &self.contact_name,
            &self.contact_phone,
            &self.contact_relation,
            &self.household,
            &self.relation,
        ]
    }

    /// By the places of [`BESIDE`], what is something else than before.
    fn differs(&self, before: &Self) -> [bool; 7] {
        let (now, before) = (self.parts(), before.parts());
        std::array::from_fn(|place| now.get(place) != before.get(place))
    }

    /// The values of the columns at a place of [`BESIDE`], phones sealed.
    fn column(&self, place: usize, keys: &store::Keys) -> StoreResult<Vec<store::Value>> {
        let plain = self.parts().get(place).copied().cloned().flatten();
        let columns = BESIDE.get(place).copied().unwrap_or(&[]);
        let field = columns.first().copied().unwrap_or("");
        if !matches!(field, "phone" | "contact_phone") {
            return Ok(values![plain]);
        }
        let sealed = plain.as_ref().map(|plain| keys.seal(field, plain));
        let sealed = sealed.transpose()?.map(|sealed| sealed.0);
        let index = plain.map(|plain| blind_index(keys, field, &plain));
        Ok(if columns.len() > 1 {
            values![sealed, index]
        } else {
            values![sealed]
        })
    }
}

/// Adds events of the past.
pub(crate) async fn add_events(
    tx: &mut Tx,
    events: &[(PersonKey, history::Event)],
) -> StoreResult<()> {
    let mut rows = Vec::with_capacity(events.len());
    for (key, event) in events {
        rows.push(values![
            tx.store().new_id(),
            key.shard.as_str(),
            key.id.as_str(),
            event.kind.as_str(),
            event.day.number(),
            event.from.map(|code| code.to_string()),
            event.to.map(|code| code.to_string()),
            event.recorded.micros(),
            event.by.as_str(),
        ]);
    }
    tx.insert_many(
        "people_event",
        &[
            "id",
            "shard",
            "person",
            "kind",
            "day",
            "from_area",
            "to_area",
            "recorded_at",
            "recorded_by",
        ],
        rows,
    )
    .await
}

/// Removes the events that this writer reported of these people: what they stood on is taken back.
pub(crate) async fn remove_events(tx: &mut Tx, keys: &[PersonKey], by: &str) -> StoreResult<()> {
    for part in keys.chunks(KEYS) {
        let mut sql = Sql::new("DELETE FROM people_event WHERE recorded_by = ");
        sql.bind(by).push(" AND ");
        sql.append(&of_keys("", "person", part));
        let (text, values) = sql.parts();
        tx.run(&text, values).await?;
    }
    Ok(())
}

/// People who were told something from these sources that stands, in key order behind a key.
pub(crate) async fn told_by(
    reads: &impl Reads,
    sources: &[String],
    after: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<PersonKey>> {
    let mut sql = Sql::new(
        "SELECT DISTINCT h.shard, h.person FROM people_history h WHERE h.withdrawn_at IS NULL AND h.origin IN \
         (SELECT o.code FROM people_origin o WHERE o.source IN (",
    );
    for (place, source) in sources.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " })
            .bind(source.as_str());
    }
    sql.push("))");
    if let Some(key) = after {
        sql.push(" AND (h.shard, h.person) > (")
            .bind(key.shard.as_str());
        sql.push(", ").bind(key.id.as_str()).push(")");
    }
    sql.push(" ORDER BY h.shard, h.person LIMIT ").bind(most);
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            Ok(PersonKey {
                shard: row.text("shard")?,
                id: row.text("person")?,
            })
        })
        .collect()
}
