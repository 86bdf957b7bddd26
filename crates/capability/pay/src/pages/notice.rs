//! 追缴告知书: what was paid too much, for which months and why, how it comes back, and where to object; printed for the
//! person or the family, with room for the signature.

use super::recovery::open;
use super::{office_zh, programme_zh, programmes, yuan};
use crate::recoveries::Recovery;
use area::api::AreaBook;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, set_paper};
use store::Audit;
use ui::PageError;

/// `GET /recoveries/{recovery}/notice.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(recovery): Path<String>) -> Page {
    print(ctx, &recovery, Format::Pdf).await
}

/// `GET /recoveries/{recovery}/notice.docx`
pub(crate) async fn docx(ctx: Ctx, Path(recovery): Path<String>) -> Page {
    print(ctx, &recovery, Format::Docx).await
}

async fn print(ctx: Ctx, recovery: &str, format: Format) -> Page {
    let found = open(&ctx, recovery).await?;
    let paper = paper(&ctx, &found).await?;
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("pay.notice")
        .person(&found.key.shard, &found.key.id)
        .with("recovery", recovery)
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(bytes, format, "多发告知书", "notice"))
}

/// What is told, and the line where it is signed for.
async fn paper(ctx: &Ctx, found: &Recovery) -> Result<Paper, Failure> {
    let people =
        people::api::of_ids(&ctx.app.store, &ctx.scope(), vec![found.key.id.clone()]).await?;
    let person = people.first().ok_or_else(PageError::not_found)?;
    let book = ctx.app.part::<AreaBook>()?;
    let office = office_zh(&book, &found.office);
    let programme = programme_zh(&programmes(ctx)?, &found.programme);
    let rows = found
        .months
        .split('、')
        .map(|part| {
            let (month, money) = part.split_once(' ').unwrap_or((part, ""));
            vec![Cell::from(month.to_owned()), Cell::from(money.to_owned())]
        })
        .chain([vec![Cell::strong("合计"), Cell::strong(yuan(found.fen))]])
        .collect();
    let how = match found.month_fen {
        Some(fen) => format!("从以后各月应发中每月抵扣 {} 元，抵完为止。", yuan(fen)),
        None => "可以一次退回，也可以商定分期，从以后各月应发中抵扣。".to_owned(),
    };
    let heading = |text: &str| Block::Heading {
        text: text.to_owned(),
        aside: String::new(),
    };
    let sentence = |head: &str, text: String| (head.to_owned(), text);
    Ok(Paper {
        title: format!("{programme}多发告知书"),
        subtitle: format!("{office}民政局"),
        date_line: ctx.today().zh(),
        notice: host::demo_notice(ctx),
        blocks: vec![
            Block::Text {
                text: format!("{}（家属）：", person.name),
            },
            Block::Text {
                text: format!(
                    "经核对，下列月份的{programme}多发了，合计 {} 元，尚有 {} 元没有退回。原因：{}。",
                    yuan(found.fen),
                    yuan(found.left()),
                    found.why
                ),
            },
            heading("多发的月份"),
            Block::Table(Table {
                columns: vec![
                    Column::words("所属月份", 3),
                    Column::numbers("多发（元）", 3),
                ],
                rows,
                empty: String::new(),
            }),
            heading("怎样处理"),
            Block::Points {
                points: vec![
                    sentence("退回。", how),
                    sentence(
                        "有异议。",
                        format!("收到后可以向{office}民政局说明并提交材料，核实有误的立即更正。"),
                    ),
                    sentence(
                        "有困难。",
                        "确实无力退回的可以申请减免，按规定报批。".to_owned(),
                    ),
                ],
            },
            heading("签收"),
            Block::Table(Table {
                columns: vec![
                    Column::words("送达方式", 3),
                    Column::words("签收人", 3),
                    Column::words("与本人关系", 2),
                    Column::words("日期", 2),
                ],
                rows: vec![vec![
                    Cell::from("　"),
                    Cell::from("　"),
                    Cell::from("　"),
                    Cell::from("　"),
                ]],
                empty: String::new(),
            }),
        ],
        note: "本告知书一式两份，一份交本人或家属，一份存档。工作人员不会要求向个人账户转账。"
            .to_owned(),
        made: ctx.today(),
    })
}
