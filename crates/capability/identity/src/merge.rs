//! Two files become one person, and two again.
//!
//! One transaction each. The file that gives way is set aside whole; what it knew that the other did not, or what
//! was chosen from it, becomes one act of recording of the file that stays, so that taking it back takes back that
//! act and nothing that was recorded since.

use crate::files::{About, File, Line, Which};
use crate::store::merges::{self, Journal, Merge, OwnChange};
use crate::store::pairs::{self, Pair, State};
use host::{App, PersonKey};
use people::api::{NameIndex, OwnField, Person, Record, same_own, says_something};
use serde_json::json;
use std::collections::BTreeMap;
use store::{Audit, StoreError, StoreResult, Tx};

/// What somebody decided.
#[derive(Debug, Clone)]
pub(crate) struct Decision {
    /// The side that stays.
    pub(crate) keep: Which,
    /// Version of the pair on the page.
    pub(crate) version: i64,
    /// Versions of both files on the page.
    pub(crate) versions: [i64; 2],
    /// The chosen side of lines, by their key.
    pub(crate) choices: BTreeMap<String, Which>,
}

/// Why nothing was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Somebody changed the pair or a file since the page was opened.
    Stale,
    /// The file that stayed has itself given way to another since: that is taken back first.
    Later,
    /// Done already.
    Over,
}

/// Makes one person of both files of a pair; the merge, or why not. The caller commits, and then tells the columns.
pub(crate) async fn merge(
    app: &App,
    tx: &mut Tx,
    pair: &Pair,
    files: [&File; 2],
    lines: &[Line],
    decision: &Decision,
) -> StoreResult<Result<Merge, Refused>> {
    let [a, b] = files;
    let (keep, other) = match decision.keep {
        Which::A => (a, b),
        Which::B => (b, a),
    };
    let (stays, gives_way) = (&keep.person.key, &other.person.key);
    // The pair first and then both files in its order: whoever decides at the same moment waits here.
    if [a.person.version, b.person.version] != decision.versions
        || !pairs::decide(tx, pair, decision.version, State::Merged, "same").await?
        || !people::api::claim(tx, &a.person.key, a.person.version).await?
        || !people::api::claim(tx, &b.person.key, b.person.version).await?
    {
        return Ok(Err(Refused::Stale));
    }
    let id = tx.store().new_id();
    let side = |line: &Line| {
        let chosen = decision.choices.get(&line.about.key()).copied();
        chosen.or(line.given).unwrap_or(decision.keep)
    };
    let mut journal = Journal {
        choices: decision
            .choices
            .iter()
            .map(|(key, which)| (key.clone(), which.key().to_owned()))
            .collect(),
        ..Journal::default()
    };
    record(tx, &mut journal, (keep, other), lines, |line| {
        side(line) != decision.keep
    })
    .await?;
    journal.wards = people::api::move_wards(tx, gives_way, stays).await?;
    journal.grants = org::api::regrant(tx, &gives_way.id, &stays.id).await?;
    journal.folded = entitle::api::fold(app, tx, gives_way, stays).await?;
    for room in &app.joinings {
        let led = (room.join)(app, tx, gives_way, stays).await?;
        journal.rooms.insert(room.name.to_owned(), led);
    }
    if !people::api::set_aside(tx, gives_way, &stays.id, &id).await? {
        return Err(StoreError::Other(format!("{} is gone", gives_way.id)));
    }
    for line in lines {
        if let About::Own(field) = line.about
            && side(line) != decision.keep
        {
            own(tx, &mut journal, stays, field, (keep, other)).await?;
        }
    }
    for pair in rest(tx, &pair.id, &gives_way.id).await? {
        journal
            .pairs
            .push((pair.id.clone(), pair.state.key().to_owned()));
        pairs::set_state(tx, &pair.id, State::Gone).await?;
    }
    people::api::refresh(tx, &stays.id).await?;
    app.facts_changed(tx, std::slice::from_ref(stays)).await?;
    let merge = Merge {
        id: id.clone(),
        pair: pair.id.clone(),
        survivor: stays.clone(),
        alias: gives_way.clone(),
        at: tx.at(),
        by_name: tx.actor().name.clone(),
        journal,
        undone: None,
        undone_name: None,
    };
    merges::insert(tx, &merge).await?;
    tx.emit(
        "people.merged",
        &json!({ "merge": id, "survivor": stays.id, "alias": gives_way.id }),
    )
    .await?;
    for key in [stays, gives_way] {
        tx.audit(
            Audit::new("person.merge")
                .person(&key.shard, &key.id)
                .with("merge", id.as_str())
                .with("survivor", stays.id.as_str()),
        );
    }
    Ok(Ok(merge))
}

/// The one act of recording that brings what the other file knew.
async fn record(
    tx: &mut Tx,
    journal: &mut Journal,
    (keep, other): (&File, &File),
    lines: &[Line],
    taken: impl Fn(&Line) -> bool,
) -> StoreResult<()> {
    let mut sets = Vec::new();
    for line in lines {
        if let About::Fact(fact) = line.about
            && taken(line)
        {
            sets.extend(other.sets_of(fact));
            journal.facts.push(fact.name().to_owned());
        }
    }
    if sets.is_empty() {
        return Ok(());
    }
    let seq = keep.records.iter().map(|record| record.seq).max();
    let known_as = other.person.provisional.as_deref().unwrap_or("另一份档案");
    let record = Record {
        seq: seq.unwrap_or(0) + 1,
        recorded: tx.at(),
        source: format!("合并档案（{known_as}）"),
        by: tx.actor().name.clone(),
        sets,
        reason: None,
        withdrawn: None,
    };
    people::api::add_record(tx, &keep.person.key, &record).await?;
    journal.record = Some(record.seq);
    Ok(())
}

async fn own(
    tx: &mut Tx,
    journal: &mut Journal,
    stays: &PersonKey,
    field: OwnField,
    (keep, other): (&File, &File),
) -> StoreResult<()> {
    let of = |file: &File| file.own.get(&field).cloned().unwrap_or_default();
    let (before, after) = (of(keep), of(other));
    let keys = tx.store().keys().clone();
    if !says_something(&after) || same_own(&keys, field, &before, &after)? {
        return Ok(());
    }
    people::api::write_own(tx, stays, field, &after).await?;
    journal.own.push(OwnChange {
        field: field.key().to_owned(),
        before,
        after,
    });
    Ok(())
}

/// The other pairs of a file that wait or were put off.
async fn rest(tx: &Tx, but: &str, person: &str) -> StoreResult<Vec<Pair>> {
    let all = pairs::of_people(tx, &[person.to_owned()]).await?;
    Ok(all
        .into_iter()
        .filter(|pair| pair.id != but && !matches!(pair.state, State::Merged | State::Gone))
        .collect())
}

/// What stays with the file although the merge is taken back: it was recorded there since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Since {
    /// Acts of recording.
    pub(crate) records: Vec<Record>,
    /// Fields that were changed again.
    pub(crate) own: Vec<OwnField>,
}

/// What was recorded with the staying file since a merge.
pub(crate) async fn since(
    reads: &impl store::Reads,
    keys: &store::Keys,
    merge: &Merge,
    survivor: &Person,
) -> StoreResult<Since> {
    let records = people::api::records(reads, &survivor.key).await?;
    let own = people::api::own(reads, &survivor.key)
        .await?
        .unwrap_or_default();
    let mut changed = Vec::new();
    for change in &merge.journal.own {
        if let Some(field) = field_of(&change.field) {
            let now = own.get(&field).cloned().unwrap_or_default();
            if !same_own(keys, field, &now, &change.after)? {
                changed.push(field);
            }
        }
    }
    Ok(Since {
        records: records
            .into_iter()
            .filter(|record| {
                let later = match merge.journal.record {
                    Some(seq) => record.seq > seq,
                    None => record.recorded > merge.at,
                };
                later && record.withdrawn.is_none()
            })
            .collect(),
        own: changed,
    })
}

fn field_of(key: &str) -> Option<OwnField> {
    OwnField::ALL
        .iter()
        .copied()
        .find(|field| field.key() == key)
}

/// Takes a merge back: both files are as they were, but for what was recorded since with the one that stayed.
pub(crate) async fn undo(
    app: &App,
    tx: &mut Tx,
    merge: &Merge,
    version: i64,
    reason: &str,
) -> StoreResult<Result<(), Refused>> {
    let (stays, comes_back) = (&merge.survivor, &merge.alias);
    let Some(survivor) = people::api::person(tx, &stays.id).await? else {
        return Ok(Err(Refused::Later));
    };
    // What it would bring back was erased.
    if survivor.name == host::ERASED {
        return Ok(Err(Refused::Over));
    }
    if !people::api::claim(tx, stays, version).await? {
        return Ok(Err(Refused::Stale));
    }
    if !merges::undo(tx, &merge.id, reason).await? {
        return Ok(Err(Refused::Over));
    }
    let keys = tx.store().keys().clone();
    let kept = since(tx, &keys, merge, &survivor).await?;
    for change in &merge.journal.own {
        if let Some(field) = field_of(&change.field)
            && !kept.own.contains(&field)
        {
            people::api::write_own(tx, stays, field, &change.before).await?;
        }
    }
    if let Some(seq) = merge.journal.record {
        people::api::withdraw_record(tx, stays, seq).await?;
    }
    if !people::api::bring_back(tx, comes_back).await? {
        return Err(StoreError::Other(format!("{} is not aside", comes_back.id)));
    }
    people::api::move_wards_back(tx, comes_back, stays, &merge.journal.wards).await?;
    org::api::lead(tx, &merge.journal.grants, &comes_back.id).await?;
    entitle::api::unfold(tx, comes_back, stays, &merge.journal.folded).await?;
    for room in app.joinings.iter().rev() {
        if let Some(led) = merge.journal.rooms.get(room.name) {
            (room.part)(tx, comes_back, stays, led.clone()).await?;
        }
    }
    for key in [stays, comes_back] {
        people::api::refresh(tx, &key.id).await?;
    }
    app.facts_changed(tx, &[stays.clone(), comes_back.clone()])
        .await?;
    pairs::set_state(tx, &merge.pair, State::Open).await?;
    for (pair, state) in &merge.journal.pairs {
        if let Some(state) = State::from_key(state) {
            pairs::set_state(tx, pair, state).await?;
        }
    }
    tx.emit(
        "people.parted",
        &json!({ "merge": merge.id, "survivor": stays.id, "alias": comes_back.id }),
    )
    .await?;
    for key in [stays, comes_back] {
        tx.audit(
            Audit::new("person.part")
                .person(&key.shard, &key.id)
                .with("merge", merge.id.as_str())
                .with("reason", reason),
        );
    }
    Ok(Ok(()))
}

/// Tells the columns in memory, after the commit.
pub(crate) async fn told(app: &App, people: &[&str], gone: Option<&str>) -> StoreResult<()> {
    let index = app.part::<NameIndex>()?;
    if let Some(gone) = gone {
        index.forget(gone);
    }
    for id in people {
        if let Some(person) = people::api::person(&app.store, id).await? {
            index.put(&app.store, &person).await?;
        }
    }
    if let Ok(org) = app.part::<org::api::Org>() {
        org::api::grants_changed(&org);
    }
    Ok(())
}
