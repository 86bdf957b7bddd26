//! 生成: who is due what this month, month by month corrections since the last batch, what differs and why. A piece a
//! transaction; what was drawn stands in the tables, so a killed run goes on behind it and comes to the same rows.

use crate::doubts;
use crate::drawn::{Change, Drawn, Piece, finish, write};
use crate::history::{self, Prior};
use crate::judge::{Judge, Judged};
use crate::late::{corrections, take_back};
use crate::pace::Pace;
use crate::rivals::{self, Judges, Relation};
use crate::runs::{self, Run, State};
use crate::{grants, recoveries, terms};
use authz::Actor;
use host::PersonKey;
use kernel::{Fen, Instant};
use ledger::{Month, ProgrammeTerms};
use people::api::{Record, RollBook};
use plan::api::Published;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{Audit, Reads, Store, StoreError, StoreResult, Tx, values};

/// What a whole batch is drawn by.
pub(crate) struct Whole {
    pub(crate) run: Run,
    pub(crate) published: Arc<Published>,
    pub(crate) programme: usize,
    pub(crate) own: ProgrammeTerms,
    pub(crate) months_back: i32,
    pub(crate) shared_from: i64,
    /// How long a proof of life lasts, where the programme needs one.
    pub(crate) proof_months: Option<i32>,
    pub(crate) rolls: RollBook,
    /// This programme and those that may take from it.
    pub(crate) relations: Vec<Relation>,
    before: Option<Run>,
    first: Month,
}

impl Whole {
    /// Everything that is the same for all people of a batch.
    pub(crate) async fn of(
        reads: &impl Reads,
        book: &plan::api::PlanBook,
        run: Run,
    ) -> StoreResult<Self> {
        let other = |text: String| StoreError::Other(text);
        let published = book
            .by_digest(&run.list)
            .ok_or_else(|| other(format!("no published list {}", run.list)))?;
        let programme = published
            .list
            .programmes()
            .iter()
            .position(|row| row.programme.id == run.programme)
            .ok_or_else(|| other(format!("the list has no programme {}", run.programme)))?;
        let loaded = terms::of(reads, run.terms).await?;
        let own = loaded
            .terms
            .of(&run.programme)
            .cloned()
            .ok_or_else(|| other(format!("the terms have no programme {}", run.programme)))?;
        Ok(Self {
            before: runs::before(reads, &run).await?,
            first: runs::first_month(reads, &run.programme)
                .await?
                .unwrap_or(run.month),
            rolls: people::api::roll_book(reads).await?,
            relations: rivals::relations(&published, &loaded.terms, &run.programme)?,
            months_back: loaded.terms.months_back,
            shared_from: loaded.terms.shared_account_from,
            proof_months: loaded
                .terms
                .proof
                .as_ref()
                .map(|proof| proof.months)
                .filter(|_| {
                    let row = published.list.programmes().get(programme);
                    row.is_some_and(|row| row.programme.proof_of_life)
                }),
            published,
            programme,
            own,
            run,
        })
    }

    /// The judge over this batch's list and rules.
    pub(crate) fn judge(&self) -> StoreResult<Judge<'_>> {
        let rule = self.own.rule();
        Ok(Judge {
            list: &self.published.list,
            programme: self.programme,
            rule: rule.ok_or_else(|| StoreError::Other("the terms have no rule".to_owned()))?,
            known: self.run.known,
        })
    }
}

/// Draws a batch to its end, from wherever it stands.
pub async fn draw(
    store: &Store,
    book: &plan::api::PlanBook,
    who: &Actor,
    run: &str,
    pace: &Pace,
) -> StoreResult<()> {
    let Some(row) = runs::find(store, run).await? else {
        return Err(StoreError::Other(format!("pay_run lacks {run}")));
    };
    if row.state != State::Drawing {
        return Ok(());
    }
    let again = row.again;
    // A roll may just have been taken over.
    store.look_at_tables(&["pay_grant", "pay_account"]).await?;
    let whole = Arc::new(Whole::of(store, book, row).await?);
    if !again {
        let shards = grants::shards(store, &whole.run.office, &whole.run.programme).await?;
        let shards: Arc<[String]> = shards.into();
        let from = whole.run.cursor.clone();
        let accounts = doubts::Accounts::of(store, &whole).await?;
        let mut ahead = Ahead::of(store, &whole, &shards, from, pace.chunk).await?;
        while let Some(now) = ahead {
            // What is known of the next people is read while these are settled and written.
            #[expect(
                clippy::disallowed_methods,
                reason = "no work of its own: read ahead and awaited in the same turn"
            )]
            let next = tokio::spawn({
                let (store, whole, shards) =
                    (store.clone(), Arc::clone(&whole), Arc::clone(&shards));
                let (behind, most) = (now.behind(), pace.chunk);
                async move { Ahead::of(&store, &whole, &shards, Some(behind), most).await }
            });
            pace.seam("draw.begin")?;
            let mut tx = store.begin(who, None).await?;
            let run = runs::held(&tx, run).await?;
            if run.state != State::Drawing || run.cursor != now.from {
                tx.rollback().await?;
                return Ok(());
            }
            piece(&mut tx, &whole, accounts.as_ref(), &run, &now).await?;
            pace.seam("draw.commit")?;
            tx.audit(
                Audit::new("pay.draw")
                    .subject(&run.run)
                    .with("from", run.drawn),
            );
            tx.commit().await?;
            pace.seam("draw.committed")?;
            let read = next.await;
            ahead =
                read.map_err(|error| StoreError::Other(format!("reading ahead: {error}")))??;
        }
    }
    store.look_at_tables(&["pay_due", "pay_attempt"]).await?;
    let mut tx = store.begin(who, None).await?;
    let held = runs::held(&tx, run).await?;
    if held.state == State::Drawing {
        finish(&mut tx, &whole, &held, who).await?;
        pace.seam("draw.finish")?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(())
}

/// The next people of a batch and what is known of them. Facts and grants count as they were known when the batch began,
/// so it does not matter when they are read; what was paid is read with the batch held.
struct Ahead {
    /// The cursor of the batch that these people stand behind.
    from: Option<String>,
    shard: String,
    last: String,
    found: BTreeMap<String, Vec<grants::Held>>,
    keys: Vec<PersonKey>,
    records: HashMap<String, Vec<Record>>,
    others: rivals::Others,
}

impl Ahead {
    /// Those behind a cursor; `None` where there are no more.
    async fn of(
        store: &Store,
        whole: &Whole,
        shards: &[String],
        from: Option<String>,
        most: i64,
    ) -> StoreResult<Option<Self>> {
        let (mut shard, mut after) = match from.as_deref().and_then(|text| text.split_once('/')) {
            Some((shard, after)) => (shard.to_owned(), after.to_owned()),
            None => match shards.first() {
                Some(shard) => (shard.clone(), String::new()),
                None => return Ok(None),
            },
        };
        loop {
            let found = grants::of_office(store, &whole.run, &shard, &after, most).await?;
            if let Some(last) = found.keys().next_back().cloned() {
                let keys: Vec<PersonKey> = found
                    .keys()
                    .map(|id| PersonKey {
                        shard: shard.clone(),
                        id: id.clone(),
                    })
                    .collect();
                let records = people::api::records_of(store, &keys).await?;
                let until = Some(last.as_str());
                let others = rivals::read(store, whole, &shard, &after, until).await?;
                return Ok(Some(Self {
                    from,
                    shard,
                    last,
                    found,
                    keys,
                    records,
                    others,
                }));
            }
            let Some(next) = shards.iter().find(|other| **other > shard) else {
                return Ok(None);
            };
            (shard, after) = (next.clone(), String::new());
        }
    }

    /// Where the batch stands after them.
    fn behind(&self) -> String {
        format!("{}/{}", self.shard, self.last)
    }
}

/// Draws these people.
async fn piece(
    tx: &mut Tx,
    whole: &Whole,
    accounts: Option<&doubts::Accounts>,
    run: &Run,
    ahead: &Ahead,
) -> StoreResult<()> {
    let Ahead {
        shard,
        last,
        found,
        keys,
        records,
        others,
        ..
    } = ahead;
    let first = found.keys().next().cloned().unwrap_or_default();
    let range = history::Range {
        shard,
        programme: &run.programme,
        first: &first,
        last,
    };
    let prior = history::prior(tx, run, &range).await?;
    let owed = recoveries::open_in(tx, run, &range).await?;
    let judges = Judges::of(whole)?;
    let mut piece = Piece::default();
    let none = Vec::new();
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        let Some(granted) = found.get(&key.id) else {
            continue;
        };
        let one = One {
            key,
            grants: granted,
            others: others.get(&key.id),
            records: records.get(&key.id).unwrap_or(&none),
        };
        let since = since(whole, one.grants);
        all.push((
            one,
            Some(since).filter(|since| *since < run.month && looks_back(whole, &one)),
        ));
    }
    let late: Vec<String> = all
        .iter()
        .filter(|(_, since)| since.is_some())
        .map(|(one, _)| one.key.id.clone())
        .collect();
    let from = all.iter().filter_map(|(_, since)| *since).min();
    let past = match from {
        Some(from) => history::past(&*tx, run, shard, (&late, keys.len()), from).await?,
        None => history::Past::default(),
    };
    for (one, since) in &all {
        person(
            whole, &judges, one, *since, &past, &prior, &owed, &mut piece,
        );
    }
    if let Some(accounts) = accounts {
        let paid = piece.paid();
        piece
            .doubts
            .extend(accounts.look(&*tx, &range, &paid).await?);
    }
    write(tx, run, piece).await?;
    set_cursor(tx, run, &ahead.behind()).await
}

async fn set_cursor(tx: &mut Tx, run: &Run, cursor: &str) -> StoreResult<()> {
    tx.run(
        "UPDATE pay_run SET cursor = $1 WHERE run = $2",
        values![cursor, run.run.as_str()],
    )
    .await?;
    Ok(())
}

/// Whether something that reaches into past months became known since the last batch.
fn touched(whole: &Whole, last: Instant, one: &One<'_>, month: Month) -> bool {
    let reaches = month.first();
    let others = one.others.into_iter().flat_map(BTreeMap::values).flatten();
    let granted = one.grants.iter().chain(others).any(|grant| {
        grant.recorded > last
            || grant
                .events
                .iter()
                .any(|event| event.recorded > last && event.day < reaches)
    });
    let recorded = one.records.iter().any(|record| {
        let new = record.recorded > last || record.withdrawn.is_some_and(|at| at > last);
        new && record.sets.iter().any(|set| set.since < reaches)
    });
    let rolled = whole.rolls.facts().any(|fact| {
        whole.rolls.of(fact).iter().any(|roll| {
            let new = roll.recorded > last || roll.withdrawn.is_some_and(|at| at > last);
            new && roll.day < month.plus(-1).first()
        })
    });
    granted || recorded || rolled
}

/// What is known of one person, read for many at once.
#[derive(Clone, Copy)]
pub(crate) struct One<'a> {
    pub(crate) key: &'a PersonKey,
    pub(crate) grants: &'a [grants::Held],
    /// Grants of programmes that may take from this one.
    pub(crate) others: Option<&'a BTreeMap<String, Vec<grants::Held>>>,
    pub(crate) records: &'a [Record],
}

/// Whether months before are asked again.
fn looks_back(whole: &Whole, one: &One<'_>) -> bool {
    // A voucher is for its month: what becomes known later counts from the next.
    if crate::vouchers::by_terms(&whole.own) {
        return false;
    }
    match whole.before.as_ref().map(|before| before.known) {
        Some(last) => touched(whole, last, one, whole.run.month),
        // The first batch of an office pays what a new grant reaches back to; what others paid before is not ours.
        None => one.grants.iter().any(|grant| grant.origin != "roll"),
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "what is known of one person, read for many at once"
)]
fn person(
    whole: &Whole,
    judges: &Judges<'_>,
    one: &One<'_>,
    since: Option<Month>,
    past: &history::Past,
    prior: &Prior,
    owed: &HashMap<String, Vec<recoveries::Owed>>,
    piece: &mut Piece,
) {
    let (run, key, grants, records) = (&whole.run, one.key, one.grants, one.records);
    let life = judges.life(records);
    let area = grants.last().and_then(|grant| grant.area.clone());
    let from = piece.rows.len();
    // Corrections of the months before, since what was known at the last batch.
    let cancelled = since.map_or_else(Vec::new, |since| {
        corrections(run, judges, one, &life, since, past, piece)
    });
    for row in piece.rows.get_mut(from..).unwrap_or_default() {
        row.area.clone_from(&area);
    }
    // What was held back or never sent before.
    for waiting in prior.held.get(&key.id).into_iter().flatten() {
        if cancelled.contains(&(waiting.month, waiting.line)) {
            continue;
        }
        piece.changes.push(Change {
            key: key.clone(),
            kind: "arrear",
            fen: waiting.fen,
            month: waiting.month,
            why: format!("{}暂缓发放的，本月补发", waiting.month.zh()),
        });
        piece.rows.push(Drawn {
            key: key.clone(),
            area: area.clone(),
            month: waiting.month,
            line: waiting.line,
            kind: "arrear",
            fen: waiting.fen,
            offset: 0,
            again: true,
        });
    }
    let month = judges.settled(grants, one.others, &life, run.month);
    let now = month.due.as_ref().map_or(0, |due| due.fen.0);
    let before = prior.last.get(&key.id).copied().unwrap_or(0);
    // Paid once, whatever office the person belonged to when the other batch was drawn.
    let elsewhere = prior.this.contains(&key.id);
    let now = if elsewhere { 0 } else { now };
    if now > 0 {
        piece.rows.push(Drawn {
            key: key.clone(),
            area,
            month: run.month,
            line: 1,
            kind: "month",
            fen: now,
            offset: 0,
            again: false,
        });
    }
    if let Some((kind, why)) = moved(before, now, &month, elsewhere) {
        piece.changes.push(Change {
            key: key.clone(),
            kind,
            fen: now - before,
            month: run.month,
            why,
        });
    }
    if now > 0 {
        let dead = judge_dead(whole, records);
        if let Some(why) = dead {
            piece.doubts.push(doubts::New::of(key, "dead", why));
        }
        if now > whole.own.most_fen {
            let words = format!(
                "月额 {} 元，高于上限 {} 元",
                Fen(now),
                Fen(whole.own.most_fen)
            );
            piece
                .doubts
                .push(doubts::New::of(key, "over_standard", words));
        }
    }
    take_back(whole, key, owed, from, piece);
}

/// From which month corrections are ours.
fn since(whole: &Whole, grants: &[grants::Held]) -> Month {
    let earliest = whole.run.month.plus(-whole.months_back);
    grants
        .iter()
        .map(|grant| match grant.origin.as_str() {
            "roll" => Month::of(grant.from).max(whole.first),
            _ => Month::of(grant.from),
        })
        .min()
        .unwrap_or(whole.run.month)
        .max(earliest)
}

/// Known to be dead by now although this month is still due: paid only when somebody has looked.
fn judge_dead(whole: &Whole, records: &[Record]) -> Option<String> {
    let fact = rules::facts::find("dead_on")?;
    let facts = people::api::resolve(
        records,
        &whole.rolls,
        whole.run.month.last(),
        whole.run.known,
    )
    .facts;
    match facts.get(fact) {
        Some(rules::Value::Day(day)) => {
            Some(format!("登记为{}去世，本月按末月规则仍应发", day.zh()))
        }
        _ => None,
    }
}

/// What the bridge says of one person: the kind and the reason.
fn moved(before: i64, now: i64, month: &Judged, elsewhere: bool) -> Option<(&'static str, String)> {
    let why = || {
        month
            .due
            .as_ref()
            .map_or_else(String::new, |due| due.why.clone())
    };
    match (before, now) {
        (0, 0) => None,
        (0, _) => Some(("new", why())),
        (_, 0) if elsewhere => Some(("stop", "本月已由其他单位发放".to_owned())),
        (_, 0) => Some(("stop", month.why_not.clone())),
        (before, now) if now != before => Some((
            "adjust",
            format!("月额由 {} 元调为 {} 元", Fen(before), Fen(now)),
        )),
        _ => None,
    }
}
