//! 发放批次: every batch of the reader's offices, and beginning one.

use super::{office_zh, offices, paid_here, programme_zh, programmes, yuan};
use crate::runs::{self, New, State};
use crate::terms;
use area::api::AreaBook;
use askama::Template;
use authz::Role;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use ledger::Month;
use plan::api::PlanBook;
use store::{Reads, StoreError, values};
use ui::{
    Choice, Column, Field, Form, FormData, ListQuery, ListSpec, PageError, Pager, Shell, Table,
    Total,
};

const SPEC: ListSpec = ListSpec::filtered(&["programme", "month", "state"]);

struct Line {
    href: String,
    batch: String,
    office: String,
    programme: String,
    month: String,
    people: String,
    money: String,
    state: State,
    again: bool,
    mine: bool,
}

#[derive(Template)]
#[template(path = "pages/runs.html")]
struct RunsPage {
    shell: Shell,
    form: Form,
    table: Table,
    rows: Vec<Line>,
    pager: Pager,
    query: ListQuery,
    programmes: Vec<Choice>,
    states: Vec<Choice>,
    may_make: bool,
    ready: bool,
    offices: Vec<Choice>,
    month: String,
}

impl RunsPage {
    fn programme(&self) -> Field {
        let choices = self.programmes.clone();
        self.form.field(
            Field::select("programme", "待遇", choices)
                .required()
                .blank("请选择"),
        )
    }

    fn office(&self) -> Field {
        let only = self.offices.len() == 1;
        let first = self
            .offices
            .first()
            .map_or("", |choice| choice.value.as_str());
        let field = Field::select("office", "单位", self.offices.clone()).required();
        self.form.field(if only {
            field.chosen(&[first])
        } else {
            field.blank("请选择")
        })
    }

    fn month_field(&self) -> Field {
        let field = Field::text("month", "所属月份")
            .hint("写成 2025-06")
            .required();
        self.form.field(field.value(self.month.clone()))
    }
}

/// `GET /payments`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    Ok(ui::page_no_store(page(&ctx, query, Form::default()).await?))
}

/// `POST /payments`: the office of the reader begins the batch of a month.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let actor = ctx.actor();
    if actor.role != Role::CountyCivil {
        return Err(PageError::refused("县民政局")
            .text("批次由县民政局生成。")
            .into());
    }
    let mut form = Form::from(data);
    let mine = offices(&ctx)?;
    let allowed: Vec<&str> = mine.iter().map(String::as_str).collect();
    let office = form.one_of("office", &allowed, "请选择单位");
    let paid = paid_here(&ctx).await?;
    let allowed: Vec<&str> = paid.iter().map(|choice| choice.value.as_str()).collect();
    let programme = form.one_of("programme", &allowed, "请选择待遇");
    let month = form
        .required("month", "请填写月份")
        .and_then(|text| match text.parse::<Month>() {
            Ok(month) => Some(month),
            Err(error) => {
                form.errors.add("month", error.to_string());
                None
            }
        });
    if let Some(month) = month.filter(|month| *month > Month::of(ctx.today()).plus(1)) {
        form.errors
            .add("month", format!("{}还没到，最多提前一个月生成", month.zh()));
    }
    let (Some(office), Some(programme), Some(month), false) =
        (office, programme, month, form.has_errors())
    else {
        return refused(&ctx, form, false).await;
    };
    let (book, loaded) = (
        ctx.app.part::<PlanBook>()?,
        terms::in_force(&ctx.app.store).await?,
    );
    let (Some(list), Some(loaded)) = (book.in_force(ctx.today()), loaded) else {
        form.errors
            .add_form("还没有发布清单或发放规则，不能生成批次；请系统管理员载入发放规则。");
        return refused(&ctx, form, false).await;
    };
    let mut tx = ctx.begin().await?;
    if crate::periods::is_closed(&tx, &office, month).await? {
        tx.rollback().await?;
        let words = format!("{}已经关账，差额在下一个月的批次里补发或抵扣", month.zh());
        form.errors.add("month", words);
        return refused(&ctx, form, false).await;
    }
    let new = New {
        office: &office,
        programme: &programme,
        month,
        terms: loaded.no,
        list: &list.digest,
        known: tx.at(),
        again: false,
    };
    let made = runs::create(&mut tx, &actor, &new).await;
    if matches!(made, Err(StoreError::Duplicate(_))) {
        tx.rollback().await?;
        form.errors.add(
            "month",
            format!("{}的批次已经生成，在下面的列表里打开", month.zh()),
        );
        return refused(&ctx, form, true).await;
    }
    let run = made?;
    let payload = serde_json::to_string(&(&run, &actor))
        .map_err(|error| StoreError::Other(error.to_string()))?;
    let at = tx.at();
    tx.enqueue(crate::DRAW, &payload, Some(&run), at).await?;
    tx.commit().await?;
    Ok(ctx.redirect_with(
        &format!("/payments/{run}"),
        "ok",
        "正在生成，人多时要等一会儿；刷新页面看进度。",
    ))
}

async fn refused(ctx: &Ctx, form: Form, stale: bool) -> Page {
    let query = ListQuery::of(None, &SPEC)?;
    let page = page(ctx, query, form).await?;
    Ok(if stale {
        ui::page_409(page)
    } else {
        ui::page_422(page)
    })
}

async fn page(ctx: &Ctx, query: ListQuery, form: Form) -> Result<RunsPage, Failure> {
    let (store, actor) = (&ctx.app.store, ctx.actor());
    let mine = offices(ctx)?;
    let month = match query.filter("month") {
        None => None,
        Some(text) => Some(
            text.parse::<Month>()
                .map_err(|error| PageError::bad_request(error.to_string()))?,
        ),
    };
    query.allowed("state", |key| State::from_key(key).is_some())?;
    let asked = runs::Asked {
        offices: mine.clone(),
        programme: query.filter("programme").map(str::to_owned),
        month,
        state: query.filter("state").and_then(State::from_key),
        open: false,
    };
    let total = runs::count(store, &asked).await?;
    let list = runs::list(store, &asked, query.offset() as i64, i64::from(query.size)).await?;
    let (book, names) = (ctx.app.part::<AreaBook>()?, programmes(ctx)?);
    let mut rows = Vec::with_capacity(list.len());
    for run in list {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n, CAST(coalesce(sum(fen), 0) AS BIGINT) AS fen FROM pay_attempt WHERE run = $1 \
             AND state <> 'held' AND state <> 'void'";
        let sums = store.one(sql, values![run.run.as_str()]).await?;
        let (people, fen) = match sums {
            Some(row) => (row.int("n")?, row.int("fen")?),
            None => (0, 0),
        };
        let waits = runs::Step::ALL.into_iter().any(|step| {
            step != runs::Step::Back
                && step.between().0 == run.state
                && step.roles().contains(&actor.role)
        });
        rows.push(Line {
            href: format!("/payments/{}", run.run),
            office: office_zh(&book, &run.office),
            programme: programme_zh(&names, &run.programme),
            month: run.month.zh(),
            people: ui::text::grouped(people.unsigned_abs()),
            money: yuan(fen),
            state: run.state,
            again: run.again,
            mine: waits,
            batch: run.batch,
        });
    }
    let columns = [
        Column::new("批次"),
        Column::new("单位"),
        Column::new("月份"),
        Column::number("笔数"),
        Column::number("金额（元）"),
        Column::new("状态"),
        Column::end("办理"),
    ];
    let states = State::ALL
        .into_iter()
        .map(|state| Choice::new(state.key(), state.zh()))
        .collect();
    let offices = mine
        .iter()
        .map(|key| Choice::new(key.clone(), office_zh(&book, key)))
        .collect();
    Ok(RunsPage {
        shell: ctx.shell("发放批次"),
        form,
        table: Table::new("发放批次", &columns, "/payments", &query),
        rows,
        pager: Pager::new(
            "/payments",
            &query,
            Total::Exact(total.unsigned_abs()),
            None,
            None,
        ),
        programmes: paid_here(ctx).await?,
        states,
        may_make: actor.role == Role::CountyCivil,
        ready: terms::in_force(store).await?.is_some(),
        offices,
        month: Month::of(ctx.today()).to_string(),
        query,
    })
}
