//! The only door of the register for other capabilities: people, their facts on a day, their rolls.

pub use crate::api_bulk::{
    LARGE, Prepared, Preparer, RollDigest, insert_prepared, record_roll_digest,
};
pub use crate::api_correct::{Correction, claim, correct};
pub use crate::api_fresh::{Fresh, fresh};
pub use crate::api_identity::*;
pub use crate::api_intake::*;
pub use crate::api_moved::follow;
pub use crate::api_ready::{Ground, ReadyNew, ReadyTold, ground, register_many, unchanged};
pub use crate::api_register::{Registered, first_sets, register};
pub use crate::api_walk::*;
pub use crate::columns::{Basis, Flags, Look, Looked};
pub use crate::erase::{erased, erasing};
pub use crate::hear::{Ear, forget_heard};
pub use crate::model::{Known, Record, Resolved, Roll, RollBook, Set, leaver, resolve};
pub use crate::names::NameIndex;
pub use crate::pages::list::area_choices;
pub use crate::pages::one::{open, open_in};
pub use crate::pages::search::Found;
pub use crate::pages::{fact_form, words};
pub use crate::snapshot::{PEOPLE_FILE, PeopleFile};
pub use crate::store::history::Event;
pub use crate::store::list::{Filter, Group};
pub use host::PersonKey;
pub use rules::FactId as Fact;

use crate::store as sql;
use authz::{Scope, Subject};
use kernel::{AreaCode, Day, Instant};
use rules::facts::{FactId, Facts, Value};
use store::{Reads, Sealed, Store, StoreError, StoreResult, Tx};

/// A person as the register knows them now.
#[derive(Debug, Clone)]
pub struct Person {
    /// Key.
    pub key: PersonKey,
    /// Name.
    pub name: String,
    /// 临时编号, while there is no identity number.
    pub provisional: Option<String>,
    /// Identity number, sealed.
    pub id_number: Option<Sealed>,
    /// Phone, sealed.
    pub phone: Option<Sealed>,
    /// Address below the village.
    pub address: Option<String>,
    /// Emergency contact.
    pub contact_name: Option<String>,
    /// Their phone, sealed.
    pub contact_phone: Option<Sealed>,
    /// What they are to the person.
    pub contact_relation: Option<String>,
    /// Household id.
    pub household: Option<String>,
    /// What the person is in the household: 户主, 配偶 …
    pub relation: Option<String>,
    /// When the register first knew them.
    pub registered: Instant,
    /// When the row last changed.
    pub changed: Instant,
    /// Grows with every change; a form that was opened on an older one is stale.
    pub version: i64,
    /// Current value of every fact.
    pub facts: Facts,
}

impl Person {
    /// What a decision about this record needs.
    pub fn subject(&self) -> Subject {
        Subject {
            person: self.key.id.clone(),
            hukou: self.area(FactId::HUKOU_AREA),
            residence: self.area(FactId::RESIDENCE_AREA),
        }
    }

    /// An area fact.
    pub fn area(&self, fact: FactId) -> Option<AreaCode> {
        match self.facts.get(fact) {
            Some(Value::Area(code)) => Some(*code),
            _ => None,
        }
    }

    /// 周岁 on a day, where the birth date is known.
    pub fn age_on(&self, day: Day) -> Option<i32> {
        sql::columns::day_of(&self.facts, FactId::BIRTH_DATE).map(|birth| birth.age_on(day))
    }

    /// 人户分离: both areas are known and the towns differ.
    pub fn lives_apart(&self) -> bool {
        let town = |fact| {
            self.area(fact)
                .map(|code: AreaCode| code.up_to(kernel::area_code::Level::Town))
        };
        matches!((town(FactId::HUKOU_AREA), town(FactId::RESIDENCE_AREA)), (Some(a), Some(b)) if a != b)
    }
}

/// A person to register.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Key, given by the caller: the shard is fixed for ever.
    pub key: PersonKey,
    /// Name.
    pub name: String,
    /// 临时编号 where there is no number.
    pub provisional: Option<String>,
    /// Identity number, checked.
    pub id_number: Option<String>,
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
    /// When the register first knew them.
    pub registered: Instant,
    /// Guardians of a child: person id and what they are to it.
    pub guardians: Vec<(String, String)>,
    /// Acts of recording, numbered from 1.
    pub records: Vec<Record>,
}

/// Puts the register's own objects into the application: the name index and recent searches.
pub fn plug(app: host::App, names: NameIndex) -> host::App {
    app.with_part(std::sync::Arc::new(names))
        .with_part(std::sync::Arc::new(Found::default()))
}

/// The shard of somebody first registered in this area: the county's six digits.
pub fn shard_of(area: Option<AreaCode>) -> String {
    area.map_or_else(
        || "000000".to_owned(),
        |code| code.as_str().get(..6).unwrap_or("000000").to_owned(),
    )
}

/// The person of this id, whatever the scope: for [`host::Ctx::decide`] only.
pub async fn person(reads: &impl Reads, id: &str) -> StoreResult<Option<Person>> {
    sql::person::by_id(reads, id).await
}

/// All acts of recording of a person.
pub async fn records(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Record>> {
    sql::history::records(reads, key).await
}

/// The shards in use: who walks everybody by key goes from one to the next.
pub async fn shards(reads: &impl Reads) -> StoreResult<Vec<String>> {
    sql::person::shards(reads).await
}

/// All rolls.
pub async fn roll_book(reads: &impl Reads) -> StoreResult<RollBook> {
    sql::rolls::book(reads).await
}

/// What was known at `at` about `day`.
pub async fn facts_on(
    reads: &impl Reads,
    key: &PersonKey,
    day: Day,
    at: Instant,
) -> StoreResult<Resolved> {
    let (records, rolls) = (records(reads, key).await?, roll_book(reads).await?);
    Ok(resolve(&records, &rolls, day, at))
}

/// People of a filter within a scope, a page at a time.
pub async fn list(reads: &impl Reads, scope: &Scope, filter: &Filter) -> StoreResult<Vec<Person>> {
    sql::list::page(reads, scope, filter).await
}

/// People of a filter within a scope in key order after a key, up to `filter.most`: pages that stay put while the
/// register changes.
pub async fn by_key(
    reads: &impl Reads,
    scope: &Scope,
    filter: &Filter,
    after: Option<&PersonKey>,
) -> StoreResult<Vec<Person>> {
    sql::list::by_key(reads, scope, filter, after).await
}

/// The people of these ids within a scope, living or not.
pub async fn of_ids(
    reads: &impl Reads,
    scope: &Scope,
    ids: Vec<String>,
) -> StoreResult<Vec<Person>> {
    let most = ids.len() as i64;
    list(
        reads,
        scope,
        &Filter {
            ids: Some(ids),
            most,
            ..Filter::default()
        },
    )
    .await
}

/// A page of a list and how many it has in all.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Counted to the end; a search's hits are as many as were kept.
    pub total: i64,
    /// The people of the page, in its order.
    pub people: Vec<Person>,
}

/// People of a filter within a scope, a page at a time, counted to the end: chosen from the columns in
/// memory, read from the database under the same scope (ADR 0010).
pub async fn look(
    index: &NameIndex,
    reads: &impl Reads,
    scope: &Scope,
    filter: &Filter,
) -> StoreResult<Listed> {
    if filter.ids.is_some() {
        return Ok(Listed {
            total: count(reads, scope, filter).await?,
            people: list(reads, scope, filter).await?,
        });
    }
    let looked = index.look(&Look::of(scope, filter));
    let mut people = of_ids(reads, scope, looked.ids.clone()).await?;
    people.sort_by_key(|person| looked.ids.iter().position(|id| *id == person.key.id));
    Ok(Listed {
        total: looked.total as i64,
        people,
    })
}

/// How many people a filter matches within a scope, counted to the end in memory; its `ids` are not looked at.
pub fn number(index: &NameIndex, scope: &Scope, filter: &Filter) -> i64 {
    let nobody = Filter {
        most: 0,
        ..filter.clone()
    };
    index.look(&Look::of(scope, &nobody)).total as i64
}

/// How many people a filter matches within a scope, counted up to 10,001.
pub async fn count(reads: &impl Reads, scope: &Scope, filter: &Filter) -> StoreResult<i64> {
    sql::list::count(reads, scope, filter).await
}

/// Living residents of a town by age, for figures: counts only, nobody's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Residents {
    /// Town of 常住地.
    pub town: AreaCode,
    /// Everyone on the register living there.
    pub people: i64,
    /// Of these, with a known day of birth.
    pub dated: i64,
    /// 60周岁及以上.
    pub elders: i64,
    /// 80周岁及以上.
    pub eldest: i64,
    /// Under 36 months.
    pub infants: i64,
}

/// Counts of the whole register by town and age on a day (rows A20, A22–A52: what rates are taken of).
pub async fn residents(reads: &impl Reads, day: Day) -> StoreResult<Vec<Residents>> {
    sql::residents::by_town(reads, day).await
}

/// Living people of one place of 常住地 by age, for figures that open down to villages: counts only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResidentsAt {
    /// The code in the register: a village, something coarser where no more is known, or a place outside;
    /// `None` where no 常住地 is registered.
    pub area: Option<AreaCode>,
    /// Everyone on the register living there.
    pub people: i64,
    /// Of these, with a known day of birth.
    pub dated: i64,
    /// 60周岁及以上.
    pub elders: i64,
    /// 80周岁及以上.
    pub eldest: i64,
    /// Under 36 months.
    pub infants: i64,
}

/// Counts of the whole register by place and age on a day; [`residents`] village by village.
pub async fn residents_by_area(reads: &impl Reads, day: Day) -> StoreResult<Vec<ResidentsAt>> {
    sql::residents_village::by_area(reads, day).await
}

/// People after this key in key order, for jobs that walk everyone.
pub async fn after(
    reads: &impl Reads,
    key: Option<&PersonKey>,
    most: i64,
) -> StoreResult<Vec<Person>> {
    sql::list::after(reads, key, most).await
}

/// Records a complete roll. The people on it must have records from it.
pub async fn record_roll(tx: &mut Tx, roll: &Roll, on_it: &[&str]) -> StoreResult<()> {
    record_roll_digest(tx, roll, &sql::write::roll_digest(on_it)).await
}

/// Records an event of the past (demo, imports).
pub async fn record_event(tx: &mut Tx, key: &PersonKey, event: &Event) -> StoreResult<()> {
    sql::write::add_event(tx, key, event).await
}

/// Brings the wide row of a person to what is known now; returns the person as of now. Called after
/// every record, and by the nightly run for facts that began or ended with the day.
pub async fn refresh(tx: &mut Tx, id: &str) -> StoreResult<Person> {
    let missing = || StoreError::Other(format!("people_person lacks {id}"));
    let held = sql::person::held(tx, &[id]).await?;
    let mut person = held.into_iter().next().ok_or_else(missing)?;
    let at = now(tx);
    let now = facts_on(tx, &person.key, at.day(), at).await?;
    sql::write::update_facts(tx, &person.key, &person.facts, &now).await?;
    person.facts = now.facts;
    Ok(person)
}

/// The present of a transaction that holds whom it writes. Where writers do not wait for one another, others may have begun
/// after it and be through already: what it sees of theirs was recorded after [`Tx::at`], and counts.
pub(crate) fn now(tx: &Tx) -> Instant {
    tx.store().clock().now().max(tx.at())
}

/// These people as they are in the running transaction, in key order; nobody else changes them until it
/// ends. For work that read them before it began.
pub async fn hold(tx: &Tx, people: &[Person]) -> StoreResult<Vec<Person>> {
    let ids: Vec<&str> = people.iter().map(|person| person.key.id.as_str()).collect();
    sql::person::held(tx, &ids).await
}

/// Takes a roll back, in its own words withdrawn: who was settled by it is unknown again. The caller
/// refreshes the people of its area (a job).
pub async fn withdraw_roll(tx: &mut Tx, id: &str) -> StoreResult<bool> {
    let done = sql::rolls::withdraw(tx, id).await?;
    tx.audit(store::Audit::new("roll.withdraw").subject(id));
    Ok(done)
}

/// Opens a sealed phone or number for a page that may show it.
pub fn open_secret(
    store: &Store,
    field: &str,
    sealed: Option<&Sealed>,
) -> StoreResult<Option<String>> {
    sealed
        .map(|sealed| store.keys().open(field, sealed))
        .transpose()
}
