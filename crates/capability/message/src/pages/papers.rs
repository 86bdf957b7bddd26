//! 告知单: messages on paper, one a page, for those whom nothing else reaches.

use crate::book::{self, Asked, Message};
use area::api::AreaBook;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, set_paper};
use people::api::Person;
use rules::FactId;
use std::collections::BTreeMap;
use store::Audit;
use ui::PageError;

/// Papers of one file.
const MOST: i64 = 100;

/// `POST /messages/papers`: prints what waits on paper and marks it.
pub(crate) async fn post(ctx: Ctx) -> Page {
    let asked = Asked {
        to_print: true,
        ..Asked::default()
    };
    let all = book::page(&ctx.app.store, &ctx.scope(), &asked, 0, MOST).await?;
    if all.is_empty() {
        return Ok(ctx.redirect_with("/messages", "info", "没有等着打印的告知单。"));
    }
    let bytes = set_paper(&ctx, paper(&ctx, &all).await?, Format::Pdf).await?;
    let codes: Vec<String> = all.iter().map(|one| one.code.clone()).collect();
    let mut tx = ctx.begin().await?;
    book::printed(&mut tx, &codes).await?;
    tx.audit(
        Audit::new("message.print")
            .with("count", codes.len() as i64)
            .with(
                "keys",
                serde_json::json!(all.iter().map(|one| &one.key.id).collect::<Vec<_>>()),
            ),
    );
    tx.commit().await?;
    Ok(host::paper_file(bytes, Format::Pdf, "告知单", "notice"))
}

/// `GET /messages/{code}/paper.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(code): Path<String>) -> Page {
    one(ctx, code, Format::Pdf).await
}

/// `GET /messages/{code}/paper.docx`
pub(crate) async fn docx(ctx: Ctx, Path(code): Path<String>) -> Page {
    one(ctx, code, Format::Docx).await
}

async fn one(ctx: Ctx, code: String, format: Format) -> Page {
    let found = book::one(&ctx.app.store, &ctx.scope(), &code)
        .await?
        .ok_or_else(|| PageError::not_found().text("没有这条消息，或者它不在您的管辖范围。"))?;
    ctx.log_reads(&[Audit::new("message.print")
        .person(&found.key.shard, &found.key.id)
        .with("code", code)])
        .await?;
    let paper = paper(&ctx, std::slice::from_ref(&found)).await?;
    let bytes = set_paper(&ctx, paper, format).await?;
    Ok(host::paper_file(bytes, format, "告知单", "notice"))
}

async fn paper(ctx: &Ctx, all: &[Message]) -> Result<Paper, Failure> {
    let ids = all.iter().map(|one| one.key.id.clone()).collect();
    let people: BTreeMap<String, Person> = people::api::of_ids(&ctx.app.store, &ctx.scope(), ids)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let areas = ctx.app.part::<AreaBook>()?;
    let mut blocks = Vec::new();
    for one in all {
        let Some(person) = people.get(&one.key.id) else {
            continue;
        };
        let area = people::api::words::area(&areas, person, FactId::HUKOU_AREA);
        blocks.push(Block::Heading {
            text: format!("{}（{area}）", person.name),
            aside: one.kind_zh().to_owned(),
        });
        blocks.push(Block::Text {
            text: one.said.clone(),
        });
        blocks.push(Block::Table(Table {
            columns: vec![
                Column::words("送到谁手里", 3),
                Column::words("与本人关系", 2),
                Column::words("日期", 2),
                Column::words("送的人", 2),
            ],
            rows: vec![(0..4).map(|_| Cell::from("　")).collect()],
            empty: String::new(),
        }));
    }
    Ok(Paper {
        title: "告知单".to_owned(),
        subtitle: String::new(),
        date_line: ctx.today().zh(),
        notice: host::demo_notice(ctx),
        blocks,
        note: "看不清楚或者有疑问，请找村（社区）或乡镇民政办，也可以拨打 12349。工作人员不会要求向个人账户转账。".to_owned(),
        made: ctx.today(),
    })
}
