//! 免申即享: everybody the list owes a programme that nobody need apply for, put together for a second person to approve.

use super::bulk::LONGEST;
use super::bulk_one::title;
use super::{bodies, loaded};
use crate::bulk::{self, New};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use entitle::api::Followed;
use host::{Ctx, Failure, Page};
use pay::api::{programme_zh, programmes};
use ui::{Choice, Field, Form, FormData, ListQuery, ListSpec, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["office"]);

struct FreeLine {
    programme: String,
    name: String,
    people: i64,
    money: String,
}

#[derive(Template)]
#[template(path = "pages/free.html")]
struct FreePage {
    shell: Shell,
    form: Form,
    office: String,
    offices: Vec<Choice>,
    lines: Vec<FreeLine>,
    past: Vec<(String, String, String, i64, i64)>,
}

impl FreePage {
    /// Whether there is a body to choose.
    const fn several(&self) -> bool {
        self.offices.len() > 1
    }

    fn programme_field(&self) -> Field {
        let choices = self
            .lines
            .iter()
            .filter(|line| line.people > 0)
            .map(|line| {
                Choice::new(line.programme.clone(), line.name.clone())
                    .hint(format!("{} 人，每月 {} 元", line.people, line.money))
            })
            .collect();
        self.form
            .field(Field::radio("programme", "哪项待遇", choices).required())
    }

    fn start_field(&self) -> Field {
        let choices = vec![
            Choice::new("decision", "从批准之日起"),
            Choice::new("since", "从各人符合之日起").hint("以前各月补发"),
        ];
        self.form
            .field(Field::radio("from", "从什么时候算", choices).required())
    }

    fn reason_field(&self) -> Field {
        self.form.field(
            Field::lines("reason", "说明")
                .rows(2)
                .required()
                .hint("写进每一件的决定，例如：数据比对符合，免申即享")
                .maxlength(LONGEST),
        )
    }
}

/// The bodies the asker proposes for.
fn own(ctx: &Ctx) -> Result<Vec<String>, Failure> {
    bodies::own(ctx, "免申即享由县级民政部门提出和批准。")
}

async fn page(ctx: &Ctx, form: Form, own: &[String], office: &str) -> Result<FreePage, Failure> {
    let loaded = loaded(ctx).await?;
    let known = programmes(ctx)?;
    let areas = ctx.app.part::<AreaBook>()?;
    let mut lines = Vec::new();
    for one in loaded.procedures.procedures.iter().filter(|one| one.free) {
        let mut filter = entitle::api::all_findings("owed", &ctx.scope());
        filter.followed = Followed::Working(ctx.today());
        filter.areas = areas.executor_scope(office);
        filter.programme = Some(one.programme.clone());
        let (people, fen) =
            entitle::api::finding_sum(&ctx.app.store, &ctx.scope(), &filter).await?;
        lines.push(FreeLine {
            programme: one.programme.clone(),
            name: programme_zh(&known, &one.programme),
            people,
            money: super::yuan(fen),
        });
    }
    let mut past = Vec::new();
    for one in bulk::last(&ctx.app.store, &[office.to_owned()], 20).await? {
        let state = match one.state.as_str() {
            "proposed" => "待批准",
            "running" => "正在办",
            "withdrawn" => "已撤回",
            _ => "已办完",
        };
        past.push((
            format!("/cases/bulk/{}", one.bulk),
            title(ctx, &one)?,
            state.to_owned(),
            one.done,
            one.total,
        ));
    }
    Ok(FreePage {
        shell: ctx.shell("免申即享").crumb("申请审批", "/cases"),
        form,
        office: office.to_owned(),
        offices: bodies::choices(&areas, own),
        lines,
        past,
    })
}

/// `GET /cases/free`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let own = own(&ctx)?;
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("office", |key| own.iter().any(|one| one == key))?;
    let office = match query.filter("office") {
        Some(office) => office.to_owned(),
        None => bodies::last(&ctx, &own).await?,
    };
    let form = Form::filled([("from", "decision")]);
    Ok(ui::page_no_store(page(&ctx, form, &own, &office).await?))
}

/// `POST /cases/free`: everybody the list owes a programme becomes one batch for a second person.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let own = own(&ctx)?;
    let loaded = loaded(&ctx).await?;
    let allowed: Vec<&str> = loaded
        .procedures
        .procedures
        .iter()
        .filter(|one| one.free)
        .map(|one| one.programme.as_str())
        .collect();
    let mut form = Form::from(data);
    let Some(office) = bodies::chosen(&mut form, &own, "请选择为哪个单位提出") else {
        let last = bodies::last(&ctx, &own).await?;
        return Ok(ui::page_422(page(&ctx, form, &own, &last).await?));
    };
    let programme = form.one_of("programme", &allowed, "请选择免申即享的待遇");
    let from = form.one_of("from", &["decision", "since"], "请选择从什么时候算");
    let reason = form.required("reason", "请写说明");
    form.within("reason", LONGEST);
    let (Some(programme), Some(from), Some(reason), false) =
        (programme, from, reason, form.has_errors())
    else {
        return Ok(ui::page_422(page(&ctx, form, &own, &office).await?));
    };
    let areas = ctx.app.part::<AreaBook>()?;
    let mut filter = entitle::api::all_findings("owed", &ctx.scope());
    // Who gave it up in writing, or gets it elsewhere, is not granted it over their heads.
    filter.followed = Followed::Working(ctx.today());
    filter.areas = areas.executor_scope(&office);
    filter.programme = Some(programme.clone());
    filter.most = i64::from(i32::MAX);
    let found = entitle::api::findings(&ctx.app.store, &ctx.scope(), &filter).await?;
    if found.is_empty() {
        form.errors.add("programme", "这项待遇现在没有应享未享的人");
        return Ok(ui::page_422(page(&ctx, form, &own, &office).await?));
    }
    let mut tx = ctx.begin().await?;
    let new = New {
        act: "free",
        programme: &programme,
        office: &office,
        reason: &reason,
        since: from == "since",
        items: found.into_iter().map(|one| one.finding).collect(),
    };
    let id = bulk::create(&mut tx, new).await?;
    tx.commit().await?;
    Ok(ctx.redirect_with(
        &format!("/cases/bulk/{id}"),
        "ok",
        "已提出，请另一位同事批准。",
    ))
}
