//! Looking for people who are alike: one about to be registered, one whose file changed, all of them by a job.

use crate::block::{self, Kind};
use crate::like::{Folded, LISTED, Profile, Score, near_births, score};
use crate::store::pairs::{self, NewPair, Side, State};
use authz::Actor;
use host::{App, AppState, Boxed, Ctx, FactsChanged, PersonKey};
use people::api::{
    Alike, Digests, LooksAlike, NameIndex, NewPerson, Person, RollBook, Roster, resolve, words,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::jobs::{Job, JobError};
use store::{Audit, Reads, StoreError, StoreResult, Tx};

/// The job's kind.
pub(crate) const KIND: &str = "identity.search";
/// When everybody was last compared, and what came of it: «day pairs people».
pub(crate) const SEARCHED: &str = "identity.searched";
/// Pairs in one transaction.
const CHUNK: usize = 500;
/// Files shown to somebody who registers.
const MOST: usize = 5;
/// What a phone and four digits of a number can add.
const BY_DIGESTS: i64 = 24;

/// Somebody who may be the same person.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Their file.
    pub person: Person,
    /// Points; from 70 on a pair is put before somebody.
    pub score: i64,
    /// What speaks for it and against it, in words.
    pub words: Vec<String>,
}

/// Who in the register may be this person who is about to be registered; best first, in or out of anybody's scope.
pub async fn candidates_for(
    app: &App,
    reads: &impl Reads,
    person: &NewPerson,
) -> StoreResult<Vec<Candidate>> {
    let now = app.clock().now();
    let facts = resolve(&person.records, &RollBook::default(), now.day(), now).facts;
    let digests = people::api::digests_of(app.store.keys(), person);
    let profile = Profile::new(person, &facts, &digests);
    alike(app, reads, &profile, &person.key.id).await
}

async fn alike(
    app: &App,
    reads: &impl Reads,
    profile: &Profile,
    but: &str,
) -> StoreResult<Vec<Candidate>> {
    let index = app.part::<NameIndex>()?;
    let roster = match profile.birth {
        Some(birth) => index.born_on(&near_births(birth)),
        None => index.roster(),
    };
    let ids = promising(&roster, profile, but);
    let digests = people::api::digests(reads, &ids).await?;
    let mut out = Vec::new();
    for id in &ids {
        let Some(person) = people::api::person(reads, id).await? else {
            continue;
        };
        let other = Profile::of(&person, digests.get(id).unwrap_or(&Digests::default()));
        let told = score(profile, &other);
        if told.listed() {
            out.push(Candidate {
                score: told.points,
                words: told.words(),
                person,
            });
        }
    }
    out.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then_with(|| a.person.key.cmp(&b.person.key))
    });
    Ok(out)
}

/// Ids of those who come close enough for a look at their numbers.
fn promising(roster: &Roster, profile: &Profile, but: &str) -> Vec<String> {
    let name = Folded::of(&profile.name);
    let mut out = BTreeSet::new();
    for place in 0..roster.len() {
        let Some(seen) = roster.seen(place) else {
            continue;
        };
        let told = crate::like::likeness(
            name.like(&profile.name, &Folded::of(seen.name), seen.name),
            (profile.birth, seen.birth),
            (profile.male, seen.male),
            [profile.hukou, profile.residence, seen.hukou, seen.residence],
            false,
        );
        // A household adds six, and takes them away again from siblings.
        if told.points + BY_DIGESTS + 6 >= LISTED {
            out.insert(roster.id(place));
        }
    }
    out.remove(but);
    out.into_iter().collect()
}

/// A digest of what is compared of both, whichever comes first.
pub(crate) fn both(a: &Profile, b: &Profile) -> String {
    let (mut one, mut other) = (a.digest(), b.digest());
    if one > other {
        std::mem::swap(&mut one, &mut other);
    }
    store::secret::sm3_hex(format!("{one}{other}").as_bytes())
        .get(..32)
        .unwrap_or("")
        .to_owned()
}

fn side_of(person: &Person) -> Side {
    let subject = person.subject();
    Side {
        key: person.key.clone(),
        hukou: subject.hukou,
        residence: subject.residence,
    }
}

async fn profile_of(reads: &impl Reads, person: &Person) -> StoreResult<Profile> {
    let ids = [person.key.id.clone()];
    let digests = people::api::digests(reads, &ids).await?;
    Ok(Profile::of(
        person,
        digests.get(&person.key.id).unwrap_or(&Digests::default()),
    ))
}

/// Puts two files before those who decide, whatever their score; the pair's id.
pub(crate) async fn put_pair(
    tx: &mut Tx,
    one: &Person,
    other: &Person,
    source: &'static str,
) -> StoreResult<String> {
    let (a, b) = (profile_of(tx, one).await?, profile_of(tx, other).await?);
    let told = score(&a, &b);
    pairs::put(
        tx,
        &[NewPair {
            sides: [side_of(one), side_of(other)],
            score: told.points,
            evidence: told.evidence,
            digest: both(&a, &b),
            source,
        }],
    )
    .await?;
    Ok(pairs::pair_id(&one.key.id, &other.key.id))
}

/// What the register asks before it saves.
pub(crate) struct Looks;

impl LooksAlike for Looks {
    fn before<'a>(
        &'a self,
        ctx: &'a Ctx,
        person: &'a NewPerson,
    ) -> Boxed<'a, StoreResult<Vec<Alike>>> {
        Box::pin(async move {
            let found = candidates_for(&ctx.app, &ctx.app.store, person).await?;
            let book = ctx.app.part::<area::api::AreaBook>()?;
            Ok(found
                .into_iter()
                .take(MOST)
                .map(|candidate| {
                    let subject = candidate.person.subject();
                    let seen = ctx.scope().admits(&subject);
                    Alike {
                        score: candidate.score,
                        words: if seen { candidate.words } else { Vec::new() },
                        says: seen.then(|| says(&candidate.person, ctx.today())),
                        office: book.office_to_ask(&subject),
                        key: candidate.person.key,
                    }
                })
                .collect())
        })
    }

    fn saved<'a>(
        &'a self,
        tx: &'a mut Tx,
        person: &'a PersonKey,
        alike: &'a [Alike],
    ) -> Boxed<'a, StoreResult<()>> {
        Box::pin(async move {
            let Some(new) = people::api::person(tx, &person.id).await? else {
                return Ok(());
            };
            for alike in alike {
                if let Some(other) = people::api::person(tx, &alike.key.id).await? {
                    put_pair(tx, &new, &other, "register").await?;
                }
            }
            tx.audit(
                Audit::new("identity.alike")
                    .person(&person.shard, &person.id)
                    .with("pairs", alike.len() as i64),
            );
            Ok(())
        })
    }
}

fn says(person: &Person, today: kernel::Day) -> String {
    let sex = words::sex(&person.facts);
    let parts = [
        person.name.clone(),
        sex.to_owned(),
        words::age(&person.facts, today),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(" · ")
}

/// The hook that keeps pairs true when facts change: where they are, how alike they are, and whether a decision still
/// stands. Costs one look where nobody is in a pair.
pub fn on_facts_changed() -> FactsChanged {
    Arc::new(|tx, keys| Box::pin(changed(tx, keys)))
}

/// What is compared of these people may have changed.
pub(crate) async fn changed(tx: &mut Tx, keys: &[PersonKey]) -> StoreResult<()> {
    let ids: Vec<String> = keys.iter().map(|key| key.id.clone()).collect();
    let all = pairs::of_people(tx, &ids).await?;
    for id in &ids {
        if all
            .iter()
            .any(|pair| pair.sides.iter().any(|side| side.key.id == *id))
            && let Some(person) = people::api::person(tx, id).await?
        {
            pairs::move_side(tx, &side_of(&person)).await?;
        }
    }
    for pair in all {
        if matches!(pair.state, State::Merged) {
            continue;
        }
        let [a, b] = &pair.sides;
        let (Some(a), Some(b)) = (
            people::api::person(tx, &a.key.id).await?,
            people::api::person(tx, &b.key.id).await?,
        ) else {
            continue;
        };
        let (a, b) = (profile_of(tx, &a).await?, profile_of(tx, &b).await?);
        let digest = both(&a, &b);
        if digest == pair.digest {
            continue;
        }
        let told = score(&a, &b);
        // One number for two files was no matter of likeness.
        let listed = told.listed() || pair.source == "number";
        let state = if listed { State::Open } else { State::Gone };
        pairs::refresh(tx, &pair, &told, &digest, state).await?;
    }
    Ok(())
}

/// Runs `identity.search`: one kind of key a turn, so that others go on between; a killed job goes on with the kind
/// it had begun.
pub(crate) async fn run(app: AppState, job: Job) -> Result<(), JobError> {
    match turn(&app, &job).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(JobError::Again),
        Err(error) if error.is_retryable() => Err(JobError::Retry(error.to_string())),
        Err(error) => Err(JobError::Fail(error.to_string())),
    }
}

/// One kind; true when all are done.
async fn turn(app: &AppState, job: &Job) -> StoreResult<bool> {
    if app.store.keys_turn().await? {
        // A phone under the old key and the same one under the new are not alike yet: the next night looks again.
        tracing::info!("keys are being turned: people are compared another night");
        return Ok(true);
    }
    let at = usize::try_from(job.done_units).unwrap_or(0);
    let Some(kind) = Kind::ALL.get(at).copied() else {
        return Ok(true);
    };
    let index = app.part::<NameIndex>()?;
    let (roster, found) = tokio::task::spawn_blocking(move || {
        let roster = index.roster();
        let found = block::pairs(&roster, kind);
        (roster, found)
    })
    .await
    .map_err(|error| StoreError::Other(error.to_string()))?;
    tracing::info!(
        kind = ?kind,
        people = roster.len(),
        compared = found.compared,
        largest = found.largest,
        close = found.pairs.len(),
        "people were compared"
    );
    let total = Kind::ALL.len() as i64;
    for chunk in found.pairs.chunks(CHUNK) {
        let new = closely(&app.store, &roster, chunk).await?;
        if new.is_empty() {
            continue;
        }
        let mut tx = app.store.begin(&Actor::system("identity"), None).await?;
        if !tx.hold_job(job, job.done_units, total).await? {
            tx.rollback().await?;
            return Ok(true);
        }
        pairs::put(&mut tx, &new).await?;
        tx.audit(Audit::new("identity.search").with("pairs", new.len() as i64));
        tx.commit().await?;
    }
    let done = job.done_units + 1;
    let mut tx = app.store.begin(&Actor::system("identity"), None).await?;
    if !tx.hold_job(job, done, total).await? {
        tx.rollback().await?;
        return Ok(true);
    }
    if done == total {
        let says = format!("{} {}", tx.at().day(), roster.len());
        tx.set_setting(SEARCHED, &says).await?;
    }
    tx.audit(
        Audit::new("identity.searched")
            .with("kind", done)
            .with("compared", found.compared as i64),
    );
    tx.commit().await?;
    Ok(done == total)
}

/// Of pairs that come close, those that are listed once numbers and phones are looked at.
async fn closely(
    store: &store::Store,
    roster: &Roster,
    close: &[(u32, u32)],
) -> StoreResult<Vec<NewPair>> {
    let ids: BTreeSet<String> = close
        .iter()
        .flat_map(|(a, b)| [roster.id(*a as usize), roster.id(*b as usize)])
        .collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let digests = people::api::digests(store, &ids).await?;
    let profile = |place: u32| {
        let seen = roster.seen(place as usize)?;
        Some(Profile::seen(
            &seen,
            digests.get(&roster.id(place as usize))?,
        ))
    };
    let mut listed: Vec<(u32, u32, Score, String)> = Vec::new();
    for (a, b) in close {
        let (Some(one), Some(other)) = (profile(*a), profile(*b)) else {
            continue;
        };
        let told = score(&one, &other);
        if told.listed() {
            listed.push((*a, *b, told, both(&one, &other)));
        }
    }
    let wanted: BTreeSet<String> = listed
        .iter()
        .flat_map(|(a, b, ..)| [roster.id(*a as usize), roster.id(*b as usize)])
        .collect();
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    let wanted: Vec<String> = wanted.into_iter().collect();
    for part in wanted.chunks(200) {
        let found = people::api::of_ids(store, &authz::Scope::Everywhere, part.to_vec()).await?;
        people.extend(
            found
                .into_iter()
                .map(|person| (person.key.id.clone(), person)),
        );
    }
    Ok(listed
        .into_iter()
        .filter_map(|(a, b, told, digest)| {
            let one = people.get(&roster.id(a as usize))?;
            let other = people.get(&roster.id(b as usize))?;
            Some(NewPair {
                sides: [side_of(one), side_of(other)],
                score: told.points,
                evidence: told.evidence,
                digest,
                source: "search",
            })
        })
        .collect())
}
