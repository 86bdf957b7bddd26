//! `laoyou period`: freezes month-ends, proves them, runs the night's work now.

use crate::config::Config;
use crate::fault::{Fault, Outcome};
use crate::{compose, out};
use area::api::AreaBook;
use kernel::{Clock, Day, SystemClock};
use period::api::{Night, NightResult, PeriodSettings};
use plan::api::PlanBook;
use store::Store;

/// What a night needs, opened once.
struct Open {
    tables: Vec<host::SnapshotTable>,
    settings: PeriodSettings,
    areas: AreaBook,
    plans: PlanBook,
}

impl Open {
    async fn new(store: &Store, settings: PeriodSettings) -> Outcome<Self> {
        Ok(Self {
            tables: compose::snapshots(),
            settings,
            areas: AreaBook::load(store).await?,
            plans: PlanBook::load(store).await?,
        })
    }

    fn night<'a>(&'a self, store: &'a Store) -> Night<'a> {
        Night {
            store,
            tables: &self.tables,
            settings: &self.settings,
            areas: &self.areas,
            plans: &self.plans,
        }
    }
}

/// Freezes the end of a month, written `2025-05`, as known now.
pub async fn freeze(config: &Config, store: &Store, month: &str) -> Outcome<()> {
    let first: Day = format!("{month}-01")
        .parse()
        .map_err(|_no_day| Fault::new(format!("「{month}」不是年-月，例如 2025-05")))?;
    let day = first.plus_months(1).plus_days(-1);
    if day >= store.clock().today() {
        return Err(Fault::new(format!("{} 还没有过完，不能定版", day.zh())));
    }
    let open = Open::new(store, config.periods()).await?;
    match period::api::freeze(&open.night(store), day).await? {
        Some(number) => out::line(format!("已定版：{}，第 {number} 号", day.zh())),
        None => out::line(format!("{} 与上一版没有差异，不另出新版", day.zh())),
    }
    Ok(())
}

/// Proves every snapshot against its digests; whether all is well.
pub async fn verify(config: &Config, store: &Store) -> Outcome<bool> {
    let mut well = true;
    for (snapshot, wrong) in period::api::verify_in(store, Some(&config.snapshots)).await? {
        let what = format!(
            "{} {} 第 {} 版（{} 人）",
            snapshot.day,
            snapshot.kind.key(),
            snapshot.version,
            snapshot.people
        );
        if wrong.is_empty() {
            out::line(format!("✓ {what}"));
        } else {
            well = false;
            out::line(format!("✗ {what}：{}", wrong.join("；")));
        }
    }
    Ok(well)
}

/// Runs the night's work now and says what it took; whether everything agrees.
pub async fn night(config: &Config, store: &Store) -> Outcome<bool> {
    let open = Open::new(store, config.periods()).await?;
    let began = SystemClock.now();
    let seconds = || (SystemClock.now().micros() - began.micros()) as f64 / 1e6;
    if let Some(published) = open.plans.in_force(store.clock().today()) {
        let moved = entitle::api::due(store, &published).await?;
        out::line(format!("按日重算 {moved} 人，{:.1} 秒", seconds()));
    }
    let result = period::api::run_night(&open.night(store)).await?;
    say(&result);
    out::line(format!(
        "用时 {:.1} 秒，内存峰值 {} MB",
        seconds(),
        peak_megabytes()
    ));
    Ok(result.alarm.is_none() && !result.not_ready)
}

fn say(result: &NightResult) {
    if result.not_ready {
        out::line("现有结果还没有按今天和执行中的清单算完，未核对");
    }
    match &result.alarm {
        None => out::line(format!(
            "快照第 {} 号，{} 人，核对一致",
            result.snapshot, result.people
        )),
        Some(alarm) => out::line(format!(
            "快照第 {} 号，{} 人，核对不一致：{} 人、{} 个汇总数；档案 {}",
            result.snapshot,
            result.people,
            alarm.people,
            alarm.counts,
            alarm.keys.join("、")
        )),
    }
}

/// People in the register above which the demo freezes one month and not twelve.
const LARGE: usize = 400_000;

/// The past of a demo: the last twelve month-ends, and today's snapshot with its check.
pub async fn demo(store: &Store, settings: PeriodSettings, people: usize) -> Outcome<()> {
    let open = Open::new(store, settings).await?;
    // The last month only for a whole city: twelve would take longer than making it.
    let months = if people > LARGE { 1 } else { 12 };
    out::progress(format!("  定版过去 {months} 个月"));
    let frozen = period::api::freeze_past(&open.night(store), months).await?;
    out::progress(format!(
        "  已定版 {} 个月，生成今天的快照并核对",
        frozen.len()
    ));
    let result = period::api::nightly(&open.night(store)).await?;
    match result.alarm {
        None => Ok(()),
        Some(alarm) => Err(Fault::new(format!(
            "演示数据核对不一致：{} 人、{} 个汇总数，档案 {}，{:?}",
            alarm.people,
            alarm.counts,
            alarm.keys.join("、"),
            alarm.cells.first()
        ))),
    }
}

/// The most memory this process has held, where the system says so.
fn peak_megabytes() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line
        .and_then(|line| line.split_whitespace().nth(1))
        .and_then(|number| number.parse::<u64>().ok());
    kilobytes.map_or_else(|| "?".to_owned(), |kb| (kb / 1024).to_string())
}
