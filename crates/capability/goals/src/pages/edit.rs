//! Editing a row of a plan by form: every edit is a draft with who, when and why; figures are typed
//! exactly as printed (rows A01, A02, A06; invariant 2). What was typed is never lost: 422 where it is
//! wrong, 409 where somebody else was faster.

mod fill;
mod form;
mod merge;
mod names;
mod stale;
mod typed;

use super::reading::Reading;
use authz::Action;
use axum::extract::{Path, RawQuery};
use figures::edit::Change;
use figures::{Book, Row};
use form::EditPage;
use host::{Ctx, Failure, Page};
use plan::api::{EditError, LoadError, VersionId, edit, export, history, working};
use std::sync::Arc;
use ui::{Form, FormData, ListQuery, ListSpec, PageError};

const SPEC: ListSpec = spec(&["place", "draft"]);
const NEW: ListSpec = spec(&["place", "draft", "kind"]);
/// Kinds of rows, with what a new one is called.
const KINDS: [(&str, &str); 5] = [
    ("indicator", "指标"),
    ("task", "重点任务"),
    ("table", "供给计划"),
    ("project", "项目"),
    ("standard", "标准与政策"),
];

const fn spec(filters: &'static [&'static str]) -> ListSpec {
    ListSpec {
        filters,
        sorts: &[],
        default_sort: "",
        default_desc: false,
    }
}

/// What is edited.
pub(super) struct Target {
    id: String,
    kind: &'static str,
    new: bool,
}

/// `GET /plan/rows/{id}/edit`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let (_, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let row = reading.book.row(&id).ok_or_else(PageError::not_found)?;
    let form = Form::filled(fill::pairs(&reading.book, row));
    let target = of_row(row);
    Ok(ui::page_no_store(page(&ctx, &reading, &target, form)))
}

/// `POST /plan/rows/{id}/edit`
pub(crate) async fn post(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    data: FormData,
) -> Page {
    let (_, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let target = target(&ctx, &reading, &id, &data).await?;
    save(&ctx, reading, target, Form::from(data)).await
}

/// `GET /plan/new?kind=…`
pub(crate) async fn new(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &NEW).await?;
    let target = new_target(&ctx, &reading, &query)?;
    let documents = &reading.book.head.documents;
    let mut pairs = vec![("domain", "养老".to_owned())];
    if let [only] = documents.as_slice() {
        pairs.push(("document", only.number.clone()));
    }
    Ok(ui::page_no_store(page(
        &ctx,
        &reading,
        &target,
        Form::filled(pairs),
    )))
}

/// `POST /plan/new?kind=…`
pub(crate) async fn create(ctx: Ctx, RawQuery(raw): RawQuery, data: FormData) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &NEW).await?;
    let target = new_target(&ctx, &reading, &query)?;
    save(&ctx, reading, target, Form::from(data)).await
}

/// `POST /plan/rows/{id}/removal`
pub(crate) async fn remove(
    ctx: Ctx,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    data: FormData,
) -> Page {
    let (_, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let row = reading.book.row(&id).ok_or_else(PageError::not_found)?;
    let target = of_row(row);
    let mut form = Form::filled(fill::pairs(&reading.book, row));
    form.data.set("removal_says", data.get("removal_says"));
    form.data.set("base", data.get("base"));
    let Some(says) = form.required("removal_says", "请写一句删去的原因") else {
        return Ok(ui::page_422(page(&ctx, &reading, &target, form)));
    };
    let name = row.name.clone();
    let says = format!("删去「{name}」：{says}");
    match store(&ctx, &reading, &form.data, Change::Remove(id), &says).await? {
        Ok(_) => {
            let mut reading = reading;
            reading.draft = true;
            let text = format!("已删去「{name}」，存为草稿");
            Ok(ctx.redirect_with(&reading.href("/plan/changes"), "ok", &text))
        }
        Err(why) => refused(&ctx, reading, &target, form, why).await,
    }
}

async fn save(ctx: &Ctx, reading: Reading, target: Target, mut form: Form) -> Page {
    if form.data.get("base") != reading.version.id.as_str() {
        return refused(ctx, reading, &target, form, EditError::Stale).await;
    }
    let row = typed::row(&mut form, &target.id, target.kind, &reading.book);
    let says = form.required("says", "请用一句话说明改了什么、为什么改");
    let (Some(row), Some(says), false) = (row, says, form.has_errors()) else {
        return Ok(ui::page_422(page(ctx, &reading, &target, form)));
    };
    let verb = if reading.book.row(&target.id).is_some() {
        "修改"
    } else {
        "新增"
    };
    let says = format!("{verb}「{}」：{says}", row.name);
    match store(ctx, &reading, &form.data, Change::Put(Box::new(row)), &says).await? {
        Ok(_) => saved(ctx, reading, &target).await,
        Err(why) => refused(ctx, reading, &target, form, why).await,
    }
}

/// Writes one change; the outer error is the database's.
async fn store(
    ctx: &Ctx,
    reading: &Reading,
    data: &FormData,
    change: Change,
    says: &str,
) -> Result<Result<VersionId, EditError>, Failure> {
    let base = VersionId(data.get("base").to_owned());
    let mut tx = ctx.begin().await?;
    let done = edit(&mut tx, reading.slug(), &base, &[change], says).await;
    match done {
        Ok(_) => tx.commit().await?,
        Err(EditError::Load(LoadError::Store(error))) => return Err(error.into()),
        Err(_) => tx.rollback().await?,
    }
    Ok(done)
}

async fn saved(ctx: &Ctx, mut reading: Reading, target: &Target) -> Page {
    let now = working(&ctx.app.store, reading.slug()).await?;
    reading.draft = now.is_some_and(|version| version.publication.is_none());
    let text = if reading.draft {
        "已存为草稿"
    } else {
        "已改回发布的内容，草稿没有改动了"
    };
    Ok(ctx.redirect_with(&reading.row_href(&target.id), "ok", text))
}

/// The form again, with everything typed, and why it was not taken.
async fn refused(
    ctx: &Ctx,
    reading: Reading,
    target: &Target,
    mut form: Form,
    why: EditError,
) -> Page {
    match why {
        EditError::Stale => {
            let fresh = Reading::of(ctx, Some(reading.slug()), true).await?;
            let (stale, form) = stale::stale(ctx, &fresh, target, &form.data).await?;
            let mut page = page(ctx, &fresh, target, form);
            page.stale = Some(stale);
            Ok(ui::page_409(page))
        }
        EditError::Nothing => {
            form.errors.add_form("没有改动：各栏和原来一样");
            Ok(ui::page_422(page(ctx, &reading, target, form)))
        }
        EditError::Load(LoadError::Problems { problems }) => {
            for problem in problems {
                form.errors
                    .add_form(format!("{}。{}", problem.what, problem.remedy));
            }
            Ok(ui::page_422(page(ctx, &reading, target, form)))
        }
        EditError::Load(LoadError::Store(error)) => Err(error.into()),
    }
}

async fn read(
    ctx: &Ctx,
    raw: Option<&str>,
    spec: &ListSpec,
) -> Result<(ListQuery, Reading), Failure> {
    let query = ListQuery::parse(raw, spec).map_err(PageError::from)?;
    // Editing goes on from the draft where there is one.
    let reading = Reading::of(ctx, query.filter("place"), true).await?;
    Ok((query, reading))
}

fn of_row(row: &Row) -> Target {
    Target {
        id: row.id.clone(),
        kind: row.kind.key(),
        new: false,
    }
}

/// The row as it is now; one that somebody took out meanwhile as it was.
async fn target(
    ctx: &Ctx,
    reading: &Reading,
    id: &str,
    data: &FormData,
) -> Result<Target, Failure> {
    if let Some(row) = reading.book.row(id) {
        return Ok(of_row(row));
    }
    let store = &ctx.app.store;
    let steps = history(store, &reading.version.id).await?;
    let mut earlier = vec![VersionId(data.get("base").to_owned())];
    earlier.extend(steps.into_iter().filter_map(|step| step.based_on));
    for version in earlier {
        let files = export(store, &version).await?.unwrap_or_default();
        if let Some(row) = figures::load(&files)
            .ok()
            .as_ref()
            .and_then(|book| book.row(id))
        {
            return Ok(of_row(row));
        }
    }
    Err(PageError::not_found().into())
}

fn new_target(ctx: &Ctx, reading: &Reading, query: &ListQuery) -> Result<Target, Failure> {
    let chosen = query.filter("kind").unwrap_or_default();
    let (kind, _) = KINDS
        .iter()
        .find(|(kind, _)| *kind == chosen)
        .ok_or_else(|| {
            let words: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            PageError::bad_request(format!("kind 应为 {} 之一。", words.join("、")))
        })?;
    Ok(Target {
        id: new_id(ctx, &reading.book),
        kind,
        new: true,
    })
}

/// An id that no row has or had.
fn new_id(ctx: &Ctx, book: &Book) -> String {
    loop {
        let fresh: String = ctx
            .app
            .store
            .new_id()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let tail = fresh
            .get(fresh.len().saturating_sub(12)..)
            .unwrap_or_default();
        let id = format!("n_{}", tail.to_ascii_lowercase());
        if book.row(&id).is_none() {
            return id;
        }
    }
}

fn page(ctx: &Ctx, reading: &Reading, target: &Target, form: Form) -> EditPage {
    let kind_zh = KINDS
        .iter()
        .find(|(kind, _)| *kind == target.kind)
        .map_or("", |(_, zh)| *zh);
    let row = format!("/plan/rows/{}", target.id);
    let (title, action, back) = if target.new {
        let back = match target.kind {
            "indicator" => "/plan/indicators",
            "task" => "/plan/tasks",
            "standard" => "/plan/standards",
            _ => "/plan/capacity",
        };
        (
            format!("新增{kind_zh}"),
            format!("/plan/new?kind={}", target.kind),
            reading.href(back),
        )
    } else {
        (
            format!("修改{kind_zh}"),
            format!("{row}/edit"),
            reading.row_href(&target.id),
        )
    };
    let known = reading.book.row(&target.id);
    let mut shell = reading.shell(ctx, &title);
    if let Some(known) = known {
        shell = shell.crumb(known.name.clone(), back.clone());
    }
    EditPage {
        shell,
        lead: reading.lead(),
        form,
        book: Arc::clone(&reading.book),
        kind: target.kind,
        kind_zh,
        base: reading.version.id.to_string(),
        action: reading.href(&action),
        back,
        removal: known.map(|_| reading.href(&format!("{row}/removal"))),
        stale: None,
        spare: match (target.new, target.kind) {
            (true, "table") => 7,
            (true, _) => 3,
            (false, _) => 1,
        },
    }
}

/// Whether the reader may edit plans.
pub(crate) fn may_edit(ctx: &Ctx) -> bool {
    Action::EditPlan.allowed_to(ctx.actor().role)
}
