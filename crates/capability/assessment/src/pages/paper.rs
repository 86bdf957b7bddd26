//! 评估报告 as a file, in the order of annex C of the standard; every export is logged.

use crate::background;
use crate::book;
use crate::look;
use crate::model::{KINDS, Outcome, Request, zh};
use crate::sheet::{RELATIONS, Sheet};
use crate::whose;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, set_paper};
use people::api::{Person, words};
use store::Audit;
use ui::PageError;

/// `GET /assessments/{request}/report.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(id): Path<String>) -> Page {
    export(ctx, &id, Format::Pdf).await
}

/// `GET /assessments/{request}/report.docx`
pub(crate) async fn docx(ctx: Ctx, Path(id): Path<String>) -> Page {
    export(ctx, &id, Format::Docx).await
}

async fn export(ctx: Ctx, id: &str, format: Format) -> Page {
    let (request, person) = look::open(&ctx, id).await?;
    let paper = paper(&ctx, &request, &person).await?;
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("assessment.report")
        .person(&request.key.shard, &request.key.id)
        .with("request", request.request.as_str())
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(bytes, format, "评估报告", "report"))
}

async fn paper(ctx: &Ctx, request: &Request, person: &Person) -> Result<Paper, Failure> {
    let store = &ctx.app.store;
    let outcome = book::outcome(store, &request.request)
        .await?
        .ok_or_else(PageError::not_found)?;
    let sent = book::sent(store, &request.request).await?;
    let content = sent.last().and_then(|one| one.content.clone());
    let sheet = content.map_or_else(Sheet::default, |text| Sheet::of_json(request.scheme, &text));
    let bodies = book::bodies(store).await?;
    let body = bodies
        .iter()
        .find(|body| Some(&body.body) == request.body.as_ref())
        .map_or_else(
            || outcome.foreign_body.clone().unwrap_or_default(),
            |body| body.name.clone(),
        );
    let names = org::api::Names::of(store, request.assessors()).await?;
    let assessors: Vec<String> = request.assessors().map(|one| names.name(one)).collect();
    let today = ctx.today();
    let head = [
        ("姓名", person.name.clone()),
        ("性别", words::sex(&person.facts).to_owned()),
        ("年龄", words::age(&person.facts, today)),
        ("评估原因", zh(KINDS, &request.kind).to_owned()),
        ("评估基准日期", outcome.day.zh()),
        ("评估编号", request.request.clone()),
        (
            "信息提供者",
            format!("{}（{}）", sheet.informant, zh(RELATIONS, &sheet.relation)),
        ),
    ];
    let mut blocks = vec![pairs(&head), heading("一级指标得分")];
    blocks.push(Block::Table(scores(request, &outcome)));
    blocks.push(heading("初步等级、变更依据和最终等级"));
    let reasons = outcome.reasons();
    blocks.push(Block::Points {
        points: reasons
            .into_iter()
            .map(|says| (String::new(), says))
            .collect(),
    });
    blocks.push(Block::Text {
        text: format!("最终等级：{}", request.scheme.level_name(outcome.level)),
    });
    blocks.push(heading("逐项评分"));
    blocks.push(Block::Table(items(request, &sheet)));
    for part in background::parts(request.scheme) {
        let told = background::told(part, &sheet.background);
        if !told.is_empty() {
            blocks.push(heading(part.name));
            blocks.push(pairs(&told));
        }
    }
    blocks.push(pairs(&[
        ("评估机构（盖章）", body),
        ("评估员签名", assessors.join("、")),
        ("信息提供者签名", String::new()),
        ("日期", outcome.day.zh()),
    ]));
    let validity = outcome.valid_until.map_or_else(
        || "尚未复核，不作为办理依据".to_owned(),
        |until| format!("有效至 {}", until.plus_days(-1).zh()),
    );
    Ok(Paper {
        title: format!("{}报告", report_name(request)),
        subtitle: format!("{} {}", request.scheme.document, request.scheme.name),
        date_line: validity,
        notice: host::demo_notice(ctx),
        blocks,
        note: format!(
            "对结论有异议的，可在告知的期限内向{}提出，由其他评估员复评。",
            whose::county(request.scheme)
        ),
        made: outcome.day,
    })
}

fn report_name(request: &Request) -> &'static str {
    match request.scheme.id.as_str() {
        "gbt-42195-2022" => "老年人能力评估",
        "tekun-2021" => "特困人员生活自理能力评估",
        "ltc-2021" => "长期护理失能等级评估",
        _ => "评估",
    }
}

pub(super) fn heading(text: &str) -> Block {
    Block::Heading {
        text: text.to_owned(),
        aside: String::new(),
    }
}

pub(super) fn pairs(rows: &[(&str, String)]) -> Block {
    Block::Table(Table {
        columns: vec![Column::words("项目", 3), Column::words("内容", 7)],
        rows: rows
            .iter()
            .map(|(name, value)| vec![Cell::strong((*name).to_owned()), Cell::from(value.clone())])
            .collect(),
        empty: String::new(),
    })
}

fn scores(request: &Request, outcome: &Outcome) -> Table {
    let all = outcome
        .outcome
        .as_ref()
        .and_then(|all| all.get("first_level"));
    Table {
        columns: vec![
            Column::words("一级指标", 6),
            Column::words("得分", 2),
            Column::words("满分", 2),
        ],
        rows: request
            .scheme
            .groups
            .iter()
            .map(|group| {
                let score = all.and_then(|all| all.get(&group.id)?.as_i64());
                vec![
                    Cell::from(format!("{} {}", group.id, group.name)),
                    Cell::from(score.map_or_else(String::new, |n| n.to_string())),
                    Cell::from(group.most().to_string()),
                ]
            })
            .collect(),
        empty: String::new(),
    }
}

fn items(request: &Request, sheet: &Sheet) -> Table {
    Table {
        columns: vec![
            Column::words("项目", 3),
            Column::words("得分", 1),
            Column::words("评估情况", 6),
        ],
        rows: request
            .scheme
            .items()
            .filter_map(|item| {
                let points = sheet.answers.points(&item.id)?;
                Some(vec![
                    Cell::from(format!("{} {}", item.id, item.name)),
                    Cell::from(points.to_string()),
                    Cell::from(item.says(points).unwrap_or_default().to_owned()),
                ])
            })
            .collect(),
        empty: "没有逐项评分".to_owned(),
    }
}
