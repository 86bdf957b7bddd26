//! `laoyou import`: a list of this computer into the register, checked first, committed when asked.

use crate::config::Config;
use crate::fault::{Fault, Outcome};
use crate::{compose, out, work};
use authz::Actor;
use host::AppState;
use intake::api::{self as lists, Refusal, Said, Shown};
use kernel::{AreaCode, Day};
use std::path::Path;
use std::time::Duration;
use store::Store;

/// What is asked for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// Key of the kind.
    pub kind: &'a str,
    /// The file.
    pub file: &'a Path,
    /// Where it comes from, in words.
    pub source: String,
    /// The day it speaks about.
    pub day: Day,
    /// It names everybody of its area.
    pub complete: bool,
    /// The area of the list.
    pub area: Option<AreaCode>,
    /// Login of who brings it in.
    pub by: &'a str,
    /// Login of the second person, where the list differs much from the one before.
    pub approved_by: Option<&'a str>,
    /// Write it into the register.
    pub commit: bool,
}

/// Lets a server on this machine answer first: an import has time. Before any thread is begun, because each inherits it.
pub fn step_back() {
    #[cfg(unix)]
    if let Err(error) = rustix::process::nice(10) {
        out::progress(format!("不能降低优先级，照常导入：{error}"));
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Says(text) => Self::new(text),
            Refusal::Store(error) => error.into(),
        }
    }
}

/// Runs an import; whether it went to where it was asked to go.
pub async fn run(config: &Config, store: Store, asked: &Asked<'_>) -> Outcome<bool> {
    let app = compose::app_without_pages(store, config.file_store()).await?;
    let actor = actor(&app, asked.by).await?;
    let id = lists::begin(&app, &actor, asked.kind, asked.file).await?;
    out::line(format!("已收下文件，批次 {id}"));
    let said = Said {
        source: asked.source.clone(),
        complete: asked.complete,
        area: asked.area,
        day: asked.day,
        columns: None,
    };
    lists::say(&app, &actor, &id, said).await?;
    let shown = wait(&app, &id).await?;
    if let Some(error) = shown.error {
        return Err(Fault::new(error));
    }
    let [new, changed, same, conflict, refused] = shown.counts;
    out::line(format!(
        "共 {} 行：新增 {new}，变更 {changed}，无变化 {same}，冲突 {conflict}，不能导入 {refused}",
        shown.read
    ));
    if !asked.commit {
        out::line("只校验，没有提交。确认后加 --commit 再运行");
        return Ok(true);
    }
    if let Some(stop) = shown.stop {
        let Some(by) = asked.approved_by else {
            out::line(format!("{stop}要由另一个人核准：--approved-by 账号"));
            return Ok(false);
        };
        lists::approve(&app, &self::actor(&app, by).await?, &id).await?;
    }
    lists::commit(&app, &actor, &id).await?;
    let shown = wait(&app, &id).await?;
    if let Some(error) = shown.error {
        return Err(Fault::new(error));
    }
    out::line(format!("已提交 {} 行，{}", shown.done, shown.state));
    Ok(true)
}

/// Runs jobs, or waits for the worker who does, until the import's own job has ended.
async fn wait(app: &AppState, id: &str) -> Outcome<Shown> {
    let mut told = 0;
    loop {
        let shown = lists::look(app, id).await?;
        if !shown.busy {
            return Ok(shown);
        }
        if shown.done / 50_000 > told {
            told = shown.done / 50_000;
            out::progress(format!("{} {} / {}", shown.state, shown.done, shown.todo));
        }
        if !work::one_job(app, lists::JOBS).await? {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The account of a login with what it may see today.
async fn actor(app: &AppState, login: &str) -> Outcome<Actor> {
    let accounts = org::api::accounts(&app.store).await?;
    let account = accounts
        .into_iter()
        .find(|account| account.login == login)
        .ok_or_else(|| Fault::new(format!("没有账号「{login}」")))?;
    if account.disabled {
        return Err(Fault::new(format!("账号「{login}」已停用，不能导入")));
    }
    let book = app.part::<area::api::AreaBook>()?;
    Ok(account.actor(&book, app.clock().today()))
}
