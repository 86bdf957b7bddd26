//! 排序表 and 入住评估结论 as files; every export is logged.

use super::one;
use crate::admission::model::{Admission, State};
use crate::admission::order::{self, Placed};
use crate::admission::standing::stand;
use crate::admission::terms::terms;
use crate::admission::{book, look};
use crate::model::{ORIGINS, zh};
use crate::pages::paper::{heading, pairs};
use area::api::AreaBook;
use axum::extract::Path;
use axum::http::StatusCode;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, set_paper};
use people::api::{Fact, Person, words};
use store::Audit;
use ui::PageError;

/// `GET /assessments/admissions/order.pdf`
pub(crate) async fn order_pdf(ctx: Ctx) -> Page {
    order(ctx, Format::Pdf).await
}

/// `GET /assessments/admissions/order.docx`
pub(crate) async fn order_docx(ctx: Ctx) -> Page {
    order(ctx, Format::Docx).await
}

/// `GET /assessments/admissions/{admission}/conclusion.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(id): Path<String>) -> Page {
    conclusion(ctx, &id, Format::Pdf).await
}

/// `GET /assessments/admissions/{admission}/conclusion.docx`
pub(crate) async fn docx(ctx: Ctx, Path(id): Path<String>) -> Page {
    conclusion(ctx, &id, Format::Docx).await
}

fn notice(ctx: &Ctx) -> String {
    if ctx.app.demo.is_some() {
        "演示数据".to_owned()
    } else {
        String::new()
    }
}

async fn order(ctx: Ctx, format: Format) -> Page {
    look::offices(&ctx)?;
    let (store, today) = (&ctx.app.store, ctx.today());
    let areas = ctx.app.part::<AreaBook>()?;
    let all = order::placed(store, &ctx.scope(), State::Assessed, today).await?;
    let ids: Vec<String> = all.iter().map(|one| one.admission.key.id.clone()).collect();
    let waits = all.into_iter().filter(|one| one.place.is_some());
    let paper = Paper {
        title: "公办养老机构入住评估排序表".to_owned(),
        subtitle: ctx.actor().scope_name,
        date_line: format!("按 {} 的信息排序", today.zh()),
        notice: notice(&ctx),
        blocks: vec![Block::Table(Table {
            columns: vec![
                Column::numbers("顺序", 1),
                Column::words("姓名", 2),
                Column::words("常住地", 3),
                Column::words("优先类别和理由", 7),
                Column::words("能力等级", 3),
                Column::words("照护等级", 2),
                Column::words("申请日期", 2),
            ],
            rows: waits.map(|one| row(&areas, one)).collect(),
            empty: "没有已评估的入住申请".to_owned(),
        })],
        note: format!(
            "先看优先类别，再看能力等级（重的在前），再看同等条件下优先，最后看申请先后；待核实的排在已确定的之后。内部使用，不张贴。{}",
            terms().confirm
        ),
        made: today,
    };
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("admission.order")
        .with("count", ids.len() as i64)
        .with("keys", serde_json::json!(ids))
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(bytes, format, "入住评估排序表", "order"))
}

fn row(areas: &AreaBook, one: Placed) -> Vec<Cell> {
    let level = one.admission.level;
    let person = one.person.as_ref();
    let reasons = [
        one.standing.zh(),
        one.standing.why(),
        one.standing.equal_zh(),
    ];
    let reasons: Vec<String> = reasons.into_iter().filter(|one| !one.is_empty()).collect();
    let place = one.place.map_or_else(String::new, |n| n.to_string());
    let area = person.map(|p| words::area(areas, p, Fact::RESIDENCE_AREA));
    vec![
        Cell::from(place),
        Cell::strong(person.map_or_else(String::new, |p| p.name.clone())),
        Cell::from(area.unwrap_or_default()),
        Cell::from(reasons.join("；")),
        Cell::from(level_name(level)),
        Cell::from(level.map_or("", |level| terms().grade(level))),
        Cell::from(one.admission.asked_at.day().to_string()),
    ]
}

fn level_name(level: Option<usize>) -> String {
    level
        .and_then(|level| Some(terms().scheme().ok()?.level_name(level).to_owned()))
        .unwrap_or_default()
}

async fn conclusion(ctx: Ctx, id: &str, format: Format) -> Page {
    let (row, person) = look::open(&ctx, id).await?;
    if row.state != State::Assessed {
        return Err(
            PageError::bad_request("还没有入住评估结论，出结论后再打印。")
                .title("现在不能办")
                .with_status(StatusCode::CONFLICT)
                .link("看这件申请", &row.href())
                .into(),
        );
    }
    let paper = told(&ctx, &row, &person).await?;
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("admission.conclusion")
        .person(&row.key.shard, &row.key.id)
        .with("admission", row.admission.as_str())
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(
        bytes,
        format,
        "入住评估结论",
        "conclusion",
    ))
}

async fn told(ctx: &Ctx, row: &Admission, person: &Person) -> Result<Paper, Failure> {
    let today = ctx.today();
    let areas = ctx.app.part::<AreaBook>()?;
    let said = book::words(&ctx.app.store, &row.admission).await?;
    let subject = person.subject();
    let home = subject.residence.or(subject.hukou);
    let standing = stand(&person.facts, today);
    let class = standing.best();
    let place = one::place(ctx, row, person).await?;
    let until = row.valid_until.map_or_else(String::new, |until| {
        format!("有效至 {}", until.plus_days(-1).zh())
    });
    let head = [
        ("姓名", person.name.clone()),
        ("性别", words::sex(&person.facts).to_owned()),
        ("年龄", words::age(&person.facts, today)),
        ("常住地", words::area(&areas, person, Fact::RESIDENCE_AREA)),
        (
            "申请",
            format!("{}，{}", row.asked_at.day().zh(), zh(ORIGINS, &row.origin)),
        ),
        ("意愿", said.wish.unwrap_or_default()),
    ];
    let result = [
        ("优先类别", standing.zh()),
        ("理由", standing.why()),
        (
            "依据",
            class.map_or_else(String::new, |class| {
                format!("“{}”（{}）", class.clause, class.source)
            }),
        ),
        ("同等条件", standing.equal_zh()),
        ("能力等级", level_name(row.level)),
        (
            "照护等级",
            row.level
                .map_or_else(String::new, |level| terms().grade(level).to_owned()),
        ),
        (
            "位次",
            place.map_or_else(String::new, |one| {
                format!("{}第 {} 位，共 {} 人", one.county, one.at, one.of)
            }),
        ),
    ];
    let result: Vec<(&str, String)> = result
        .into_iter()
        .filter(|(_, says)| !says.is_empty())
        .collect();
    Ok(Paper {
        title: "公办养老机构入住评估结论".to_owned(),
        subtitle: home.map_or_else(String::new, |code| areas.county_office(&code)),
        date_line: until,
        notice: notice(ctx),
        blocks: vec![
            heading("申请人"),
            pairs(&head),
            heading("评估结论"),
            pairs(&result),
            pairs(&[
                ("评估单位（盖章）", String::new()),
                ("本人或家属签名", String::new()),
                ("日期", String::new()),
            ]),
        ],
        note: format!(
            "位次按 {} 的信息，之后随信息和新的申请变动。{}",
            today.zh(),
            terms().confirm
        ),
        made: today,
    })
}
