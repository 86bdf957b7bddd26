//! 保存期限与删除: the rules, what is held, lists that were made, and a new dry run.

use crate::due::{self, Counted};
use crate::store::holds::{self, Hold, REASONS};
use crate::store::purposes;
use crate::store::runs::{self, Run};
use area::api::AreaBook;
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use store::Audit;
use ui::{Choice, Field, Form, PageError, Shell};

struct RuleLine {
    key: String,
    title: String,
    event: &'static str,
    auto: bool,
    term: String,
    cites: String,
    says: String,
    to_confirm: bool,
    confirmed: String,
}

struct HoldLine {
    id: String,
    what: String,
    reason: &'static str,
    paper: String,
    made: String,
    ended: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/retention.html")]
pub(crate) struct RetentionPage {
    shell: Shell,
    form: Form,
    rules: Vec<RuleLine>,
    holds: Vec<HoldLine>,
    runs: Vec<Run>,
    waits: bool,
    backup: Option<String>,
    erases: Vec<&'static str>,
    root: String,
}

impl RetentionPage {
    fn kind(&self) -> Field {
        let choices = vec![Choice::new("area", "一个地区"), Choice::new("all", "全部")];
        self.form
            .field(Field::radio("kind", "保全什么", choices).required())
    }
    fn area(&self) -> Field {
        self.form.field(
            Field::area("code", "地区", ui::AREA_SOURCE, &self.root).hint("选“全部”的不用填"),
        )
    }
    fn reason(&self) -> Field {
        let choices = REASONS
            .iter()
            .map(|(key, words)| Choice::new(*key, *words))
            .collect();
        self.form.field(
            Field::select("reason", "原因", choices)
                .required()
                .blank("请选择"),
        )
    }
    fn paper(&self) -> Field {
        self.form.field(
            Field::text("paper", "文号")
                .required()
                .hint("审计通知书、受理通知书等的文号，不写人名")
                .maxlength(60)
                .autocomplete("off"),
        )
    }
}

/// `GET /retention`
pub(crate) async fn get(ctx: Ctx) -> Page {
    Ok(ui::page_no_store(page(&ctx, Form::default()).await?))
}

/// `POST /retention`: a dry run.
pub(crate) async fn post(ctx: Ctx) -> Page {
    match due::count(&ctx).await? {
        Counted::List(id) => Ok(ctx.redirect_with(
            &format!("/retention/{id}"),
            "ok",
            "试算好了，什么也没有删。请核对，再由另一个人批准。",
        )),
        Counted::Nothing => {
            Ok(ctx.redirect_with("/retention", "info", "今天没有到期的记录，不用删除。"))
        }
        Counted::Another => Ok(ctx.redirect_with(
            "/retention",
            "warn",
            "已有一份清单在等批准或正在删除，先办完那一份。",
        )),
    }
}

/// `POST /retention/rules/{id}/confirmation`
pub(crate) async fn confirm(ctx: Ctx, Path(id): Path<String>) -> Page {
    let mut tx = ctx.begin().await?;
    if !purposes::confirm(&mut tx, true, &id).await? {
        tx.rollback().await?;
        return Err(PageError::not_found().into());
    }
    tx.audit(Audit::new("privacy.confirm").subject(&id));
    tx.commit().await?;
    Ok(ctx.saved("/retention", "已确认这条期限在本地适用。"))
}

/// The page, with what was typed where something is wrong with it.
pub(crate) async fn page(ctx: &Ctx, form: Form) -> Result<RetentionPage, Failure> {
    let store = &ctx.app.store;
    let book = ctx.app.part::<AreaBook>()?;
    let rules = purposes::rules(store).await?;
    let backup = rules
        .iter()
        .find(|rule| rule.key == "backup")
        .map(purposes::Rule::term);
    let runs = runs::latest(store).await?;
    Ok(RetentionPage {
        shell: ctx.shell("保存期限与删除"),
        rules: rules
            .into_iter()
            .map(|rule| {
                let kind = due::kind(&ctx.app, &rule.kind);
                RuleLine {
                    title: kind.map_or_else(|| rule.kind.clone(), |kind| kind.title.to_owned()),
                    event: kind.map_or("", |kind| kind.event),
                    term: rule.term(),
                    cites: rule.cites(),
                    confirmed: rule
                        .confirmed
                        .as_ref()
                        .map(|(name, at)| format!("{name} {} 确认", at.day()))
                        .unwrap_or_default(),
                    key: rule.key,
                    auto: rule.auto,
                    says: rule.says,
                    to_confirm: rule.to_confirm,
                }
            })
            .collect(),
        holds: holds::latest(store)
            .await?
            .into_iter()
            .map(|hold| line(&book, hold))
            .collect(),
        waits: runs
            .iter()
            .any(|run| matches!(run.state.as_str(), "ready" | "approved")),
        runs,
        backup,
        erases: ctx.app.erasures.iter().map(|part| part.what).collect(),
        root: book
            .root()
            .map(|area| area.code.to_string())
            .unwrap_or_default(),
        form,
    })
}

fn line(book: &AreaBook, hold: Hold) -> HoldLine {
    let what = match hold.kind.as_str() {
        "all" => "全部".to_owned(),
        // Whoever keeps the rules sees no personal data.
        "person" => "一个人的档案".to_owned(),
        _ => hold
            .code
            .parse()
            .map_or_else(|_bad| hold.code.clone(), |code| book.full_name(&code)),
    };
    HoldLine {
        id: hold.id,
        what,
        reason: super::word(REASONS, &hold.reason),
        paper: hold.paper,
        made: format!("{} {}", hold.made_name, hold.made.day()),
        ended: hold
            .ended
            .map(|(name, at)| format!("{name} {} 解除", at.day())),
    }
}
