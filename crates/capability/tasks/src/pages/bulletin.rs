//! `GET /tasks/bulletins/{month}`: a month's 通报: counted live, drawn up by one person, published by another.

use super::look::{Look, Tab};
use crate::bulletins::{Bulletin, draw, of_month, publish};
use crate::month;
use crate::rank::{Content, RULE, count};
use crate::seen::{Seen, office_of};
use askama::Template;
use axum::extract::{Path, RawQuery};
use host::{Ctx, Failure, Page};
use kernel::Day;
use ui::{Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["version"]);

#[derive(Template)]
#[template(path = "pages/bulletin.html")]
struct BulletinPage {
    shell: Shell,
    tabs: Vec<Tab>,
    path: String,
    month: String,
    content: Content,
    /// The version shown; none while the month is counted live.
    shown: Option<Bulletin>,
    versions: Vec<(String, String, bool)>,
    /// The latest version of any kind: a draft is drawn up over it.
    seen: i64,
    may: bool,
    /// The draft is the reader's own.
    own: bool,
    /// The draft no longer says what counts today.
    moved: bool,
    corrects: bool,
    running: bool,
    form: Form,
    rule: &'static str,
    issuer: String,
}

impl BulletinPage {
    fn reason(&self) -> Field {
        let field = Field::text("reason", "更正原因").required().maxlength(200);
        self.form.field(field)
    }

    fn is_draft(&self) -> bool {
        self.shown
            .as_ref()
            .is_some_and(|shown| shown.published.is_none())
    }
}

fn month_of(look: &Look, text: &str) -> Result<Day, Failure> {
    let bad = || PageError::bad_request(format!("「{text}」不是可以通报的月份，要写成 2025-06。"));
    let of = month::from_key(text).ok_or_else(bad)?;
    if of > look.today {
        return Err(bad().into());
    }
    Ok(of)
}

/// A 通报 ranks everybody, so it is counted over everybody whoever reads it; it names no person of the register.
async fn live(ctx: &Ctx, look: &Look, of: Day) -> Result<Content, Failure> {
    let everybody = Seen::of(&authz::Actor::system("bulletin"), &look.areas);
    Ok(count(&ctx.app.store, &everybody, &look.root, of, look.today).await?)
}

async fn page(
    ctx: &Ctx,
    look: &Look,
    of: Day,
    version: Option<i64>,
    form: Form,
) -> Result<BulletinPage, Failure> {
    let may = look.seen.leads_any();
    let all = of_month(&ctx.app.store, of).await?;
    let seen = all.first().map_or(0, |one| one.version);
    let visible: Vec<&Bulletin> = all
        .iter()
        .filter(|one| may || one.published.is_some())
        .collect();
    let shown = match version {
        None => visible.first().copied().cloned(),
        Some(no) => Some(
            visible
                .iter()
                .find(|one| one.version == no)
                .map(|one| (*one).clone())
                .ok_or_else(|| PageError::not_found().text("没有这一版通报。"))?,
        ),
    };
    if shown.is_none() && !may {
        return Err(PageError::not_found()
            .text(format!("{}的通报还没有发布。", month::zh(of)))
            .link("看通报", "/tasks/bulletins")
            .into());
    }
    let (content, moved) = match &shown {
        Some(one) if one.published.is_some() => (one.content.clone(), false),
        Some(draft) => {
            let now = live(ctx, look, of).await?;
            (draft.content.clone(), now != draft.content)
        }
        None => (live(ctx, look, of).await?, false),
    };
    let path = format!("/tasks/bulletins/{}", month::key(of));
    Ok(BulletinPage {
        shell: look
            .shell(ctx, &format!("{}通报", month::zh(of)))
            .crumb("通报", "/tasks/bulletins"),
        tabs: look.tabs("/tasks/bulletins"),
        versions: visible
            .iter()
            .map(|one| {
                let state = if one.published.is_some() {
                    ""
                } else {
                    "（拟稿）"
                };
                (
                    format!("{path}?version={}", one.version),
                    format!("第 {} 版{state}", one.version),
                    shown.as_ref().is_some_and(|s| s.version == one.version),
                )
            })
            .collect(),
        own: shown
            .as_ref()
            .is_some_and(|one| one.drawn_by == look.seen.account()),
        corrects: all.iter().any(|one| one.published.is_some()),
        running: look.today <= month::end(of),
        month: month::zh(of),
        path,
        content,
        shown,
        seen,
        may,
        moved,
        form,
        rule: RULE,
        issuer: office_of(look.seen.role(), &look.place),
    })
}

/// `GET /tasks/bulletins/{month}`
pub(crate) async fn get(ctx: Ctx, Path(of): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("version", |text| text.parse::<i64>().is_ok())?;
    let look = Look::of(&ctx)?;
    let of = month_of(&look, &of)?;
    let version = query.filter("version").and_then(|text| text.parse().ok());
    Ok(ui::page_no_store(
        page(&ctx, &look, of, version, Form::default()).await?,
    ))
}

/// `POST /tasks/bulletins/{month}`: draws it up.
pub(crate) async fn post(ctx: Ctx, Path(of): Path<String>, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let of = month_of(&look, &of)?;
    if !look.seen.leads_any() {
        return Err(PageError::refused(&format!("{}民政局", look.place)).into());
    }
    let mut form = Form::from(data);
    let published = of_month(&ctx.app.store, of)
        .await?
        .iter()
        .any(|one| one.published.is_some());
    let reason = if published {
        form.required("reason", "已经发布过，请写更正原因")
    } else {
        Some(String::new())
    };
    let Some(reason) = reason else {
        return Ok(ui::page_422(page(&ctx, &look, of, None, form).await?));
    };
    let content = live(&ctx, &look, of).await?;
    let seen: i64 = form.data.get("seen").parse().unwrap_or(-1);
    let to = format!("/tasks/bulletins/{}", month::key(of));
    let mut tx = ctx.begin().await?;
    if !draw(&mut tx, of, seen, &content, &reason).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    Ok(ctx.saved(&to, "已拟稿，请另一人核对后发布。"))
}

/// `POST /tasks/bulletins/{month}/publication`
pub(crate) async fn publication(ctx: Ctx, Path(of): Path<String>, data: FormData) -> Page {
    let look = Look::of(&ctx)?;
    let of = month_of(&look, &of)?;
    if !look.seen.leads_any() {
        return Err(PageError::refused(&format!("{}民政局", look.place)).into());
    }
    let to = format!("/tasks/bulletins/{}", month::key(of));
    let latest = of_month(&ctx.app.store, of).await?.into_iter().next();
    let draft = latest
        .filter(|one| one.published.is_none() && one.digest == data.get("digest"))
        .ok_or_else(|| PageError::stale(&to))?;
    if draft.drawn_by == look.seen.account() {
        return Err(PageError::refused("本单位另一位同事")
            .text("通报由拟稿人以外的另一人核对发布。")
            .link("回到通报", &to)
            .into());
    }
    let mut tx = ctx.begin().await?;
    if !publish(&mut tx, &draft).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    Ok(ctx.saved(&to, "已发布。内容不再改动，更正另出一版。"))
}
