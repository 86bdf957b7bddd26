//! 办事指南: for everybody, on the web and printed, from the same procedures that cases run by.

use crate::book;
use crate::procedures::{Kind, Procedure, Procedures, applicant_zh};
use askama::Template;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Format, Page, set_paper};
use pay::api::{programme_zh, programmes};
use ui::{PageError, Shell};

#[derive(Template)]
#[template(path = "pages/guides.html")]
struct GuidesPage {
    shell: Shell,
    rows: Vec<(String, String, bool, i32)>,
}

async fn in_force(ctx: &Ctx) -> Result<std::sync::Arc<Procedures>, host::Failure> {
    let loaded = book::in_force(&ctx.app.store).await?;
    Ok(loaded
        .map(|loaded| loaded.procedures)
        .ok_or_else(|| PageError::not_found().text("还没有载入办事指南。"))?)
}

/// `GET /guides`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let loaded = book::in_force(&ctx.app.store).await?;
    let rows = loaded.map_or_else(Vec::new, |loaded| {
        loaded
            .procedures
            .procedures
            .iter()
            .map(|one| {
                let href = format!("/guides/{}", one.programme);
                (href, one.title.clone(), one.free, one.all_days())
            })
            .collect()
    });
    Ok(ui::page(GuidesPage {
        shell: ctx.shell("办事指南"),
        rows,
    }))
}

struct StepLine {
    title: String,
    by: &'static str,
    days: String,
    beside: bool,
}

#[derive(Template)]
#[template(path = "pages/guide.html")]
struct GuidePage {
    shell: Shell,
    programme: String,
    name: String,
    free: bool,
    ways: Vec<&'static str>,
    evidence: Vec<(String, String, bool)>,
    steps: Vec<StepLine>,
    days: i32,
    publicity: String,
    appeal: i32,
    phone: String,
    clause: String,
    confirm: bool,
}

/// What is posted, in words.
fn publicity_zh(procedure: &Procedure) -> String {
    let Some(publicity) = &procedure.publicity else {
        return "不公示".to_owned();
    };
    let shows: Vec<&str> = publicity
        .shows
        .iter()
        .map(|one| match one.as_str() {
            "name" => "姓名（隐去部分字）",
            "village" => "所在村",
            "programme" => "待遇",
            _ => "金额",
        })
        .collect();
    format!(
        "在{}公示 {} 天，只写{}",
        publicity.place,
        publicity.days,
        shows.join("、")
    )
}

fn steps_of(procedure: &Procedure) -> Vec<StepLine> {
    procedure
        .steps
        .iter()
        .map(|step| StepLine {
            title: step.title.clone(),
            by: step.by_zh(),
            days: match (step.kind, step.days, &procedure.publicity) {
                (Kind::Publicity, _, Some(publicity)) => format!("{} 天", publicity.days),
                (_, Some(days), _) => format!("{days} 个工作日"),
                _ => String::new(),
            },
            beside: step.beside,
        })
        .collect()
}

/// `GET /guides/{programme}`
pub(crate) async fn one(ctx: Ctx, Path(programme): Path<String>) -> Page {
    let all = in_force(&ctx).await?;
    let procedure = all.of(&programme).ok_or_else(PageError::not_found)?;
    let evidence = procedure
        .evidence
        .iter()
        .filter_map(|id| all.evidence.iter().find(|one| one.id == *id));
    Ok(ui::page(GuidePage {
        shell: ctx
            .shell(procedure.title.clone())
            .crumb("办事指南", "/guides"),
        name: programme_zh(&programmes(&ctx)?, &programme),
        free: procedure.free,
        ways: procedure
            .applicants
            .iter()
            .map(|one| applicant_zh(one))
            .collect(),
        evidence: evidence
            .map(|one| (one.name.clone(), one.note.clone(), !one.known.is_empty()))
            .collect(),
        steps: steps_of(procedure),
        days: procedure.all_days(),
        publicity: publicity_zh(procedure),
        appeal: procedure.appeal_days,
        phone: procedure.objection_phone.clone(),
        clause: procedure.clause.clone(),
        confirm: procedure.confirm,
        programme,
    }))
}

/// `GET /guides/{programme}/guide.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(programme): Path<String>) -> Page {
    print(ctx, &programme, Format::Pdf).await
}

/// `GET /guides/{programme}/guide.docx`
pub(crate) async fn docx(ctx: Ctx, Path(programme): Path<String>) -> Page {
    print(ctx, &programme, Format::Docx).await
}

async fn print(ctx: Ctx, programme: &str, format: Format) -> Page {
    let all = in_force(&ctx).await?;
    let procedure = all.of(programme).ok_or_else(PageError::not_found)?;
    let bytes = set_paper(&ctx, paper(&ctx, &all, procedure), format).await?;
    let name = format!("办事指南-{}", procedure.title);
    Ok(host::paper_file(bytes, format, &name, "guide"))
}

/// The guide as a paper.
fn paper(ctx: &Ctx, all: &Procedures, procedure: &Procedure) -> Paper {
    let text = |text: String| Block::Text { text };
    let heading = |text: &str| Block::Heading {
        text: text.to_owned(),
        aside: String::new(),
    };
    let ways: Vec<&str> = procedure
        .applicants
        .iter()
        .map(|one| applicant_zh(one))
        .collect();
    let evidence = procedure
        .evidence
        .iter()
        .filter_map(|id| all.evidence.iter().find(|one| one.id == *id));
    let mut blocks = Vec::new();
    if procedure.free {
        blocks.push(text(
            "免申即享：符合条件的，民政部门核对后直接发放，无需申请。".to_owned(),
        ));
    }
    blocks.extend([
        text(format!("谁可以申请：{}", ways.join("、"))),
        heading("材料"),
        Block::Table(Table {
            columns: vec![Column::words("材料", 3), Column::words("说明", 7)],
            rows: evidence
                .map(|one| vec![Cell::strong(one.name.clone()), Cell::from(one.note.clone())])
                .collect(),
            empty: "不用带材料".to_owned(),
        }),
        heading("办理环节"),
        Block::Table(Table {
            columns: vec![
                Column::words("环节", 4),
                Column::words("谁办", 4),
                Column::words("期限", 3),
            ],
            rows: steps_of(procedure)
                .into_iter()
                .map(|step| {
                    vec![
                        Cell::strong(step.title),
                        Cell::from(step.by.to_owned()),
                        Cell::from(step.days),
                    ]
                })
                .collect(),
            empty: String::new(),
        }),
        text(format!("公示：{}。", publicity_zh(procedure))),
        text(format!(
            "不服决定的，可以在 {} 天内申诉，也可以依法申请行政复议或提起行政诉讼。异议和投诉电话 {}。",
            procedure.appeal_days, procedure.objection_phone
        )),
    ]);
    Paper {
        title: format!("{}办事指南", procedure.title),
        subtitle: ctx.app.place.clone(),
        date_line: format!("打印日期 {}", ctx.today().zh()),
        notice: if procedure.confirm {
            "环节和时限待当地确认".to_owned()
        } else {
            String::new()
        },
        blocks,
        note: format!("依据：{}", procedure.clause),
        made: ctx.today(),
    }
}
