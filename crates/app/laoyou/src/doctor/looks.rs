//! What is looked at, a function for each thing.

use super::Check;
use crate::config::Config;
use crate::fault::Outcome;
use crate::keep;
use kernel::{Clock, SystemClock};
use plan::api::PlanBook;
use std::path::{Path, PathBuf};
use store::{Store, audit};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// What should have begun, or been sealed, longer ago than this many seconds waits for a worker that is not there.
const LATE: i64 = 600;
/// Days of the log's chain that are walked; `laoyou audit verify` walks all.
const CHAIN_DAYS: i64 = 7;
/// Days after which a backup is old.
const BACKUP_DAYS: i64 = 7;
/// Bytes below which a disk is nearly full, and below which it is too full to go on.
const SPACE_LOW: u64 = 2 << 30;
const SPACE_OUT: u64 = 200 << 20;

/// The key file, which was read: who else may read it.
pub(super) fn key_file(path: &Path) -> Check {
    use std::os::unix::fs::PermissionsExt;
    let says = format!("密钥文件 {}", path.display());
    match std::fs::metadata(path) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => Check::look(
            "key_file",
            format!("{says} 别的用户也能读"),
            format!("chmod 600 {}", path.display()),
        ),
        _ => Check::well("key_file", says),
    }
}

/// Disk space where the database, files and snapshots lie.
pub(super) fn space(config: &Config) -> Vec<Check> {
    let mut places: Vec<PathBuf> = vec![config.files.clone(), config.snapshots.clone()];
    if let Some(file) = config.database.strip_prefix("sqlite:") {
        places.insert(0, PathBuf::from(file.trim_start_matches("//")));
    }
    let mut found: Vec<(PathBuf, u64)> = Vec::new();
    for place in places {
        let there = place.ancestors().find(|folder| folder.is_dir());
        let there = there.filter(|folder| !folder.as_os_str().is_empty());
        let there = there.unwrap_or(Path::new("."));
        if let Ok(disk) = rustix::fs::statvfs(there) {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            if found.iter().all(|(_, known)| *known != free) {
                found.push((there.to_owned(), free));
            }
        }
    }
    let check = |(place, free): (PathBuf, u64)| {
        let says = format!("{} 还有 {:.1} GB 空间", place.display(), free as f64 / 1e9);
        if free < SPACE_OUT {
            Check::bad("space", says, "马上腾出空间：写满后登记和记录都会失败")
        } else if free < SPACE_LOW {
            Check::look("space", says, "腾出空间或换更大的磁盘")
        } else {
            Check::well("space", says)
        }
    };
    found.into_iter().map(check).collect()
}

/// Whether a list is in force.
pub(super) async fn list(store: &Store) -> Check {
    match PlanBook::load(store).await {
        Ok(book) if book.in_force(store.clock().today()).is_some() => {
            Check::well("list", "有执行中的清单")
        }
        Ok(_) => Check::bad(
            "list",
            "没有执行中的清单",
            "运行 laoyou plan load 目录，再由另一人 laoyou plan publish",
        ),
        Err(error) => Check::bad(
            "list",
            format!("清单读不出来：{error}"),
            "从备份恢复清单，或重新载入并发布",
        ),
    }
}

/// Whether the clock is one that can be believed.
pub(super) async fn clock(store: &Store) -> Outcome<Check> {
    let now = store.clock().now();
    let last = store.last_audit().await?;
    let todo = "校准系统时间（chronyc tracking 或 timedatectl），再启动服务";
    if SystemClock.now().day().year() < 2025 {
        return Ok(Check::bad(
            "clock",
            format!("系统时间是 {}", now.minute()),
            todo,
        ));
    }
    Ok(match last {
        Some(last) if last > now.plus_seconds(LATE) => Check::bad(
            "clock",
            format!(
                "系统时间 {} 早于最后一条操作记录 {}",
                now.minute(),
                last.minute()
            ),
            todo,
        ),
        _ => Check::well("clock", format!("系统时间 {}", now.minute())),
    })
}

/// The chain of the last days.
pub(super) async fn audit(store: &Store) -> Outcome<Check> {
    let since = store.clock().now().plus_seconds(-CHAIN_DAYS * DAY);
    let behind = store.audit_link_before(since).await?;
    let walk = store.walk_audit(behind).await?;
    Ok(match walk.broken {
        None => Check::well(
            "audit",
            format!(
                "操作记录链最近 {CHAIN_DAYS} 天完整（{} 条，共 {} 条）",
                walk.rows - behind,
                walk.rows
            ),
        ),
        Some(broken) => Check::bad(
            "audit",
            format!("操作记录链断裂：{}", org::api::broken(&broken)),
            "立即报告安全审计员，保留现场；用 laoyou audit verify 核对整条链",
        ),
    })
}

/// Whether a worker is there, and which jobs end badly.
pub(super) async fn jobs(store: &Store) -> Outcome<Vec<Check>> {
    let now = store.clock().now();
    let late = now.plus_seconds(-LATE);
    let health = store
        .job_health(late, now.plus_seconds(-CHAIN_DAYS * DAY))
        .await?;
    let unsealed = store.unsealed_before(late).await?;
    let mut checks = Vec::new();
    let waits: Vec<String> = [
        (health.waiting, "个作业没有开始"),
        (health.lost, "个作业中途停下没有接手"),
        (unsealed, "条操作记录没有入链"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    checks.push(if waits.is_empty() {
        Check::well("worker", "后台作业没有积压")
    } else {
        Check::bad(
            "worker",
            format!(
                "后台作业没有在运行：{}，已超过 {} 分钟",
                waits.join("、"),
                LATE / 60
            ),
            "启动 laoyou serve（或 laoyou work），看它的日志",
        )
    });
    for (kind, times, error) in &health.failed {
        checks.push(Check::bad(
            "jobs",
            format!("作业 {kind} 最近 {CHAIN_DAYS} 天失败 {times} 次，不再重试：{error}"),
            "看日志里这个作业的错误；改好后重新发起",
        ));
    }
    for (kind, times, error) in &health.retried {
        checks.push(Check::look(
            "jobs",
            format!("作业 {kind} 已试 {times} 次，还会再试：{error}"),
            "看日志里这个作业的错误",
        ));
    }
    if health.failed.is_empty() && health.retried.is_empty() {
        checks.push(Check::well("jobs", "没有反复失败的作业"));
    }
    Ok(checks)
}

/// What the nightly comparison found.
pub(super) async fn night(store: &Store) -> Outcome<Check> {
    let alarms = period::api::open_alarms(store).await?;
    Ok(match alarms.first() {
        None => Check::well("night", "夜间核对没有未处理的差异"),
        Some(alarm) => Check::bad(
            "night",
            format!(
                "{}夜间核对不一致：{} 人、{} 个汇总数（档案 {}）",
                alarm.day.zh(),
                alarm.people,
                alarm.counts,
                alarm.keys.join("、")
            ),
            "按档案号逐人核对事实和记录；改好后运行 laoyou period night 复核",
        ),
    })
}

/// Whether files and roll-ups of snapshots are what they were.
pub(super) async fn snapshots(store: &Store, config: &Config) -> Outcome<Check> {
    let all = period::api::verify_in(store, Some(&config.snapshots)).await?;
    let wrong: Vec<String> = all
        .iter()
        .filter(|(_, wrong)| !wrong.is_empty())
        .map(|(snapshot, wrong)| {
            format!(
                "{} 第 {} 版：{}",
                snapshot.day,
                snapshot.version,
                wrong.join("；")
            )
        })
        .collect();
    Ok(match wrong.first() {
        None => Check::well("snapshots", format!("{} 期快照与摘要相符", all.len())),
        Some(first) => Check::bad(
            "snapshots",
            format!("{} 期快照与摘要不符，例如 {first}", wrong.len()),
            format!(
                "从备份取回 {} 里的文件；汇总数被改过的，报告安全审计员",
                config.snapshots.display()
            ),
        ),
    })
}

/// Whether every kept file is there, and nothing else.
pub(super) async fn files(store: &Store, config: &Config) -> Outcome<Check> {
    let (missing, orphans) = config.file_store().strays(store).await?;
    let shown = |paths: &[PathBuf]| {
        let few: Vec<String> = paths
            .iter()
            .take(3)
            .map(|path| path.display().to_string())
            .collect();
        few.join("、")
    };
    let folder = config.files.display();
    Ok(if !missing.is_empty() {
        Check::bad(
            "files",
            format!(
                "{folder} 缺 {} 个文件，例如 {}",
                missing.len(),
                shown(&missing)
            ),
            "从备份取回；到期的导出文件可以不管，夜间会清理",
        )
    } else if orphans.is_empty() {
        Check::well("files", format!("{folder} 的文件与登记相符"))
    } else {
        Check::look(
            "files",
            format!(
                "{folder} 有 {} 个文件没有登记，例如 {}",
                orphans.len(),
                shown(&orphans)
            ),
            "没有程序在运行时可以删掉",
        )
    })
}

/// How old the last backup is.
pub(super) async fn backup(store: &Store) -> Outcome<Check> {
    let rows = audit::about(store, keep::SUBJECT, 50).await?;
    let made = rows.iter().find(|row| row.action == keep::MADE);
    let todo = "运行 laoyou backup --out 文件，并定期做（docs/operations.md）";
    Ok(match made {
        None => Check::look("backup", "还没有备份过", todo),
        Some(row) => {
            let days = (store.clock().now().micros() - row.at.micros()) / (DAY * 1_000_000);
            let says = format!("最近一次备份在 {}（{days} 天前）", row.at.minute());
            if days >= BACKUP_DAYS {
                Check::look("backup", says, todo)
            } else {
                Check::well("backup", says)
            }
        }
    })
}
