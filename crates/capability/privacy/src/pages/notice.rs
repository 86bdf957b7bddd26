//! 告知书: what a person is told before they consent, as PDF: who uses what for which purpose, on what that rests, who
//! receives it, how long it is kept, and how to take it back.

use crate::store::purposes::{self, Purpose};
use authz::Action;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Format, Page, set_paper};
use store::Audit;

/// `GET /privacy/notice.pdf`
pub(crate) async fn general(ctx: Ctx) -> Page {
    let all = purposes::all(&ctx.app.store).await?;
    let paper = paper(&ctx, None, &all);
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, Format::Pdf).await?;
    ctx.log_reads(&[Audit::new("privacy.notice").with("digest", digest)])
        .await?;
    Ok(host::paper_file(
        bytes,
        Format::Pdf,
        "个人信息处理告知书",
        "privacy-notice",
    ))
}

/// `GET /people/{id}/notice.pdf`
pub(crate) async fn of_person(ctx: Ctx, Path(id): Path<String>) -> Page {
    let person = people::api::open(&ctx, &id, Action::ReadPerson).await?;
    let all = purposes::all(&ctx.app.store).await?;
    let paper = paper(&ctx, Some(&person.name), &all);
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, Format::Pdf).await?;
    ctx.log_reads(&[Audit::new("person.print")
        .person(&person.key.shard, &person.key.id)
        .with("paper", "notice")
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(
        bytes,
        Format::Pdf,
        "个人信息处理告知书",
        "privacy-notice",
    ))
}

/// The notice; the same purposes on the same day give the same bytes.
fn paper(ctx: &Ctx, name: Option<&str>, all: &[Purpose]) -> Paper {
    let text = |text: String| Block::Text { text };
    let rows = |asks: bool| -> Vec<Vec<Cell>> {
        all.iter()
            .filter(|one| one.basis.by_consent() == asks)
            .map(|one| {
                vec![
                    Cell::strong(one.title.clone()),
                    Cell::from(one.says.clone()),
                    Cell::from(one.categories.join("、")),
                    Cell::from(one.receivers.join("、")),
                    Cell::from(format!("{}；{}", one.cites(), one.retention)),
                ]
            })
            .collect()
    };
    let table = |asks: bool| {
        Block::Table(Table {
            columns: vec![
                Column::words("用途", 3),
                Column::words("说明", 7),
                Column::words("信息种类", 5),
                Column::words("接收方", 4),
                Column::words("依据和保存", 5),
            ],
            rows: rows(asks),
            empty: "没有".to_owned(),
        })
    };
    let heading = |words: &str| Block::Heading {
        text: words.to_owned(),
        aside: String::new(),
    };
    let who = name.map_or_else(
        || "本人：________________".to_owned(),
        |name| format!("本人：{name}"),
    );
    Paper {
        title: "个人信息处理告知书".to_owned(),
        subtitle: format!("{}民政部门", ctx.app.place),
        date_line: format!("告知日期 {}", ctx.today().zh()),
        notice: host::demo_notice(ctx),
        blocks: vec![
            text(who),
            heading("依法使用，不需要同意"),
            table(false),
            heading("需要您同意的，可以不同意，不影响任何待遇"),
            table(true),
            text(
                "您可以随时查看谁看过档案、要求更正、撤回同意或要求删除：在「我的家人」里办理，或到户籍地、常住地乡镇（街道）民政办办理。撤回同意后马上停止使用，撤回以前的使用仍然有效。"
                    .to_owned(),
            ),
            text("□ 已经看过（听过）以上内容。同意的用途：________________________".to_owned()),
            text("签名（监护人、代办人注明关系）：________________　日期：____年__月__日".to_owned()),
        ],
        note: "本告知书由系统按登记的处理目的生成。".to_owned(),
        made: ctx.today(),
    }
}
