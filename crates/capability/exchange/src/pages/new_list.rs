//! 新建比对: which department, which people, why; then the job.

use super::{area_from, format_field, note_field, reason_field, reason_from};
use crate::batch::{self, Ask, New, Purpose};
use crate::make::{self, MOST_LISTED};
use crate::{kinds, sheet};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use people::api::{Group, NameIndex, area_choices};
use plan::api::PlanBook;
use store::Audit;
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["kind"]);
/// Ages to choose from.
const AGES: [&str; 4] = ["60", "65", "80", "90"];

#[derive(Template)]
#[template(path = "pages/new_list.html")]
struct NewPage {
    shell: Shell,
    form: Form,
    areas: Vec<Choice>,
    programmes: Vec<Choice>,
    out: String,
}

impl NewPage {
    fn kind(&self) -> Field {
        let choices = kinds::all()
            .iter()
            .map(|kind| Choice::new(kind.key.as_str(), kind.zh()).hint(kind.says.as_str()))
            .collect();
        self.form
            .field(Field::radio("kind", "核对什么", choices).required())
    }

    fn area(&self) -> Field {
        self.form.field(
            Field::select("area", "地区", self.areas.clone())
                .blank("管辖范围内全部")
                .hint("户籍或常住在这里的人"),
        )
    }

    fn age(&self) -> Field {
        let choices = AGES
            .iter()
            .map(|years| Choice::new(*years, format!("{years} 周岁及以上")))
            .collect();
        self.form
            .field(Field::select("age", "年龄", choices).blank("不限"))
    }

    fn group(&self) -> Field {
        let choices = Group::ALL
            .iter()
            .map(|group| Choice::new(group.key(), group.zh()))
            .collect();
        self.form
            .field(Field::select("group", "类别", choices).blank("不限"))
    }

    fn programme(&self) -> Field {
        self.form.field(
            Field::select("programme", "在享项目", self.programmes.clone())
                .blank("不限")
                .hint("只取正在领取这一项的人"),
        )
    }

    fn format(&self) -> Field {
        format_field(&self.form)
    }

    fn reason(&self) -> Field {
        reason_field(&self.form)
    }

    fn note(&self) -> Field {
        note_field(&self.form)
    }
}

/// Only civil affairs makes lists.
fn may(ctx: &Ctx) -> Result<(), Failure> {
    if kinds::makes(ctx.actor().role) {
        return Ok(());
    }
    let text = "比对名单由民政部门生成。";
    Err(PageError::refused("民政部门").text(text).into())
}

/// `GET /matching/new`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    may(&ctx)?;
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let kind = query.filter("kind").unwrap_or_default();
    let form = Form::filled([("kind", kind), ("format", "xlsx"), ("age", "60")]);
    Ok(ui::page_no_store(page(&ctx, form).await?))
}

async fn page(ctx: &Ctx, form: Form) -> Result<NewPage, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let chosen = form.text("area");
    Ok(NewPage {
        shell: super::under(ctx, Purpose::List, "新建比对"),
        areas: area_choices(ctx, &book, chosen.as_deref()),
        programmes: programmes(ctx).await?,
        out: sheet::OUT.join("、"),
        form,
    })
}

/// Programmes of the list in force whose roll was ever loaded: of the others nobody is known to receive them.
async fn programmes(ctx: &Ctx) -> Result<Vec<Choice>, Failure> {
    let connected = entitle::api::connected(&ctx.app.store).await?;
    let book = ctx.app.part::<PlanBook>()?;
    let Some(published) = book.in_force(ctx.today()) else {
        return Ok(Vec::new());
    };
    Ok(published
        .list
        .programmes()
        .iter()
        .filter(|row| connected.contains(&row.programme.id))
        .map(|row| Choice::new(row.programme.id.clone(), row.programme.name.clone()))
        .collect())
}

/// `POST /matching`
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    may(&ctx)?;
    let mut form = Form::from(data);
    let keys: Vec<&str> = kinds::all().iter().map(|kind| kind.key.as_str()).collect();
    let kind = form.one_of("kind", &keys, "请选择核对什么");
    let area = area_from(&ctx, &mut form);
    let format = form.one_of("format", &["xlsx", "csv"], "请选择文件格式");
    let (reason, note) = reason_from(&mut form);
    let programmes = programmes(&ctx).await?;
    let ask = ask(&mut form, &programmes, area);
    let (actor, today) = (ctx.actor(), ctx.today());
    let scope = batch::scope_of(&actor, area);
    let names = ctx.app.part::<NameIndex>()?;
    let total = people::api::number(&names, &scope, &ask.filter(today, 0));
    if !form.has_errors() && total == 0 {
        form.errors.add_form("没有符合条件的人，请放宽条件。");
    }
    if total > MOST_LISTED {
        form.errors.add_form(format!(
            "符合条件的有 {} 人，一份名单最多 {} 人。请选小一些的地区，或按年龄、类别分开。",
            ui::grouped(total.unsigned_abs()),
            ui::grouped(MOST_LISTED.unsigned_abs())
        ));
    }
    let (Some(kind), Some(format), Some(reason), false) = (kind, format, reason, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form).await?));
    };
    let says = words(&ctx, &ask, &programmes)?;
    let mut tx = ctx.begin().await?;
    let new = New {
        purpose: Purpose::List,
        kind: kind.clone(),
        owner: authz::Actor { scope, ..actor },
        reason: reason.clone(),
        note,
        says,
        ask,
        format,
        total,
    };
    let (id, no) = batch::insert(&mut tx, new).await?;
    make::enqueue(&mut tx, &id).await?;
    tx.audit(
        Audit::new("matching.ask")
            .subject(&id)
            .with("kind", kind)
            .with("reason", reason)
            .with("count", total),
    );
    tx.commit().await?;
    let text = format!("{no} 已开始生成，可以离开本页。");
    Ok(ctx.redirect_with(&format!("/matching/{id}"), "ok", &text))
}

fn ask(form: &mut Form, programmes: &[Choice], area: Option<kernel::AreaCode>) -> Ask {
    let mut pick = |name: &str, known: &[&str], message: &str| {
        form.text(name)
            .is_some()
            .then(|| form.one_of(name, known, message))
            .flatten()
    };
    let groups: Vec<&str> = Group::ALL.iter().map(|group| group.key()).collect();
    let ids: Vec<&str> = programmes
        .iter()
        .map(|choice| choice.value.as_str())
        .collect();
    Ask {
        area,
        group: pick("group", &groups, "没有这个类别"),
        age: pick("age", &AGES, "没有这个年龄段").and_then(|years| years.parse().ok()),
        programme: pick("programme", &ids, "没有这个在享项目"),
    }
}

/// 「曾都区；60 周岁及以上；低保」.
fn words(ctx: &Ctx, ask: &Ask, programmes: &[Choice]) -> Result<String, Failure> {
    let book = ctx.app.part::<AreaBook>()?;
    let mut out = vec![match &ask.area {
        Some(area) => book.full_name(area),
        None => ctx.actor().scope_name,
    }];
    out.extend(ask.age.map(|years| format!("{years} 周岁及以上")));
    let group = ask.group.as_deref().and_then(Group::from_key);
    out.extend(group.map(|group| group.zh().to_owned()));
    let programme = ask.programme.as_ref().and_then(|id| {
        let found = programmes.iter().find(|choice| choice.value == *id)?;
        Some(format!("在享{}", found.label))
    });
    out.extend(programme);
    Ok(out.join("；"))
}
