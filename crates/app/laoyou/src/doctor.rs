//! `laoyou doctor`: looks at everything a running installation needs and says what to do about each.

mod looks;

use crate::compose;
use crate::config::Config;
use crate::fault::Outcome;
use crate::{keep, out};
use store::{Backend, Store, StoreError};

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Well,
    /// It works; somebody should see to it.
    Look,
    /// It does not work, or may not be trusted.
    Bad,
}

impl State {
    /// Its name in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Look => "look",
            Self::Bad => "bad",
        }
    }

    const fn sign(self) -> char {
        match self {
            Self::Well => '✓',
            Self::Look => '！',
            Self::Bad => '✗',
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at: a stable name.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// How it is, in words.
    pub says: String,
    /// What to do; empty when nothing.
    pub todo: String,
}

impl Check {
    pub(crate) fn well(name: &'static str, says: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Well,
            says: says.into(),
            todo: String::new(),
        }
    }

    pub(crate) fn look(
        name: &'static str,
        says: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            name,
            state: State::Look,
            says: says.into(),
            todo: todo.into(),
        }
    }

    pub(crate) fn bad(
        name: &'static str,
        says: impl Into<String>,
        todo: impl Into<String>,
    ) -> Self {
        Self {
            name,
            state: State::Bad,
            says: says.into(),
            todo: todo.into(),
        }
    }
}

/// Prints the report; returns whether nothing is bad.
pub async fn run(config: &Config, json: bool) -> Outcome<bool> {
    let checks = report(config).await?;
    if json {
        let rows: Vec<serde_json::Value> = checks
            .iter()
            .map(|check| {
                serde_json::json!({
                    "check": check.name, "state": check.state.key(), "says": check.says, "todo": check.todo,
                })
            })
            .collect();
        out::line(serde_json::Value::Array(rows));
    } else {
        for check in &checks {
            let (sign, says) = (check.state.sign(), &check.says);
            if check.todo.is_empty() {
                out::line(format!("{sign} {says}"));
            } else {
                out::line(format!("{sign} {says} → {}", check.todo));
            }
        }
    }
    Ok(checks.iter().all(|check| check.state != State::Bad))
}

/// Looks at everything, in order; what cannot be looked at because of something before it is left out.
pub async fn report(config: &Config) -> Outcome<Vec<Check>> {
    let mut checks = Vec::new();
    let keys = match crate::serve::keys(&config.key_file) {
        Ok(keys) => {
            checks.push(looks::key_file(&config.key_file));
            keys
        }
        Err(error) => {
            checks.push(Check::bad(
                "key_file",
                error.0,
                format!(
                    "生成一份并妥善保管：laoyou keys create --out {}；已有数据的，请取回原来那一份",
                    config.key_file.display()
                ),
            ));
            return Ok(checks);
        }
    };
    checks.extend(looks::space(config));
    let store = match compose::open(&config.database, keys).await {
        Ok(store) => store,
        Err(error) => {
            checks.push(Check::bad(
                "database",
                format!("连不上数据库：{error}"),
                "核对 database 配置和数据库服务",
            ));
            return Ok(checks);
        }
    };
    let kind = match store.backend() {
        Backend::Sqlite => "SQLite",
        Backend::Postgres => "PostgreSQL",
    };
    checks.push(Check::well("database", format!("数据库 {kind}")));
    let schema = schema(&store).await;
    let whole = schema.state == State::Well;
    checks.push(schema);
    if whole {
        checks.push(match keep::keys_fit(&store).await? {
            Some(true) => Check::well("keys", "密钥文件与数据库相符"),
            Some(false) => Check::bad(
                "keys",
                "密钥文件不是这个数据库的那一份，证号和电话打不开",
                "在配置 key_file 里指定原来的密钥文件；不要用这一份写入",
            ),
            None => Check::well("keys", "数据库里还没有加密的内容"),
        });
        if let Some(state) = crate::rekey::turning(&store).await? {
            checks.push(Check::look(
                "keys_turn",
                format!(
                    "正在换成 {} 号密钥：{} / {} 行",
                    state.to, state.done, state.total
                ),
                "服务在运行时会自己做完；也可以运行 laoyou keys rotate --now",
            ));
        }
        checks.push(looks::list(&store).await);
        checks.push(looks::clock(&store).await?);
        checks.push(looks::audit(&store).await?);
        checks.extend(looks::jobs(&store).await?);
        checks.push(looks::night(&store).await?);
        checks.push(looks::snapshots(&store, config).await?);
        checks.push(looks::files(&store, config).await?);
        checks.push(looks::backup(&store).await?);
    }
    store.close().await;
    Ok(checks)
}

async fn schema(store: &Store) -> Check {
    const NAME: &str = "schema";
    match store.load_mark().await {
        Ok(Some(mark)) => {
            return Check::bad(
                NAME,
                format!("数据库只恢复了一半（备份 {mark}）"),
                "用同一份备份再运行一次 laoyou restore",
            );
        }
        Ok(None) => {}
        Err(error) => {
            return Check::bad(NAME, format!("数据库读不了：{error}"), "从备份恢复");
        }
    }
    match store.schema_state(&compose::migrations()).await {
        Ok(0) => Check::well(NAME, "数据库结构是最新的"),
        Ok(steps) => Check::bad(
            NAME,
            format!("数据库结构不是最新的（差 {steps} 步）"),
            "先 laoyou backup，再运行 laoyou migrate",
        ),
        Err(error @ StoreError::Newer(_)) => Check::bad(
            NAME,
            format!("数据库由更新的版本写成（{error}）"),
            "换用那个版本的程序",
        ),
        Err(error) => Check::bad(NAME, format!("数据库结构不对：{error}"), "从备份恢复"),
    }
}
