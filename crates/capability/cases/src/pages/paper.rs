//! 受理通知书, 补正告知书, 决定书: printed from what is kept, with sign and seal places; every print is logged.

use super::{Opened, office_zh, open, programme_zh, programmes, yuan};
use crate::machine::{State, act_zh};
use crate::{acts, events};
use area::api::AreaBook;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Format, Page, set_paper};
use kernel::Day;
use store::Audit;
use ui::PageError;

/// `GET /cases/{code}/acceptance.pdf`
pub(crate) async fn acceptance(ctx: Ctx, Path(code): Path<String>) -> Page {
    print(ctx, &code, "acceptance").await
}

/// `GET /cases/{code}/supplement.pdf`
pub(crate) async fn supplement(ctx: Ctx, Path(code): Path<String>) -> Page {
    print(ctx, &code, "supplement").await
}

/// `GET /cases/{code}/decision.pdf`
pub(crate) async fn decision(ctx: Ctx, Path(code): Path<String>) -> Page {
    print(ctx, &code, "decision").await
}

async fn print(ctx: Ctx, code: &str, kind: &'static str) -> Page {
    let opened = open(&ctx, code).await?;
    let paper = paper(&ctx, &opened, kind).await?;
    let title = paper.title.clone();
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, Format::Pdf).await?;
    ctx.log_reads(&[Audit::new("case.print")
        .person(&opened.person.key.shard, &opened.person.key.id)
        .with("paper", kind)
        .with("digest", digest)])
        .await?;
    let name = format!("{title}-{}", opened.case.number());
    Ok(host::paper_file(bytes, Format::Pdf, &name, kind))
}

async fn paper(ctx: &Ctx, opened: &Opened, kind: &str) -> Result<Paper, host::Failure> {
    let (case, procedure) = (&opened.case, &opened.procedure);
    let areas = ctx.app.part::<AreaBook>()?;
    let today = ctx.today();
    let standing = case.standing.on(procedure, today);
    let state = standing.state;
    let told = events::of(&ctx.app.store, &case.code).await?;
    let event = |acts: &[&str]| {
        told.iter()
            .rev()
            .find(|one| acts.contains(&one.act.as_str()))
    };
    let text = |text: String| Block::Text { text };
    let programme = programme_zh(&programmes(ctx)?, &case.programme);
    let office = format!("{}民政局", office_zh(&areas, &case.office));
    let town = areas.short_name(&case.handled);
    let not_yet = || PageError::bad_request("这份文书现在还没有，请看办件的状态。");
    let (title, sign, day, blocks) = match kind {
        "acceptance" => {
            let at = event(&["accept", "free"]).ok_or_else(not_yet)?.at.day();
            let days = procedure.all_days();
            let says = format!(
                "您申请的{programme}，材料齐全，符合受理条件，已于{}受理。我们将在 {days} 个工作日内办结，公示和补正的时间另算。",
                at.zh()
            );
            ("受理通知书", format!("{town}民政办"), at, vec![text(says)])
        }
        "supplement" => {
            let asked = event(&["ask"])
                .filter(|_| state == State::Supplement)
                .ok_or_else(not_yet)?;
            let due = standing.due.map(Day::zh).unwrap_or_default();
            let says = asked.says.clone().unwrap_or_default();
            let blocks = vec![
                text(format!("您申请的{programme}，还需要补正：")),
                text(says),
                text(format!(
                    "请在{due}前补齐，可以请村（社区）或家属代交。逾期没有补正，也没有说明的，按撤回办理，以后可以再申请。"
                )),
            ];
            (
                "补正告知书",
                format!("{town}民政办"),
                asked.at.day(),
                blocks,
            )
        }
        _ => {
            let ended = event(&["approve", "refuse", "reject", "uphold", "overturn", "free"])
                .ok_or_else(not_yet)?;
            let mut blocks = vec![text(match (case.from, case.fen) {
                (Some(from), Some(fen)) => format!(
                    "您申请的{programme}，经审核符合条件，予以批准。从{}起享受，标准为每期 {} 元，发放到您的社会保障卡。",
                    from.zh(),
                    yuan(fen)
                ),
                _ => format!("您申请的{programme}，决定：{}。", act_zh(&ended.act)),
            })];
            if let Some(says) = ended.says.clone().filter(|says| !says.is_empty()) {
                blocks.push(text(format!("理由：{says}")));
            }
            let clause = ended
                .clause
                .clone()
                .unwrap_or_else(|| procedure.clause.clone());
            blocks.push(text(format!("依据：{clause}。")));
            blocks.push(text(format!(
                "不服本决定的，可以在 {} 天内申诉，也可以依法申请行政复议或向人民法院提起行政诉讼。",
                procedure.appeal_days
            )));
            let title = match state {
                State::Approved => "予以批准决定书",
                State::Rejected => "不予受理决定书",
                _ => "不予批准决定书",
            };
            (title, office, ended.at.day(), blocks)
        }
    };
    let rows = vec![
        vec![
            Cell::strong("申请人"),
            Cell::from(opened.person.name.clone()),
        ],
        vec![Cell::strong("事项"), Cell::from(procedure.title.clone())],
        vec![Cell::strong("编号"), Cell::from(case.number())],
        vec![
            Cell::strong("联系"),
            Cell::from(format!("咨询和投诉电话 {}", procedure.objection_phone)),
        ],
    ];
    let mut all = vec![text(format!("{}：", opened.person.name))];
    all.extend(blocks);
    all.extend([
        Block::Table(Table {
            columns: vec![Column::words("项目", 2), Column::words("内容", 8)],
            rows,
            empty: String::new(),
        }),
        text(format!("{sign}（盖章）　　{}", day.zh())),
        text("签收人：　　　　　　　　　　签收日期：".to_owned()),
    ]);
    Ok(Paper {
        title: title.to_owned(),
        subtitle: format!("编号 {}", case.number()),
        date_line: day.zh(),
        notice: if ctx.app.demo.is_some() {
            "演示数据".to_owned()
        } else {
            String::new()
        },
        blocks: all,
        note: format!("现在：{}", acts::next_zh(procedure, case, today)),
        made: day,
    })
}
