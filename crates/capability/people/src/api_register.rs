//! Registering somebody, once: for the page and for other systems.

use crate::api::{self, NewPerson, Person, Set};
use host::App;
use kernel::{AreaCode, Day};
use rules::Value;
use rules::facts::find;
use store::{StoreResult, Tx};

/// What became of a registration.
#[derive(Debug)]
pub enum Registered {
    /// Registered and answered, in the transaction that is still open: the caller audits, adds and commits, then tells
    /// [`crate::api::NameIndex::put`].
    New(Box<(Tx, Person)>),
    /// Somebody has this number, also one whose file gave way to another; nothing was written.
    Known(Box<Person>),
}

/// Registers somebody whose number nobody has, whoever else tries it at the same moment.
pub async fn register(
    app: &App,
    mut tx: Tx,
    person: NewPerson,
    source: &str,
) -> StoreResult<Registered> {
    let (key, number) = (person.key.clone(), person.id_number.clone());
    let keys = app.store.keys();
    let rolls = api::roll_book(&tx).await?;
    match api::register_many(&mut tx, vec![person], &rolls, source).await {
        Ok(()) => {}
        // Somebody else registered the same number a moment ago.
        Err(error) if error.is_duplicate() => {
            tx.rollback().await?;
            let known = match &number {
                Some(number) => api::by_number(&app.store, keys, number).await?,
                None => None,
            };
            return match known {
                Some(known) => Ok(Registered::Known(Box::new(known))),
                None => Err(error),
            };
        }
        Err(error) => return Err(error),
    }
    // A file with this number may have been set aside while the insert waited: its number is taken all the same.
    if let Some(number) = &number
        && let Some(known) = api::by_number(&tx, keys, number).await?
        && known.key != key
    {
        tx.rollback().await?;
        return Ok(Registered::Known(Box::new(known)));
    }
    let now = api::refresh(&mut tx, &key.id).await?;
    app.facts_changed(&mut tx, std::slice::from_ref(&key))
        .await?;
    Ok(Registered::New(Box::new((tx, now))))
}

/// What is known of somebody who is registered today.
pub fn first_sets(
    birth: Day,
    male: bool,
    hukou: Option<AreaCode>,
    residence: AreaCode,
    today: Day,
) -> Vec<Set> {
    let sex = Value::Word(if male { "male" } else { "female" });
    let told = [
        ("alive", Some(Value::Bool(true)), birth),
        ("birth_date", Some(Value::Day(birth)), birth),
        ("sex", Some(sex), birth),
        ("hukou_area", hukou.map(Value::Area), today),
        ("residence_area", Some(Value::Area(residence)), today),
    ];
    told.into_iter()
        .filter_map(|(name, value, since)| {
            Some(Set {
                fact: find(name)?,
                value: Some(value?),
                since,
                until: None,
            })
        })
        .collect()
}
