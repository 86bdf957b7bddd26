//! 工作移交: `GET /system/handovers`, `GET/POST …/new`, `GET …/{id}` to print and sign, `POST …/{id}/confirm | cancel`.

use crate::accounts::{Account, account, accounts};
use crate::handover::{self, NewPassing, Passing, REASONS};
use area::api::AreaBook;
use askama::Template;
use authz::{Action, Role};
use axum::extract::Path;
use host::{Ctx, Failure, Page};
use kernel::Day;
use std::collections::BTreeMap;
use ui::{Choice, Field, Form, FormData, PageError, Pill, Shell, pill};

const PATH: &str = "/system/handovers";

#[derive(Template)]
#[template(path = "pages/handovers.html")]
struct HandoversPage {
    shell: Shell,
    rows: Vec<Line>,
    orphans: Vec<(String, i64)>,
    may_prepare: bool,
}

struct Line {
    href: String,
    leaver: String,
    successor: String,
    from: String,
    until: String,
    state: Pill,
}

fn state_of(state: &str) -> Pill {
    match state {
        "prepared" => pill("warn", "待安全管理员确认"),
        "confirmed" => pill("info", "已确认，到日子自动移交"),
        "passed" => pill("ok", "已移交"),
        "returned" => pill("ok", "已交回"),
        _ => pill("stopped", "已取消"),
    }
}

async fn names(ctx: &Ctx) -> Result<BTreeMap<String, Account>, Failure> {
    let all = accounts(&ctx.app.store).await?;
    Ok(all.into_iter().map(|one| (one.id.clone(), one)).collect())
}

fn name_of(names: &BTreeMap<String, Account>, id: &str) -> String {
    names
        .get(id)
        .map_or_else(|| id.to_owned(), |one| one.name.clone())
}

pub(crate) async fn get(ctx: Ctx) -> Page {
    let known = names(&ctx).await?;
    let found = handover::latest(&ctx.app.store).await?;
    let line = |one: &Passing| Line {
        href: format!("{PATH}/{}", one.id),
        leaver: name_of(&known, &one.leaver),
        successor: name_of(&known, &one.successor),
        from: one.from.to_string(),
        until: one.until.map(|day| day.to_string()).unwrap_or_default(),
        state: state_of(&one.state),
    };
    let orphans = handover::ownerless(&ctx.app).await?;
    Ok(ui::page_no_store(HandoversPage {
        shell: ctx.shell("工作移交"),
        rows: found.iter().map(line).collect(),
        orphans: orphans
            .into_iter()
            .map(|(id, count)| (name_of(&known, &id), count))
            .collect(),
        may_prepare: Action::ManageAccounts.allowed_to(ctx.actor().role),
    }))
}

#[derive(Template)]
#[template(path = "pages/handover_new.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    people: Vec<(String, String)>,
}

impl NewPage {
    fn who(&self, name: &str, label: &str) -> Field {
        let choices = self
            .people
            .iter()
            .map(|(login, words)| Choice::new(login.clone(), words.clone()))
            .collect();
        self.form.field(
            Field::select(name, label, choices)
                .required()
                .blank("请选择")
                .width("medium"),
        )
    }

    fn reason(&self) -> Field {
        let choices = REASONS
            .iter()
            .map(|(code, words)| Choice::new(*code, *words))
            .collect();
        self.form.field(
            Field::select("reason", "原因", choices)
                .required()
                .blank("请选择"),
        )
    }

    fn from(&self) -> Field {
        self.form.field(Field::date("from", "从").required())
    }

    fn until(&self) -> Field {
        self.form.field(
            Field::date("until", "到（不含）").hint("休假、AB 岗填写，到期自动交回；离岗不填"),
        )
    }
}

async fn new_page(ctx: &Ctx, form: Form) -> Result<NewPage, Failure> {
    let people = accounts(&ctx.app.store).await?;
    let fits = |one: &&Account| {
        !matches!(
            one.role,
            Role::SystemAdmin
                | Role::SecurityAdmin
                | Role::AuditAdmin
                | Role::Family
                | Role::InspectorDiscipline
        )
    };
    Ok(NewPage {
        shell: ctx.shell("准备移交").crumb("工作移交", PATH),
        form,
        people: people
            .iter()
            .filter(fits)
            .map(|one| {
                let words = format!("{}（{} · {}）", one.name, one.role.zh(), one.login);
                (one.id.clone(), words)
            })
            .collect(),
    })
}

pub(crate) async fn new(ctx: Ctx) -> Page {
    let form = Form::filled([("from", ctx.today().to_string())]);
    Ok(ui::page_no_store(new_page(&ctx, form).await?))
}

pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let mut form = Form::from(data);
    let store = &ctx.app.store;
    let mut who = Vec::new();
    for (field, empty) in [("leaver", "请选择移交人"), ("successor", "请选择接收人")] {
        let found = match form.required(field, empty) {
            Some(id) => account(store, &id).await?,
            None => None,
        };
        if found.is_none() && form.errors.of(field).is_none() {
            form.errors.add(field, "没有这个账号");
        }
        who.push(found);
    }
    let reasons: Vec<&str> = REASONS.iter().map(|(code, _)| *code).collect();
    let reason = form.one_of("reason", &reasons, "请选择原因");
    let from = form.day("from");
    if from.is_none() && form.errors.of("from").is_none() {
        form.errors.add("from", "请填写从哪天起");
    }
    let until = form.day("until");
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        form.errors.add("until", "要晚于开始的那天");
    }
    if from.is_some_and(|from| from < ctx.today()) {
        form.errors.add("from", "不能早于今天");
    }
    if let [Some(leaver), Some(successor)] = who.as_slice() {
        if leaver.id == successor.id {
            form.errors.add("successor", "接收人不能是移交人自己");
        } else if leaver.role != successor.role {
            let text = format!(
                "接收人要是同一角色（{}），否则有些事他办不了",
                leaver.role.zh()
            );
            form.errors.add("successor", text);
        } else if successor.disabled {
            form.errors.add("successor", "接收人的账号已停用");
        }
    }
    let ([Some(leaver), Some(successor)], Some(reason), Some(from), false) =
        (who.as_slice(), reason, from, form.has_errors())
    else {
        return Ok(ui::page_422(new_page(&ctx, form).await?));
    };
    let mut tx = ctx.begin().await?;
    let new = NewPassing {
        leaver: &leaver.id,
        successor: &successor.id,
        from,
        until,
        reason: &reason,
    };
    let id = handover::prepare(&mut tx, &new).await?;
    tx.commit().await?;
    let text = "已准备。打印清单双方签字，再请安全管理员确认。";
    Ok(ctx.redirect_with(&format!("{PATH}/{id}"), "ok", text))
}

#[derive(Template)]
#[template(path = "pages/handover.html")]
struct HandoverPage {
    shell: Shell,
    id: String,
    leaver: String,
    successor: String,
    role: &'static str,
    scope: String,
    from: String,
    until: String,
    reason: &'static str,
    state: Pill,
    made: String,
    confirmed: String,
    /// For each kind of work its title, the pieces, and whether they have passed already.
    work: Vec<(&'static str, Vec<String>)>,
    passed: usize,
    may_confirm: bool,
    may_cancel: bool,
    today: String,
}

async fn found(ctx: &Ctx, id: &str) -> Result<Passing, Failure> {
    let found = handover::one(&ctx.app.store, id).await?;
    Ok(found.ok_or_else(PageError::not_found)?)
}

pub(crate) async fn one(ctx: Ctx, Path(id): Path<String>) -> Page {
    let one = found(&ctx, &id).await?;
    let known = names(&ctx).await?;
    let (store, book, role) = (
        &ctx.app.store,
        ctx.app.part::<AreaBook>()?,
        ctx.actor().role,
    );
    let open = matches!(one.state.as_str(), "prepared" | "confirmed");
    let mut work = Vec::new();
    if open {
        for kind in &ctx.app.handovers {
            let items = (kind.owned_by)(store, &one.leaver).await?;
            work.push((
                kind.title,
                items.into_iter().map(|item| item.title).collect(),
            ));
        }
    }
    let leaver = known.get(&one.leaver);
    Ok(ui::page_no_store(HandoverPage {
        shell: ctx.shell("移交清单").crumb("工作移交", PATH),
        leaver: name_of(&known, &one.leaver),
        successor: name_of(&known, &one.successor),
        role: leaver.map_or("", |one| one.role.zh()),
        scope: leaver
            .map(|one| one.scope(&book, ctx.today()).1)
            .unwrap_or_default(),
        from: one.from.zh(),
        until: one.until.map(Day::zh).unwrap_or_default(),
        reason: REASONS
            .iter()
            .find(|(code, _)| *code == one.reason)
            .map_or("", |(_, words)| *words),
        state: state_of(&one.state),
        made: format!(
            "{} · {}",
            name_of(&known, &one.made_by),
            one.made_at.minute()
        ),
        confirmed: one
            .confirmed_by
            .as_ref()
            .map(|id| name_of(&known, id))
            .unwrap_or_default(),
        work,
        passed: one.items.values().map(Vec::len).sum(),
        may_confirm: one.state == "prepared" && Action::GrantScope.allowed_to(role),
        may_cancel: open,
        today: ctx.today().zh(),
        id,
    }))
}

pub(crate) async fn confirm(ctx: Ctx, Path(id): Path<String>) -> Page {
    let one = found(&ctx, &id).await?;
    let to = format!("{PATH}/{id}");
    let mut tx = ctx.begin().await?;
    if !handover::confirm(&mut tx, &one).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    let now = handover::due(&ctx.app).await? > 0;
    let text = if now {
        "已确认并移交，下一次点击就生效。"
    } else {
        "已确认，到日子自动移交。"
    };
    Ok(ctx.redirect_with(&to, "ok", text))
}

pub(crate) async fn cancel(ctx: Ctx, Path(id): Path<String>) -> Page {
    let one = found(&ctx, &id).await?;
    let to = format!("{PATH}/{id}");
    let mut tx = ctx.begin().await?;
    if !handover::cancel(&mut tx, &one).await? {
        tx.rollback().await?;
        return Err(PageError::stale(&to).into());
    }
    tx.commit().await?;
    Ok(ctx.redirect_with(PATH, "ok", "已取消，什么都没有移交。"))
}
