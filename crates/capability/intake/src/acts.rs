//! What somebody does with an import: begin it, say what its columns are, commit, pause, go on, take back. Pages and
//! commands do the same.

use crate::batch::{self, Batch, State};
use crate::commit::enqueue;
use crate::kind::{Kind, Shape};
use crate::{check, commit, staged, start, undo};
use authz::Actor;
use files::{Files, NewFile, Writer};
use host::AppState;
use kernel::{AreaCode, Day};
use std::collections::BTreeMap;
use store::{Audit, StoreError, StoreResult};
use tabular::headers::Mapping;
use tabular::{Choice, Detected, Wrong};

/// Why an act was refused, in words for who asked.
#[derive(Debug)]
pub enum Refusal {
    /// What is wrong and what to do.
    Says(String),
    /// The database or the disk.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// A refusal in words.
fn says<T>(text: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::Says(text.into()))
}

/// Keeps an uploaded file and begins an import of it; refuses what is no table.
pub(crate) async fn begin(
    app: &AppState,
    actor: &Actor,
    kind: &Kind,
    name: &str,
    writer: Writer,
) -> Result<String, Refusal> {
    if !kind.may(actor.role) {
        return says(format!("「{}」不能导入{}。", actor.role.zh(), kind.title));
    }
    let files = app.part::<Files>()?;
    let sealed = writer.finish()?;
    if sealed.size == 0 {
        return says("文件是空的，请核对后重新选择。");
    }
    let mut tx = app.store.begin(actor, None).await?;
    let new = NewFile {
        name: name.to_owned(),
        owner: actor.id.clone(),
        scope: actor.scope.clone(),
        days: staged::KEPT_DAYS,
    };
    let kept = files.keep(&mut tx, sealed, new).await?;
    let source = files.open_anywhere(app.store.keys(), &kept)?;
    let detected = tokio::task::spawn_blocking(move || {
        tabular::detect_in(Box::new(source), &Choice::default())
    })
    .await
    .map_err(|error| StoreError::Other(error.to_string()))?;
    let detected = match detected {
        Ok(detected) => detected,
        Err(error) => {
            files.remove(&mut tx, &[kept.id]).await?;
            tx.rollback().await?;
            return says(Wrong::from(error).to_string());
        }
    };
    let id = batch::insert(&mut tx, kind, actor, &kept, &detected).await?;
    tx.audit(
        Audit::new("intake.upload")
            .subject(&id)
            .with("kind", kind.key)
            .with("digest", kept.digest.as_str())
            .with("size", kept.size as i64),
    );
    tx.commit().await?;
    Ok(id)
}

/// What is said about a list before it is checked.
#[derive(Debug, Clone)]
pub struct Said {
    /// Where it comes from: 「2025年6月低保名册」.
    pub source: String,
    /// It names everybody of its area.
    pub complete: bool,
    /// The area of the list.
    pub area: Option<AreaCode>,
    /// The day it speaks about.
    pub day: Day,
    /// Columns of the file (from 0) by key, where somebody said so; the rest is found.
    pub columns: Option<BTreeMap<String, usize>>,
}

/// What was typed of a list before its file is read otherwise; it stays.
#[derive(Debug, Clone)]
pub(crate) struct Typed {
    pub(crate) source: String,
    pub(crate) complete: bool,
    pub(crate) area: Option<AreaCode>,
    pub(crate) day: Option<Day>,
}

/// Looks into the file again as somebody says it is; which column is which is found anew.
pub(crate) async fn read_again(
    app: &AppState,
    actor: &Actor,
    id: &str,
    choice: Choice,
    typed: Typed,
) -> Result<(), Refusal> {
    let batch = own(app, actor, id).await?;
    if batch.state != State::Mapping {
        return says("这次导入已经往下进行，不能再换工作表和编码。");
    }
    let source = start::source(app, &batch).await?;
    let detected =
        tokio::task::spawn_blocking(move || tabular::detect_in(Box::new(source), &choice))
            .await
            .map_err(|error| StoreError::Other(error.to_string()))?;
    let detected = match detected {
        Ok(detected) => detected,
        Err(error) => return says(Wrong::from(error).to_string()),
    };
    let text =
        serde_json::to_string(&detected).map_err(|error| StoreError::Other(error.to_string()))?;
    let mut tx = app.store.begin(actor, None).await?;
    let held = batch::hold(&tx, id).await?;
    if held.is_none_or(|held| held.state != State::Mapping) {
        tx.rollback().await?;
        return says("这次导入已经往下进行，不能再换工作表和编码。");
    }
    batch::update(
        &mut tx,
        id,
        vec![
            ("detected", text.into()),
            ("mapping", None::<String>.into()),
            ("source", typed.source.into()),
            ("complete", typed.complete.into()),
            ("area", typed.area.map(|code| code.to_string()).into()),
            ("day", typed.day.map(Day::number).into()),
        ],
    )
    .await?;
    tx.audit(Audit::new("intake.reading").subject(id));
    tx.commit().await?;
    Ok(())
}

/// The columns as they are found in a file, with what was saved for a source.
pub(crate) async fn found(
    app: &AppState,
    kind: &Kind,
    detected: &Detected,
    source: &str,
) -> StoreResult<Mapping> {
    let saved = batch::saved_mapping(&app.store, kind, source).await?;
    Ok(tabular::headers::map(
        &detected.header,
        &kind.specs(),
        (!saved.is_empty()).then_some(&saved),
    ))
}

/// Says what a list is and starts its check.
pub(crate) async fn say(
    app: &AppState,
    actor: &Actor,
    id: &str,
    said: Said,
) -> Result<(), Refusal> {
    let batch = own(app, actor, id).await?;
    if !matches!(batch.state, State::Mapping | State::Checked | State::Failed)
        || batch.phase.starts_with("undo")
        || batch.done > 0 && batch.phase != "rows" && !batch.phase.is_empty()
    {
        return says("这次导入已经往下进行，不能再改列。");
    }
    let detected = batch
        .detected
        .clone()
        .ok_or_else(|| StoreError::Other("an import without a look into its file".to_owned()))?;
    let mapping = match &said.columns {
        None => found(app, &batch.kind, &detected, &said.source).await?,
        Some(columns) => Mapping {
            columns: columns.clone(),
            ..Mapping::default()
        },
    };
    checked(app, actor, &batch.kind, &mapping, &said)?;
    let short = id.get(id.len().saturating_sub(8)..).unwrap_or(id);
    let label = format!("{}（批次 {short}）", said.source);
    let mut meanings = mapping.to_save(&detected.header);
    for (place, heading) in detected.header.iter().enumerate() {
        let plain = tabular::headers::plain(heading);
        if !plain.is_empty() && !mapping.columns.values().any(|at| *at == place) {
            meanings.entry(plain).or_default();
        }
    }
    let text =
        serde_json::to_string(&mapping).map_err(|error| StoreError::Other(error.to_string()))?;
    let mut tx = app.store.begin(actor, None).await?;
    if said.columns.is_some() {
        batch::save_mapping(&mut tx, &batch.kind, &said.source, &meanings).await?;
    }
    batch::update(
        &mut tx,
        id,
        vec![
            ("state", State::Checking.key().into()),
            ("label", label.into()),
            ("source", said.source.as_str().into()),
            ("complete", said.complete.into()),
            ("area", said.area.map(|code| code.to_string()).into()),
            ("day", said.day.number().into()),
            ("mapping", text.into()),
            ("phase", "".into()),
            ("place", "".into()),
            ("done", 0_i64.into()),
            ("todo", (detected.rows_about as i64).into()),
            ("stop", None::<String>.into()),
            ("approved_by", None::<String>.into()),
            ("approved_name", None::<String>.into()),
            ("error", None::<String>.into()),
        ],
    )
    .await?;
    enqueue(&mut tx, check::KIND, id).await?;
    tx.audit(
        Audit::new("intake.mapping")
            .subject(id)
            .with("source", said.source)
            .with("complete", said.complete)
            .with(
                "area",
                said.area.map_or_else(String::new, |code| code.to_string()),
            )
            .with("day", said.day.to_string()),
    );
    tx.commit().await?;
    Ok(())
}

/// What must hold before a list is read.
fn checked(
    app: &AppState,
    actor: &Actor,
    kind: &Kind,
    mapping: &Mapping,
    said: &Said,
) -> Result<(), Refusal> {
    let has = |key: &str| mapping.column(key).is_some();
    for column in &kind.columns {
        let who = column.spec.key == "id_number" && has("provisional");
        if column.spec.required && !has(column.spec.key) && !who {
            return says(format!(
                "没有找到「{}」这一列。请指定它是文件里的哪一列，或按模板补上。",
                column.spec.title
            ));
        }
    }
    let mut used: BTreeMap<usize, &str> = BTreeMap::new();
    for (key, place) in &mapping.columns {
        if let Some(other) = used.insert(*place, key) {
            let title = |key: &str| {
                kind.columns
                    .iter()
                    .find(|column| column.spec.key == key)
                    .map_or(key.to_owned(), |column| column.spec.title.to_owned())
            };
            return says(format!(
                "「{}」和「{}」指到了文件的同一列，请改其中一个。",
                title(other),
                title(key)
            ));
        }
    }
    if said.source.trim().is_empty() {
        return says("请写明名单来源，例如“2025年6月低保名册”。");
    }
    if said.day > app.clock().today() {
        return says("名单日期不能晚于今天。");
    }
    if let Some(area) = said.area
        && batch::areas_within(&actor.scope, area).is_empty()
    {
        return says("这个地区不在您的管辖范围，请选自己辖区，或转给所属地区导入。");
    }
    if said.complete && !kind.can_be_complete() {
        return says(format!("「{}」不能按全量名单导入，请选增量。", kind.title));
    }
    if said.complete && said.area.is_none() {
        return says(if kind.shape == Shape::Receipts {
            "全量名单要选地区：这个地区里不在名单上的人，从这个月起按停发登记。"
        } else {
            "全量名单要选地区：这个地区里不在名单上的人，都登记为“不是”。"
        });
    }
    Ok(())
}

/// An import that its owner goes on with.
pub(crate) async fn own(app: &AppState, actor: &Actor, id: &str) -> Result<Batch, Refusal> {
    let batch = batch::find(&app.store, id).await?;
    match batch {
        Some(batch) if batch.owner.id == actor.id && batch.kind.may(actor.role) => Ok(batch),
        Some(_) => says("这次导入由别人办理，只有上传的人可以继续。"),
        None => says("没有这次导入。"),
    }
}

/// What is said of an import whose job is parked.
pub(crate) const STUCK: &str = "这一步开始了几次都中途停止，没有做完。已完成的部分还在，可以再做一次；还是不行，请告诉系统管理员。";

/// Whether an import says that a job is at it, and there is none: it was parked.
pub(crate) async fn is_stuck(app: &AppState, batch: &Batch) -> StoreResult<bool> {
    Ok(batch.state.busy() && !app.store.has_job(&commit::payload(&batch.id)).await?)
}

/// Where an import's job is parked it failed: its owner can go on.
pub(crate) async fn unstick(app: &AppState, id: &str) -> StoreResult<()> {
    match batch::find(&app.store, id).await? {
        Some(batch) if is_stuck(app, &batch).await? => check::fail(app, id, STUCK).await,
        _ => Ok(()),
    }
}

/// Starts the commit of a checked import, again after a pause or a failure.
pub(crate) async fn commit(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    own(app, actor, id).await?;
    unstick(app, id).await?;
    let mut tx = app.store.begin(actor, None).await?;
    let held = batch::hold(&tx, id).await?;
    let goes = held.as_ref().is_some_and(|held| {
        let begun = !held.phase.is_empty() && !held.phase.starts_with("undo");
        held.state == State::Checked
            || held.state == State::Paused
            || held.state == State::Failed && begun
    });
    if !goes {
        tx.rollback().await?;
        return says("这次导入现在不能提交。");
    }
    if held.is_some_and(|held| held.stop.is_some() && held.approved_name.is_none()) {
        tx.rollback().await?;
        return says("这份名单和上次相差太大，要先由另一个人核准。");
    }
    if !covers_now(app, actor, id).await? {
        tx.rollback().await?;
        return says("您现在的管辖范围不再包括上传时的范围，不能提交。");
    }
    batch::update(
        &mut tx,
        id,
        vec![
            ("state", State::Committing.key().into()),
            ("error", None::<String>.into()),
        ],
    )
    .await?;
    enqueue(&mut tx, commit::KIND, id).await?;
    tx.audit(Audit::new("intake.commit").subject(id));
    tx.commit().await?;
    Ok(())
}

/// Whether the owner still may what they might when they uploaded it.
async fn covers_now(app: &AppState, actor: &Actor, id: &str) -> StoreResult<bool> {
    let batch = batch::find(&app.store, id).await?;
    Ok(batch.is_some_and(|batch| batch::covers(&actor.scope, &batch.owner.scope)))
}

/// A second person agrees to a list that differs much from the one before.
pub(crate) async fn approve(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let mut tx = app.store.begin(actor, None).await?;
    let held = batch::hold(&tx, id).await?;
    let refusal = match &held {
        None => Some("没有这次导入。"),
        Some(batch) if !batch.seen_by(actor) => Some("没有这次导入。"),
        Some(batch) if batch.owner.id == actor.id => {
            Some("要由另一个人核准：上传的人不能核准自己的名单。")
        }
        Some(batch) if batch.stop.is_none() || batch.state != State::Checked => {
            Some("这次导入不需要核准。")
        }
        Some(_) => None,
    };
    if let Some(text) = refusal {
        tx.rollback().await?;
        return says(text);
    }
    let at = tx.at().micros();
    batch::update(
        &mut tx,
        id,
        vec![
            ("approved_by", actor.id.as_str().into()),
            ("approved_name", actor.name.as_str().into()),
            ("approved_at", at.into()),
        ],
    )
    .await?;
    tx.audit(Audit::new("intake.approve").subject(id));
    tx.commit().await?;
    Ok(())
}

/// Moves an import from one of these states to another.
pub(crate) async fn shift(
    app: &AppState,
    actor: &Actor,
    id: &str,
    from: &[State],
    to: State,
    action: &'static str,
) -> Result<(), Refusal> {
    own(app, actor, id).await?;
    unstick(app, id).await?;
    let mut tx = app.store.begin(actor, None).await?;
    let held = batch::hold(&tx, id).await?;
    if !held.is_some_and(|held| from.contains(&held.state)) {
        tx.rollback().await?;
        return says("这次导入已经不在这一步，请看现在的状态。");
    }
    batch::update(&mut tx, id, vec![("state", to.key().into())]).await?;
    tx.audit(Audit::new(action).subject(id));
    tx.commit().await?;
    Ok(())
}

/// Starts taking a whole import back.
pub(crate) async fn withdraw(app: &AppState, actor: &Actor, id: &str) -> Result<(), Refusal> {
    own(app, actor, id).await?;
    unstick(app, id).await?;
    let mut tx = app.store.begin(actor, None).await?;
    let held = batch::hold(&tx, id).await?;
    if held.as_ref().is_some_and(|held| held.raw_gone.is_some()) {
        tx.rollback().await?;
        return says("这次导入的原始名单已按规定删除，不能再整批撤销；个别的错请在档案里更正。");
    }
    let phase = match &held {
        Some(held) if matches!(held.state, State::Done | State::Paused) => "undo-rolls".to_owned(),
        Some(held) if held.state == State::Failed && held.phase.starts_with("undo") => {
            held.phase.clone()
        }
        Some(held) if held.state == State::Failed && held.done > 0 && !held.phase.is_empty() => {
            "undo-rolls".to_owned()
        }
        _ => {
            tx.rollback().await?;
            return says("这次导入没有提交过内容，不用撤销。");
        }
    };
    let place = held
        .filter(|held| held.phase == phase)
        .map_or_else(String::new, |held| held.place);
    batch::update(
        &mut tx,
        id,
        vec![
            ("state", State::Withdrawing.key().into()),
            ("phase", phase.into()),
            ("place", place.into()),
            ("error", None::<String>.into()),
        ],
    )
    .await?;
    enqueue(&mut tx, undo::KIND, id).await?;
    tx.audit(Audit::new("intake.withdraw").subject(id));
    tx.commit().await?;
    Ok(())
}
