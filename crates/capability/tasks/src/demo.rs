//! The demo's loop: 2023–2025 taken over, split to the executors, months of reports, one red part with an open
//! 督办单, one closed. Deterministic: everything follows from the plan, the ids and the store's clock.

use crate::book::{shares_json, to_json};
use crate::letters::{self, NewLetter};
use crate::model::{Goal, Item, Origin, Spread, Told};
use crate::number::with_unit;
use crate::plan_goals::{candidates, years};
use crate::seen::{Seen, office_of};
use crate::{book, month, take};
use area::api::AreaBook;
use authz::{Actor, Role};
use figures::Num;
use kernel::Day;
use plan::api::Shelved;
use store::{Audit, Store, StoreResult, Value, values};

/// Who is named as 责任人 of the executors, in their order; synthetic.
const PEOPLE: [(&str, &str); 6] = [
    ("王建国", "民政局局长"),
    ("李随安", "副县长"),
    ("赵广平", "副市长"),
    ("孙高新", "社会事务局局长"),
    ("周大洪", "党群工作部部长"),
    ("吴城南", "民政办主任"),
];
/// Months reported before the demo's day.
const MONTHS: i32 = 5;

/// Fills the loop of a fresh demo database. Needs the demo's plan and areas.
pub async fn demo(store: &Store, plan: &Shelved, areas: &AreaBook) -> StoreResult<()> {
    let lead = named("陈审定（市民政局）");
    let mut tx = store.begin(&lead, None).await?;
    for year in years(&plan.book) {
        take::take(&mut tx, plan, areas, year).await?;
    }
    tx.commit().await?;
    let everybody = Seen::of(&Actor::system("demo"), areas);
    let items = book::items(store, &everybody).await?;
    let today = store.clock().today();
    let mut rows = Rows::default();
    for item in &items {
        rows.item(store, item, areas, today)?;
    }
    let mut tx = store.begin(&lead, None).await?;
    let (parts, reports) = (rows.parts.len() as i64, rows.reports.len() as i64);
    tx.insert_many("tasks_assignment", &PART, rows.parts)
        .await?;
    tx.insert_many("tasks_progress", &REPORT, rows.reports)
        .await?;
    tx.audit(
        Audit::new("task.demo")
            .with("parts", parts)
            .with("reports", reports),
    );
    tx.commit().await?;
    pushed(store, areas, rows.red, rows.slow).await
}

fn named(name: &str) -> Actor {
    Actor {
        name: name.to_owned(),
        ..Actor::system("demo")
    }
}

const PART: [&str; 13] = [
    "id",
    "item",
    "executor",
    "executor_name",
    "account",
    "person",
    "post",
    "due",
    "shares",
    "first_month",
    "withdrawn",
    "version",
    "created_at",
];
const REPORT: [&str; 17] = [
    "id",
    "assignment",
    "month",
    "figures",
    "says",
    "finished",
    "evidence",
    "state",
    "submitted_at",
    "submitted_by",
    "submitted_name",
    "late",
    "judged_at",
    "judged_by",
    "judged_name",
    "reason",
    "version",
];

/// A part that gets a 督办单.
#[derive(Clone)]
struct Pushed {
    item: String,
    title: String,
    says: String,
    part: String,
    executor: String,
    name: String,
    person: String,
    share: String,
    now: String,
    source: String,
}

#[derive(Default)]
struct Rows {
    parts: Vec<Vec<Value>>,
    reports: Vec<Vec<Value>>,
    red: Option<Pushed>,
    slow: Option<Pushed>,
}

/// A number that belongs to an id for ever.
fn luck(id: &str) -> i64 {
    let hash = id
        .bytes()
        .fold(1_469_598_103_934_665_603_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(1_099_511_628_211)
        });
    (hash >> 7) as i64 & 0xffff
}

impl Rows {
    fn item(
        &mut self,
        store: &Store,
        item: &Item,
        areas: &AreaBook,
        today: Day,
    ) -> StoreResult<()> {
        let all = candidates(areas, &item.departments, &item.goals);
        let chosen: Vec<_> = all
            .iter()
            .enumerate()
            .filter(|(_, candidate)| candidate.named)
            .collect();
        let row = item.plan_row.as_deref().unwrap_or_default();
        for (nth, (at, candidate)) in chosen.iter().enumerate() {
            let (person, post) = PEOPLE.get(*at % PEOPLE.len()).copied().unwrap_or(PEOPLE[0]);
            let shares: Vec<Option<Num>> = item
                .goals
                .iter()
                .enumerate()
                .map(|(g, goal)| match goal.spread {
                    Spread::Sum => Some(part_of(goal.need, chosen.len(), nth)),
                    _ => candidate.shares.get(g).copied().flatten(),
                })
                .collect();
            if !item.goals.is_empty() && shares.iter().all(Option::is_none) {
                continue;
            }
            let id = store.new_id();
            let first = item.start.first_of_month();
            let running = item.due >= today;
            let first_reported = if running {
                today.first_of_month().plus_months(-MONTHS)
            } else {
                item.due.first_of_month()
            };
            self.parts.push(values![
                id.as_str(),
                item.id.as_str(),
                candidate.key.as_str(),
                candidate.name.as_str(),
                None::<String>,
                person,
                post,
                item.due.number(),
                shares_json(&shares)?,
                first.max(first_reported).number(),
                false,
                1_i64,
                store.clock().now().micros()
            ]);
            let luck = luck(&format!("{row}{}", candidate.key));
            let counted = running && item.goals.iter().any(|goal| goal.spread == Spread::Sum);
            // The first county is far behind with one thing that is counted.
            let red = counted && nth == 0 && self.red.is_none();
            let pace = if red { 40 } else { pace(luck, running) };
            let mut of = first.max(first_reported);
            let last = if running {
                today.first_of_month().plus_months(-1)
            } else {
                item.due.first_of_month()
            };
            let mut now: Vec<Told> = Vec::new();
            while of <= last {
                now = shares
                    .iter()
                    .zip(&item.goals)
                    .map(|(share, goal)| told(item, goal, *share, pace, of))
                    .collect();
                self.report(store, &id, item, &now, of, luck, pace)?;
                of = of.plus_months(1);
            }
            let pushed = || Pushed {
                item: item.id.clone(),
                title: item.title.clone(),
                says: item.says.clone(),
                part: id.clone(),
                executor: candidate.key.clone(),
                name: candidate.name.clone(),
                person: format!("{post} {person}"),
                share: words(item, &shares),
                now: words(item, &now.iter().map(|t| t.value).collect::<Vec<_>>()),
                source: item.source.clone(),
            };
            if red {
                self.red = Some(pushed());
            } else if counted && self.slow.is_none() && nth == 1 {
                self.slow = Some(pushed());
            }
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one row with all it says")]
    fn report(
        &mut self,
        store: &Store,
        part: &str,
        item: &Item,
        figures: &[Told],
        of: Day,
        luck: i64,
        pace: i64,
    ) -> StoreResult<()> {
        let late = luck % 17 == 3 && of.month() % 3 == 0;
        let sent = if late {
            month::deadline(of).plus_days(4)
        } else {
            month::end(of).plus_days(2)
        };
        let at = |day: Day, hour: i64| kernel::Instant::at(day, hour * 3600).micros();
        let finished = item.goals.is_empty() && of >= item.due.first_of_month() && pace >= 80;
        let says = if finished {
            "已印发实施，办结。"
        } else if pace < 60 {
            "选址和资金还没有落实，进度偏慢。"
        } else {
            "按计划推进，台账齐全。"
        };
        self.reports.push(values![
            store.new_id(),
            part,
            of.number(),
            to_json(&figures)?,
            says,
            finished,
            None::<String>,
            "accepted",
            at(sent, 10),
            "system:demo",
            "县级经办（演示）",
            late,
            at(sent.plus_days(1), 15),
            "system:demo",
            "陈审定（市民政局）",
            None::<String>,
            2_i64
        ]);
        Ok(())
    }
}

/// In percent of what the path wants.
fn pace(luck: i64, running: bool) -> i64 {
    match (running, luck % 8) {
        (true, 0) => 40,
        (true, 1) => 92,
        (true, n) => 100 + n,
        (false, 0) if luck % 5 == 0 => 90,
        (false, _) => 100,
    }
}

/// An even share in whole units, the rest with the first ones.
fn part_of(need: Num, of: usize, nth: usize) -> Num {
    let (of, nth) = (of.max(1) as i64, nth as i64);
    let each = need.over(Num::whole(of)).unwrap_or_default();
    // Whole units: what is left falls to the first ones, one each.
    let floor = each - (each.round(0) - each).max(Num::ZERO);
    let floor = if floor.round(0) > each {
        floor.round(0) - Num::whole(1)
    } else {
        floor.round(0)
    };
    let mut left = need - floor * Num::whole(of);
    let mut share = floor;
    for at in 0..of {
        if left >= Num::whole(1) {
            left = left - Num::whole(1);
            if at == nth {
                share = share + Num::whole(1);
            }
        }
    }
    share
}

/// What is reported for a goal at the end of a month.
fn told(item: &Item, goal: &Goal, share: Option<Num>, pace: i64, of: Day) -> Told {
    let Some(share) = share else {
        return Told::default();
    };
    let all = i64::from(item.start.days_until(item.due)).max(1);
    let gone = i64::from(item.start.days_until(month::end(of))).clamp(0, all);
    // A rate begins at four fifths of its goal; a count at nothing.
    let whole = Num::whole(1_000);
    let part = Num::whole(gone * 10 * pace / all);
    let value = if goal.spread == Spread::Same {
        let base = (share * Num::whole(8))
            .over(Num::whole(10))
            .unwrap_or_default();
        base + ((share - base) * part).over(whole).unwrap_or_default()
    } else {
        (share * part).over(whole).unwrap_or_default()
    };
    let places = u32::from(goal.spread == Spread::Same);
    let value = value.round(places);
    let value = if goal.unit().is_percent() {
        value.min(Num::whole(100))
    } else {
        value
    };
    Told {
        typed: value.to_string(),
        value: Some(value),
        from: Origin::Typed,
        means: String::new(),
    }
}

fn words(item: &Item, values: &[Option<Num>]) -> String {
    let one = |(goal, value): (&Goal, &Option<Num>)| {
        Some(format!(
            "{} {}",
            goal.name,
            with_unit((*value)?, &goal.unit())
        ))
    };
    item.goals
        .iter()
        .zip(values)
        .filter_map(one)
        .collect::<Vec<_>>()
        .join("；")
}

async fn pushed(
    store: &Store,
    areas: &AreaBook,
    red: Option<Pushed>,
    slow: Option<Pushed>,
) -> StoreResult<()> {
    let place = areas.root().map_or("", |root| root.name.as_str());
    let new = |one: &Pushed, why: &str| NewLetter {
        item: Some(one.item.clone()),
        assignment: Some(one.part.clone()),
        measure: None,
        executor: one.executor.clone(),
        office: format!("{}人民政府", one.name),
        person: one.person.clone(),
        title: one.title.clone(),
        facts: [
            ("事项", &one.title),
            ("要求", &one.says),
            ("目标", &one.share),
            ("现值", &one.now),
            ("依据", &one.source),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(word, value)| (word.to_owned(), value.clone()))
        .chain([("状态".to_owned(), why.to_owned())])
        .collect(),
        demand: "请于收到后 5 个工作日内书面答复：说明原因、措施和完成时间，附佐证。".to_owned(),
        days: letters::REPLY_DAYS,
        issuer_role: Role::CityCivil,
        issuer_office: office_of(Role::CityCivil, place),
    };
    let everybody = Seen::of(&Actor::system("demo"), areas);
    if let Some(one) = slow {
        let mut tx = store.begin(&named("陈审定（市民政局）"), None).await?;
        let id = letters::issue(&mut tx, &new(&one, "黄：略落后应到进度")).await?;
        tx.commit().await?;
        if let Some(letter) = book::letter(store, &everybody, &id).await? {
            let mut tx = store.begin(&named("县级经办（演示）"), None).await?;
            let says = "第二季度集中施工，已补齐台账，6月底前达到进度。";
            letters::reply(&mut tx, &letter, 1, says, None).await?;
            tx.commit().await?;
            let mut tx = store.begin(&named("陈审定（市民政局）"), None).await?;
            letters::judge(&mut tx, &letter, 2, true, "措施落实，同意销号").await?;
            tx.commit().await?;
        }
    }
    if let Some(one) = red {
        let mut tx = store.begin(&named("陈审定（市民政局）"), None).await?;
        letters::issue(&mut tx, &new(&one, "红：落后应到进度")).await?;
        tx.commit().await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Shares of a count are whole and add up to it.
    #[test]
    fn shares_of_the_demo_add_up() {
        for (need, of) in [(900, 5), (961, 5), (2, 5), (80, 5), (7, 3)] {
            let parts: Vec<Num> = (0..of)
                .map(|nth| part_of(Num::whole(need), of, nth))
                .collect();
            let sum: Num = parts.iter().copied().sum();
            assert_eq!(sum, Num::whole(need), "{need} of {of}: {parts:?}");
            assert!(parts.iter().all(|part| part.round(0) == *part));
        }
    }
}
