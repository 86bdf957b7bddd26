//! `laoyou doctor`: looks at everything a running installation needs and says what to do about each.

use crate::compose;
use crate::config::Config;
use crate::fault::Outcome;
use crate::out;
use plan::api::PlanBook;
use store::Backend;

/// Prints one line a check; returns whether all is well.
pub async fn run(config: &Config) -> Outcome<bool> {
    let mut well = true;
    let mut say = |good: bool, what: &str, remedy: &str| {
        well &= good;
        if good {
            out::line(format!("✓ {what}"));
        } else {
            out::line(format!("✗ {what} → {remedy}"));
        }
    };
    let keys = match crate::serve::keys(&config.key_file) {
        Ok(keys) => {
            say(true, &format!("密钥文件 {}", config.key_file.display()), "");
            keys
        }
        Err(error) => {
            say(
                false,
                &error.0,
                &format!(
                    "生成一份并妥善保管：laoyou keys create --out {}",
                    config.key_file.display()
                ),
            );
            return Ok(false);
        }
    };
    let store = match compose::open(&config.database, keys).await {
        Ok(store) => store,
        Err(error) => {
            say(
                false,
                &format!("连不上数据库：{error}"),
                "核对 database 配置和数据库服务",
            );
            return Ok(false);
        }
    };
    let kind = if store.backend() == Backend::Sqlite {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    say(true, &format!("数据库 {kind}"), "");
    if let Ok(true) = store.is_migrated(&compose::migrations()).await {
        say(true, "数据库结构是最新的", "");
    } else {
        say(false, "数据库结构不是最新的", "运行 laoyou migrate");
        return Ok(false);
    }
    let book = PlanBook::load(&store).await;
    match book {
        Ok(book) => say(
            book.in_force(store.clock().today()).is_some(),
            "有执行中的清单",
            "运行 laoyou plan load 目录，再由另一人 laoyou plan publish",
        ),
        Err(error) => say(
            false,
            &format!("清单读不出来：{error}"),
            "从备份恢复清单，或重新载入并发布",
        ),
    }
    match store.verify_audit().await? {
        Ok(rows) => say(true, &format!("操作记录链完整（{rows} 条）"), ""),
        Err(what) => say(
            false,
            &format!("操作记录链断裂：{what}"),
            "立即报告安全审计员，保留现场",
        ),
    }
    let alarms = period::api::open_alarms(&store).await?;
    match alarms.first() {
        None => say(true, "夜间核对没有未处理的差异", ""),
        Some(alarm) => say(
            false,
            &format!(
                "{}夜间核对不一致：{} 人、{} 个汇总数（档案 {}）",
                alarm.day.zh(),
                alarm.people,
                alarm.counts,
                alarm.keys.join("、")
            ),
            "按档案号逐人核对事实和记录；改好后运行 laoyou period night 复核",
        ),
    }
    store.close().await;
    Ok(well)
}
