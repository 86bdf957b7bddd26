//! One change of the list in force, asked about the next years: the register as it is grows older, and each
//! year is asked month by month (rows C02, C03). Nothing is stored but counts.

use super::job::apart;
use super::outcome::{Cell, ItemOutcome, Outcome};
use super::people_file::{TrialPeople, note, people_file, retry};
use super::{Question, Trial};
use ::store::StoreResult;
use ::store::jobs::{Job, JobError};
use area::api::AreaBook;
use engine::diff::{Diff, Side, diff_apart};
use host::AppState;
use kernel::Day;
use plan::api::{PlanBook, Published, overlay_of};
use rules::{List, Problem, WhatIf, with_change};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use store::Reads;

/// How many years are asked about, from the next one on.
pub(crate) const YEARS: i32 = 3;
/// The month whose first day says how many people gain and lose.
const MIDDLE: i32 = 7;

/// What a change comes to, year by year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Years {
    pub(crate) years: Vec<YearOutcome>,
}

/// A year: people on 1 July, money of the twelve months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct YearOutcome {
    pub(crate) year: i32,
    pub(crate) outcome: Outcome,
}

/// The question for a change of the list in force.
pub(crate) fn question(
    published: &Published,
    change: WhatIf,
    changed: &List,
    today: Day,
) -> Question {
    let first = first_day(today.year() + 1, 1).unwrap_or(today);
    Question {
        version: published.id.to_string(),
        digest: changed.digest().to_owned(),
        base: published.id.to_string(),
        base_digest: published.digest.clone(),
        day: first,
        base_day: first,
        change: Some(change),
    }
}

/// The list in force with the change, its demo values laid over it.
pub(crate) async fn changed_list(
    reads: &impl Reads,
    published: &Published,
    change: &WhatIf,
) -> StoreResult<Result<List, Vec<Problem>>> {
    let overlay = overlay_of(reads, &published.folder.plan.slug).await?;
    Ok(with_change(&published.folder, overlay.as_ref(), change))
}

fn first_day(year: i32, month: i32) -> Option<Day> {
    Day::from_ymd(year, month, 1)
}

/// The list that was in force when the question was asked.
async fn base(app: &AppState, trial: &Trial) -> Result<Arc<Published>, JobError> {
    let book = app.part::<PlanBook>().map_err(retry)?;
    let digest = &trial.question.base_digest;
    if let Some(found) = book.by_digest(digest) {
        return Ok(found);
    }
    // Published since this process last looked.
    book.reload(&app.store).await.map_err(retry)?;
    book.by_digest(digest)
        .ok_or_else(|| JobError::Fail("测算时的清单不在了".to_owned()))
}

/// Asks both lists on the first day of every month of the next years.
pub(crate) async fn years(app: &AppState, job: &Job, trial: &Trial) -> Result<Years, JobError> {
    note(&app.store, trial, job, 0, 0).await?;
    let published = base(app, trial).await?;
    let gone = || JobError::Fail("没有要测算的改动".to_owned());
    let change = trial.question.change.as_ref().ok_or_else(gone)?;
    let changed = changed_list(&app.store, &published, change)
        .await
        .map_err(retry)?;
    let changed =
        Arc::new(changed.map_err(|problems| {
            JobError::Fail(format!("改动后的清单有 {} 处问题", problems.len()))
        })?);
    let source = app.part::<TrialPeople>().ok();
    let place = published.folder.plan.slug.clone();
    let file = people_file(&app.store, source.as_deref(), trial, job, &place).await?;
    let areas = app.part::<AreaBook>().map_err(retry)?;
    let apart = Arc::new(apart(&areas));
    let first = trial.question.day.year();
    let mut years = Vec::new();
    let months = i64::from(YEARS * 12);
    let mut asked = 0;
    for year in first..first + YEARS {
        let mut sum = Sum::default();
        for month in 1..=12 {
            let day = first_day(year, month).ok_or_else(gone)?;
            let (path, apart) = (file.path.clone(), Arc::clone(&apart));
            let (base, tried) = (Arc::clone(&published), Arc::clone(&changed));
            let diff =
                tokio::task::spawn_blocking(move || month_of(&base, &tried, path, day, &apart));
            let diff = diff
                .await
                .map_err(|error| JobError::Retry(error.to_string()))?
                .map_err(|error| JobError::Fail(error.to_string()))?;
            let outcome = Outcome::of(&diff, |code| areas.is_local(code));
            let people = i64::try_from(outcome.people).unwrap_or(i64::MAX);
            asked += 1;
            if month % 4 == 0 {
                note(
                    &app.store,
                    trial,
                    job,
                    people.saturating_mul(asked) / months,
                    people,
                )
                .await?;
            }
            sum.add(outcome, month);
        }
        if let Some(outcome) = sum.outcome() {
            years.push(YearOutcome { year, outcome });
        }
    }
    if file.own {
        std::fs::remove_file(&file.path).map_err(|error| JobError::Retry(error.to_string()))?;
    }
    Ok(Years { years })
}

fn month_of(
    base: &Published,
    tried: &List,
    path: PathBuf,
    day: Day,
    apart: &[kernel::AreaCode],
) -> Result<Diff, engine::Error> {
    let side = |list| Side {
        list,
        snapshot: &path,
        as_of: day,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    diff_apart(&side(&base.list), &side(tried), threads, apart)
}

/// The months of a year: money is added up, people are those of its middle.
#[derive(Default)]
struct Sum {
    middle: Option<Outcome>,
    /// Twelve yearly amounts of item and area: what they come to is their mean.
    money: BTreeMap<(usize, String), (i64, i64)>,
}

impl Sum {
    fn add(&mut self, outcome: Outcome, month: i32) {
        for (place, item) in outcome.items.iter().enumerate() {
            for (area, cell) in &item.areas {
                let money = self.money.entry((place, area.clone())).or_default();
                money.0 = money.0.saturating_add(cell.year_before);
                money.1 = money.1.saturating_add(cell.year_after);
            }
        }
        if month == MIDDLE {
            self.middle = Some(outcome);
        }
    }

    /// The year, with the items that the change is felt in.
    fn outcome(self) -> Option<Outcome> {
        let mut outcome = self.middle?;
        for ((place, area), (before, after)) in self.money {
            if let Some(item) = outcome.items.get_mut(place) {
                let cell = item.areas.entry(area).or_default();
                (cell.year_before, cell.year_after) = (before / 12, after / 12);
            }
        }
        outcome.items.retain(felt);
        Some(outcome)
    }
}

/// Whether anything of an item is another with the change.
fn felt(item: &ItemOutcome) -> bool {
    let differs = |cell: &Cell| cell.differs() || cell.year_before != cell.year_after;
    item.before != item.after || item.areas.values().any(differs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(before: i64, after: i64, gained: u64) -> Outcome {
        let cell = Cell {
            year_before: before,
            year_after: after,
            gained,
            after: gained,
            ..Cell::default()
        };
        let item = |no, cell| ItemOutcome {
            no,
            name: format!("项目{no}"),
            before: None,
            after: None,
            areas: BTreeMap::from([("421321000000".to_owned(), cell)]),
            conditions: Vec::new(),
            tiers: Vec::new(),
        };
        Outcome {
            within: None,
            people: 10,
            facts_of: Day::from_ymd(2025, 6, 30).unwrap(),
            known_at: 0,
            overlay: false,
            gained,
            lost: 0,
            changed: 0,
            items: vec![item(1, cell), item(2, Cell::default())],
        }
    }

    /// Rows C02, C03: a year costs the mean of its months, its people are those of the middle, and items that
    /// nothing happens to are left out.
    #[test]
    fn a_year_is_the_mean_of_its_months() {
        let mut sum = Sum::default();
        for at in 1..=12 {
            sum.add(month(1200, 1200 + 1200 * i64::from(at), at as u64), at);
        }
        let year = sum.outcome().unwrap();
        assert_eq!(year.items.len(), 1);
        let cell = year.items[0].all();
        assert_eq!((cell.year_before, cell.year_after), (1200, 1200 + 100 * 78));
        assert_eq!((cell.gained, year.gained), (7, 7));
    }
}
