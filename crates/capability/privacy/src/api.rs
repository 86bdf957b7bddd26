//! The only door for other capabilities and the app: may this use of a person's data go on, and loading the ledger.

pub use crate::data::LegalBasis;
pub use crate::job::KIND as ERASE;

use crate::data;
use crate::store::{consents, purposes};
use consents::Standing;
use host::{PersonKey, RecordKind};
use kernel::Day;
use rules::facts::FactId;
use std::collections::BTreeMap;
use store::{Audit, Reads, StoreError, StoreResult, Tx};

/// On what a use rests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    /// The kind of basis.
    pub basis: LegalBasis,
    /// 《个人信息保护法》第二十九条.
    pub cites: String,
    /// The consent that holds, where it rests on one.
    pub consent: Option<String>,
    /// First day on which that consent no longer holds.
    pub until: Option<Day>,
}

/// Why a use must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// In words for the page that would have used it.
    pub why: String,
}

fn answer(
    purpose: Option<&purposes::Purpose>,
    key: &str,
    acts: &[consents::Consent],
    day: Day,
) -> Result<Basis, Refused> {
    let refuse = |why: String| Err(Refused { why });
    let Some(purpose) = purpose else {
        return refuse(format!("处理目的「{key}」没有登记，不能使用个人信息"));
    };
    let basis = |consent: Option<&consents::Consent>| Basis {
        basis: purpose.basis,
        cites: purpose.cites(),
        consent: consent.map(|act| act.id.clone()),
        until: consent.and_then(|act| act.until),
    };
    if !purpose.basis.by_consent() {
        return Ok(basis(None));
    }
    match consents::stands(acts, day) {
        Standing::Holds(act) => Ok(basis(Some(act))),
        Standing::Never => refuse(format!("本人没有同意「{}」", purpose.title)),
        Standing::Later(act) => refuse(format!(
            "对「{}」的同意 {} 起才生效",
            purpose.title,
            act.from.zh()
        )),
        Standing::Over(act) => refuse(format!(
            "对「{}」的同意已于 {} 到期",
            purpose.title,
            act.until.unwrap_or(day).zh()
        )),
        Standing::Withdrawn(act) => refuse(format!(
            "对「{}」的同意已于 {} 撤回",
            purpose.title,
            act.from.zh()
        )),
    }
}

/// Whether a person's data may be used for a purpose on a day, and on what that rests. Inside a transaction, what is
/// asked is what is written. A purpose that is not registered is refused.
pub async fn may_use(
    reads: &impl Reads,
    person: &PersonKey,
    purpose: &str,
    day: Day,
) -> StoreResult<Result<Basis, Refused>> {
    let ids = [person.id.clone()];
    let mut all = may_use_all(reads, &ids, purpose, day).await?;
    Ok(all.remove(&person.id).unwrap_or_else(|| {
        Err(Refused {
            why: "没有这个人".to_owned(),
        })
    }))
}

/// The same for many people at once, by id: a list leaves out whoever is refused.
pub async fn may_use_all(
    reads: &impl Reads,
    people: &[String],
    purpose: &str,
    day: Day,
) -> StoreResult<BTreeMap<String, Result<Basis, Refused>>> {
    let found = purposes::find(reads, purpose).await?;
    let asks = found.as_ref().is_some_and(|found| found.basis.by_consent());
    let acts = if asks {
        consents::of_many(reads, people, purpose).await?
    } else {
        BTreeMap::new()
    };
    Ok(people
        .iter()
        .map(|id| {
            let acts = acts.get(id).map_or(&[][..], Vec::as_slice);
            (id.clone(), answer(found.as_ref(), purpose, acts, day))
        })
        .collect())
}

/// The facts that may leave for other bodies only on this purpose, as the ledger says; where it is not loaded, as the file
/// of the program does.
pub async fn facts_of(reads: &impl Reads, purpose: &str) -> StoreResult<Vec<FactId>> {
    let names = purposes::facts(reads, purpose).await?;
    let names = names.unwrap_or_else(|| data::program_facts(purpose));
    Ok(names
        .iter()
        .filter_map(|name| rules::facts::find(name))
        .collect())
}

/// Loads purposes and rules; without texts those that come with the program. What is wrong with a file is said in words
/// and nothing is loaded.
pub async fn load(
    tx: &mut Tx,
    kinds: &[RecordKind],
    purposes_file: Option<&str>,
    retention_file: Option<&str>,
) -> StoreResult<Result<(usize, usize), String>> {
    let keys: Vec<&str> = kinds.iter().map(|kind| kind.key).collect();
    let read = data::purposes(purposes_file.unwrap_or(data::PURPOSES)).and_then(|all| {
        data::rules(retention_file.unwrap_or(data::RETENTION), &keys).map(|rules| (all, rules))
    });
    let (all, rules) = match read {
        Ok(read) => read,
        Err(wrong) => return Ok(Err(wrong)),
    };
    let by = tx.actor().name.clone();
    purposes::load(tx, &all, &rules, &by).await?;
    tx.audit(
        Audit::new("privacy.load")
            .with("purposes", all.len() as i64)
            .with("rules", rules.len() as i64),
    );
    Ok(Ok((all.len(), rules.len())))
}

/// Writes down that somebody themselves consented at the counter, from a day on; the act's id. A purpose that asks
/// nobody is an error.
pub async fn give(
    tx: &mut Tx,
    person: &PersonKey,
    purpose: &str,
    from: Day,
) -> StoreResult<String> {
    let found = purposes::find(tx, purpose).await?;
    let Some(found) = found.filter(|found| found.basis.by_consent()) else {
        return Err(StoreError::Other(format!("no consent is to {purpose}")));
    };
    let act = consents::Consent {
        id: tx.store().new_id(),
        key: person.clone(),
        purpose: found.key,
        given: true,
        by_kind: "self".to_owned(),
        by_name: None,
        channel: "counter".to_owned(),
        file: None,
        from,
        until: None,
        note: None,
        digest: found.digest,
        recorded: tx.at(),
        recorded_name: tx.actor().name.clone(),
    };
    crate::pages::consents::write(tx, &act).await?;
    Ok(act.id)
}
