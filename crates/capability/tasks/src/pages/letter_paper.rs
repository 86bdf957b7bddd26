//! `GET /tasks/letters/{id}/letter.pdf` and `.docx`: the 督办单 as a file; every export is logged.

use super::look::Look;
use crate::book;
use crate::model::Letter;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Format, Page, set_paper};
use store::Audit;
use ui::PageError;

/// `GET /tasks/letters/{id}/letter.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(id): Path<String>) -> Page {
    export(ctx, &id, Format::Pdf).await
}

/// `GET /tasks/letters/{id}/letter.docx`
pub(crate) async fn docx(ctx: Ctx, Path(id): Path<String>) -> Page {
    export(ctx, &id, Format::Docx).await
}

async fn export(ctx: Ctx, id: &str, format: Format) -> Page {
    let look = Look::of(&ctx)?;
    let letter = book::letter(&ctx.app.store, &look.seen, id)
        .await?
        .ok_or_else(|| PageError::not_found().text("没有这张督办单，或者它是发给别的单位的。"))?;
    let paper = paper(&letter, ctx.app.demo.is_some());
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("task.letter_export")
        .subject(&letter.id)
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    let name = format!("督办单-{}-{}", letter.year, letter.no);
    Ok(host::paper_file(bytes, format, &name, "letter"))
}

/// The letter as a paper; the same letter gives the same bytes.
fn paper(letter: &Letter, demo: bool) -> Paper {
    let to = if letter.person.is_empty() {
        format!("{}：", letter.office)
    } else {
        format!("{}（责任人：{}）：", letter.office, letter.person)
    };
    let text = |text: String| Block::Text { text };
    let mut rows: Vec<Vec<Cell>> = letter
        .facts
        .iter()
        .map(|(word, value)| vec![Cell::strong(word.clone()), Cell::from(value.clone())])
        .collect();
    rows.push(vec![
        Cell::strong("答复期限"),
        Cell::from(format!("{}（{} 个工作日）", letter.due.zh(), letter.days)),
    ]);
    Paper {
        title: "督办单".to_owned(),
        subtitle: letter.number(),
        date_line: format!("签发日期 {}", letter.issued.day().zh()),
        notice: if demo {
            "演示数据".to_owned()
        } else {
            String::new()
        },
        blocks: vec![
            text(to),
            text(format!("{}。{}", letter.title, letter.demand)),
            Block::Table(Table {
                columns: vec![Column::words("项目", 2), Column::words("内容", 8)],
                rows,
                empty: String::new(),
            }),
            text(format!("签发人：{}", letter.issued_name)),
            text(format!("{}（盖章）", letter.issuer_office)),
            text("承办单位答复：".to_owned()),
        ],
        note: "单上的数由数据和已核定的进展生成，不由人填。".to_owned(),
        made: letter.issued.day(),
    }
}
