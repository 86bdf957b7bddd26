//! Doors for the work on who is who: matching everybody, files that become one, numbers that come later,
//! households and guardians. Whoever uses them decides and audits.

pub use crate::names::{Roster, Seen};
pub use crate::store::alias::Alias;
pub use crate::store::own::{
    OwnField, OwnValue, same as same_own, says_something, turned as turned_own,
};
pub use crate::store::wards::WardsMoved;

use crate::api::{NewPerson, Person};
use crate::model::Record;
use crate::store as sql;
use crate::store::history::Event;
use host::{Boxed, Ctx, PersonKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Keys, Reads, Sealed, StoreResult, Tx};

/// Somebody registered already who may be the one at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// Their key.
    pub key: PersonKey,
    /// How much speaks for it, as a review counts it.
    pub score: i64,
    /// What speaks for it and against it, in words; empty where the file is out of scope.
    pub words: Vec<String>,
    /// Name and a little more, where the file is in scope.
    pub says: Option<String>,
    /// The office to ask, where it is not.
    pub office: String,
}

/// What looks for people who are alike, before a file is saved and while it is.
pub trait LooksAlike: Send + Sync {
    /// Who is like this person; best first.
    fn before<'a>(
        &'a self,
        ctx: &'a Ctx,
        person: &'a NewPerson,
    ) -> Boxed<'a, StoreResult<Vec<Alike>>>;
    /// Somebody was registered although these are alike: what is to be reviewed is put down in the transaction.
    fn saved<'a>(
        &'a self,
        tx: &'a mut Tx,
        person: &'a PersonKey,
        alike: &'a [Alike],
    ) -> Boxed<'a, StoreResult<()>>;
}

/// The part of the application that looks; without it nobody is asked.
pub struct AlikeHook(pub Arc<dyn LooksAlike>);

impl std::fmt::Debug for AlikeHook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AlikeHook")
    }
}

/// Keyed digests by which two files are compared without opening a number or a phone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests {
    /// Of the identity number.
    pub number: Option<String>,
    /// Of its last four characters.
    pub last_four: Option<String>,
    /// Of the phone.
    pub phone: Option<String>,
    /// Household id.
    pub household: Option<String>,
}

/// The digests of these people, by id.
pub async fn digests(reads: &impl Reads, ids: &[String]) -> StoreResult<BTreeMap<String, Digests>> {
    sql::person::digests(reads, ids).await
}

/// The digests of somebody under every key, those of the current one first.
pub fn digests_under(keys: &Keys, person: &Person) -> StoreResult<Vec<Digests>> {
    let open = |field: &str, sealed: &Option<Sealed>| {
        sealed
            .as_ref()
            .map(|sealed| keys.open(field, sealed))
            .transpose()
    };
    let number = open("id_number", &person.id_number)?;
    let phone = open("phone", &person.phone)?;
    let under = |field: &str, plain: Option<&str>| -> Vec<Option<String>> {
        match plain {
            Some(plain) => sql::write::blind_indexes(keys, field, plain)
                .into_iter()
                .map(Some)
                .collect(),
            None => vec![None; keys.ids().len()],
        }
    };
    let four = number.as_deref().and_then(sql::own::last_four);
    let all = under("id_number", number.as_deref())
        .into_iter()
        .zip(under("id_last_four", four))
        .zip(under("phone", phone.as_deref()));
    Ok(all
        .map(|((number, last_four), phone)| Digests {
            number,
            last_four,
            phone,
            household: person.household.clone(),
        })
        .collect())
}

/// The digests somebody will have.
pub fn digests_of(keys: &Keys, person: &NewPerson) -> Digests {
    let index = |field: &str, plain: &str| sql::write::blind_index(keys, field, plain);
    let number = person.id_number.as_deref();
    Digests {
        number: number.map(|number| index("id_number", number)),
        last_four: number
            .and_then(|number| number.get(14..))
            .map(|four| index("id_last_four", four)),
        phone: person.phone.as_deref().map(|phone| index("phone", phone)),
        household: person.household.clone(),
    }
}

/// The person this number belongs to, also where a file with it gave way to another.
pub async fn by_number(
    reads: &impl Reads,
    keys: &Keys,
    number: &str,
) -> StoreResult<Option<Person>> {
    let indexes = sql::write::blind_indexes(keys, "id_number", number);
    if let Some(person) = sql::person::by_id_number(reads, &indexes).await? {
        return Ok(Some(person));
    }
    for index in &indexes {
        for id in sql::alias::survivors_by(reads, "id_number_index", index).await? {
            if let Some(person) = sql::person::by_id(reads, &id).await? {
                return Ok(Some(person));
            }
        }
    }
    Ok(None)
}

/// The person of this 临时编号, also where a file with it gave way to another.
pub async fn by_provisional_code(reads: &impl Reads, code: &str) -> StoreResult<Option<Person>> {
    let mut ids = sql::person::ids_by(reads, "provisional", code).await?;
    ids.extend(sql::alias::survivors_by(reads, "provisional", code).await?);
    match ids.as_slice() {
        [only] => sql::person::by_id(reads, only).await,
        _ => Ok(None),
    }
}

/// Asks whether a family account is, today, of a guardian of this child.
pub type Guards =
    Arc<dyn for<'a> Fn(&'a Ctx, &'a Person) -> Boxed<'a, StoreResult<bool>> + Send + Sync>;

/// The part of the application that knows guardians; without it a family account sees whom it was granted.
pub struct GuardHook(pub Guards);

impl std::fmt::Debug for GuardHook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GuardHook")
    }
}

/// Whether the asker may see this person as far as childhood goes: a child is seen by family accounts of its
/// guardians only.
pub async fn may_see_child(ctx: &Ctx, person: &Person) -> StoreResult<bool> {
    let child = person.age_on(ctx.today()).is_some_and(|age| age < 18);
    if !child || ctx.actor().role != authz::Role::Family {
        return Ok(true);
    }
    match ctx.app.part::<GuardHook>() {
        Ok(hook) => (hook.0)(ctx, person).await,
        Err(_not_plugged_in) => Ok(true),
    }
}

/// The person whom this id has come to; `None` where no file of this id was set aside.
pub async fn survivor_of(reads: &impl Reads, id: &str) -> StoreResult<Option<String>> {
    sql::alias::survivor_of(reads, id).await
}

/// The files that lead to this person, latest first.
pub async fn aliases_of(reads: &impl Reads, id: &str) -> StoreResult<Vec<Alias>> {
    sql::alias::leading_to(reads, id).await
}

/// The file of this id, if it was set aside.
pub async fn alias(reads: &impl Reads, id: &str) -> StoreResult<Option<Alias>> {
    sql::alias::find(reads, id).await
}

/// Sets a file aside: its id and numbers lead to `survivor` from now on. False where there is no such person.
pub async fn set_aside(
    tx: &mut Tx,
    key: &PersonKey,
    survivor: &str,
    merge: &str,
) -> StoreResult<bool> {
    sql::alias::set_aside(tx, key, survivor, merge).await
}

/// Brings a file back; the caller refreshes it. False where it was not set aside.
pub async fn bring_back(tx: &mut Tx, key: &PersonKey) -> StoreResult<bool> {
    sql::alias::bring_back(tx, key).await
}

/// Adds an act of recording; the caller refreshes the person.
pub async fn add_record(tx: &mut Tx, key: &PersonKey, record: &Record) -> StoreResult<()> {
    sql::write::add_record(tx, key, record).await
}

/// Takes an act of recording back that stands in a row of its own; the caller refreshes the person.
pub async fn withdraw_record(tx: &mut Tx, key: &PersonKey, seq: i64) -> StoreResult<bool> {
    sql::history::withdraw(tx, key, seq).await
}

/// What a file says besides facts; `None` where there is no such person.
pub async fn own(
    reads: &impl Reads,
    key: &PersonKey,
) -> StoreResult<Option<BTreeMap<OwnField, OwnValue>>> {
    sql::own::read(reads, key).await
}

/// Writes one field of it.
pub async fn write_own(
    tx: &mut Tx,
    key: &PersonKey,
    field: OwnField,
    value: &OwnValue,
) -> StoreResult<()> {
    sql::own::write(tx, key, field, value).await
}

/// Gives somebody their number, if the file is still at `version`; 临时编号 stays and leads to them. A number that
/// is somebody else's is [`store::StoreError::Duplicate`].
pub async fn set_number(
    tx: &mut Tx,
    key: &PersonKey,
    version: i64,
    number: &str,
) -> StoreResult<bool> {
    sql::own::set_number(tx, key, version, number).await
}

/// Deaths and moves of a file, latest first.
pub async fn events(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<Event>> {
    sql::history::events(reads, key).await
}

/// Moves guardians and wards of `from` to `to`, before `from` is set aside.
pub async fn move_wards(tx: &mut Tx, from: &PersonKey, to: &PersonKey) -> StoreResult<WardsMoved> {
    sql::wards::transfer(tx, from, to).await
}

/// Moves them back, after `from` was brought back.
pub async fn move_wards_back(
    tx: &mut Tx,
    from: &PersonKey,
    to: &PersonKey,
    moved: &WardsMoved,
) -> StoreResult<()> {
    sql::wards::transfer_back(tx, from, to, moved).await
}

/// Guardians of a child: person id and what they are to it.
pub async fn guardians(reads: &impl Reads, key: &PersonKey) -> StoreResult<Vec<(String, String)>> {
    sql::person::guardians(reads, key).await
}

/// Makes somebody a child's guardian; a second time changes nothing.
pub async fn add_guardian(
    tx: &mut Tx,
    child: &PersonKey,
    guardian: &str,
    relation: &str,
) -> StoreResult<()> {
    sql::wards::add(tx, &child.shard, &child.id, guardian, relation).await
}

/// Ends it.
pub async fn remove_guardian(tx: &mut Tx, child: &PersonKey, guardian: &str) -> StoreResult<()> {
    sql::wards::remove(tx, &child.shard, &child.id, guardian).await
}

/// The members of a household within a scope.
pub async fn household(
    reads: &impl Reads,
    scope: &authz::Scope,
    household: &str,
) -> StoreResult<Vec<Person>> {
    sql::person::household(reads, scope, household).await
}

/// How many live in a household, also those out of scope.
pub async fn household_size(reads: &impl Reads, household: &str) -> StoreResult<i64> {
    sql::person::household_size(reads, household).await
}
