//! Prints of a batch: 审批表 with 汇总 as PDF and DOCX, 发放花名册 as a workbook; every print is logged.

use super::run::terms_of;
use super::{names, office_zh, open, programme_zh, programmes, yuan};
use crate::approve::own_terms;
use crate::months::month_of;
use crate::runs::{self, Run, Step};
use crate::{accounts, doubts, posts};
use area::api::AreaBook;
use authz::Role;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, PersonKey, set_paper};
use ledger::Level;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Look, FormatBorder, Workbook};
use std::collections::BTreeMap;
use store::{Audit, Reads, StoreError, values};
use ui::PageError;

/// `GET /payments/{run}/paper.pdf`
pub(crate) async fn pdf(ctx: Ctx, Path(run): Path<String>) -> Page {
    print(ctx, &run, Format::Pdf).await
}

/// `GET /payments/{run}/paper.docx`
pub(crate) async fn docx(ctx: Ctx, Path(run): Path<String>) -> Page {
    print(ctx, &run, Format::Docx).await
}

async fn print(ctx: Ctx, run: &str, format: Format) -> Page {
    let run = open(&ctx, run).await?;
    let paper = paper(&ctx, &run).await?;
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("pay.print")
        .subject(&run.run)
        .with("digest", digest)])
        .await?;
    let name = format!("审批表-{}", run.batch);
    Ok(host::paper_file(bytes, format, &name, "approval"))
}

/// What a workbook is.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The 审批表 with 汇总: the same batch gives the same bytes.
async fn paper(ctx: &Ctx, run: &Run) -> Result<Paper, Failure> {
    let store = &ctx.app.store;
    let book = ctx.app.part::<AreaBook>()?;
    let programme = programme_zh(&programmes(ctx)?, &run.programme);
    let own = own_terms(store, run).await?;
    let (terms, balanced) = terms_of(ctx, run).await?;
    let bridge = Table {
        columns: vec![
            Column::words("项目", 3),
            Column::numbers("人数", 2),
            Column::numbers("金额（元）", 3),
        ],
        rows: terms
            .into_iter()
            .map(|(sign, title, people, money)| {
                vec![
                    Cell::from(format!("{sign} {title}").trim().to_owned()),
                    Cell::from(people),
                    Cell::from(money),
                ]
            })
            .collect(),
        empty: "没有变动".to_owned(),
    };
    let part = posts::Part {
        from: "(SELECT fen FROM pay_attempt WHERE run = $1 AND state NOT IN ('held', 'void')) x",
        values: values![run.run.as_str()],
    };
    let parts = posts::split(store, own.shares(), &part).await?;
    let total: i64 = parts.iter().sum();
    let mut rows: Vec<Vec<Cell>> = Level::ALL
        .into_iter()
        .zip(parts)
        .map(|(level, fen)| vec![Cell::from(level.zh()), Cell::from(yuan(fen))])
        .collect();
    rows.push(vec![Cell::strong("合计"), Cell::strong(yuan(total))]);
    let purses = Table {
        columns: vec![
            Column::words("资金级次", 3),
            Column::numbers("金额（元）", 3),
        ],
        rows,
        empty: String::new(),
    };
    let logged = runs::steps(store, &run.run).await?;
    let signs = Table {
        columns: vec![
            Column::words("步骤", 2),
            Column::words("办理人", 2),
            Column::words("时间", 2),
            Column::words("意见（签字盖章）", 4),
        ],
        rows: Step::ALL
            .into_iter()
            .filter(|step| !matches!(step, Step::Back | Step::Answer | Step::Close))
            .map(|step| {
                let one = logged.iter().rev().find(|one| one.step == step);
                vec![
                    Cell::from(step.zh()),
                    Cell::from(one.map(|one| one.name.clone()).unwrap_or_default()),
                    Cell::from(one.map(|one| one.at.minute()).unwrap_or_default()),
                    Cell::from(one.map(|one| one.note.clone()).unwrap_or_default()),
                ]
            })
            .collect(),
        empty: String::new(),
    };
    let doubts: Vec<String> = doubts::counts(store, &run.run)
        .await?
        .into_iter()
        .map(|(kind, n, waiting)| match waiting {
            0 => format!("{} {n} 条（已核实）", doubts::kind_zh(&kind)),
            _ => format!("{} {n} 条（待核实 {waiting}）", doubts::kind_zh(&kind)),
        })
        .collect();
    let doubts = if doubts.is_empty() {
        "没有疑点".to_owned()
    } else {
        doubts.join("，")
    };
    let heading = |text: &str, aside: &str| Block::Heading {
        text: text.to_owned(),
        aside: aside.to_owned(),
    };
    Ok(Paper {
        title: format!("{programme}发放审批表"),
        subtitle: format!(
            "{} · {} · 批次 {}",
            office_zh(&book, &run.office),
            run.month.zh(),
            run.batch
        ),
        date_line: format!("按 {} 掌握的情况", run.known.minute()),
        notice: host::demo_notice(ctx),
        blocks: vec![
            heading("从上月到本月", if balanced { "平" } else { "不平" }),
            Block::Table(bridge),
            heading("资金来源", &own.fund),
            Block::Table(purses),
            heading("比对", ""),
            Block::Text { text: doubts },
            heading("审批", ""),
            Block::Table(signs),
        ],
        note: format!("{}；{}。依据：{}", own.says(), own.shares_say(), own.clause),
        made: ctx.today(),
    })
}

/// `GET /payments/{run}/roster.xlsx`: numbers in part only, whoever prints it.
pub(crate) async fn roster(ctx: Ctx, Path(run): Path<String>) -> Page {
    let run = open(&ctx, &run).await?;
    let role = ctx.actor().role;
    if matches!(role, Role::Leader | Role::Bank | Role::InspectorDiscipline) {
        let text = "逐人花名册由县民政和财政打印。";
        return Err(PageError::refused("县民政局").text(text).into());
    }
    let store = &ctx.app.store;
    let sql = "SELECT a.seq, a.shard, a.id, CAST(a.month AS BIGINT) AS month, a.fen, a.state FROM pay_attempt a WHERE a.run = $1 \
         AND a.state <> 'void' ORDER BY a.seq LIMIT 20000";
    let rows = store.all(sql, values![run.run.as_str()]).await?;
    let mut keys = Vec::with_capacity(rows.len());
    for row in &rows {
        keys.push(PersonKey {
            shard: row.text("shard")?,
            id: row.text("id")?,
        });
    }
    let people: BTreeMap<String, people::api::Person> = people::api::of_keys(store, &keys)
        .await?
        .into_iter()
        .map(|person| (person.key.id.clone(), person))
        .collect();
    let accounts = accounts::of_many(store, &keys).await?;
    let book = ctx.app.part::<AreaBook>()?;
    let full = names(role);
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.text("id")?;
        let Some(person) = people.get(&id) else {
            continue;
        };
        let number = people::api::open_secret(store, "id_number", person.id_number.as_ref())?;
        let tail = match accounts.get(&id) {
            Some(account) => format!("尾号 {}", account.tail(store)?),
            None => "未登记".to_owned(),
        };
        lines.push([
            row.int("seq")?.to_string(),
            if full {
                person.name.clone()
            } else {
                ui::mask::name(&person.name)
            },
            number
                .map(|number| ui::mask::number(&number))
                .unwrap_or_default(),
            person
                .subject()
                .hukou
                .map_or_else(String::new, |code| book.short_name(&code)),
            month_of(row, "month")?.to_string(),
            yuan(row.int("fen")?),
            tail,
        ]);
    }
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    ctx.log_reads(&[Audit::new("pay.roster")
        .subject(&run.run)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let title = format!(
        "{} {} 发放花名册",
        programme_zh(&programmes(&ctx)?, &run.programme),
        run.month.zh()
    );
    let day = ctx.today();
    let bytes = sheet(
        &title,
        (day.year() as u16, day.month() as u8, day.day() as u8),
        &lines,
    )
    .map_err(|error| StoreError::Other(format!("workbook: {error}")))?;
    Ok(host::download::attachment(
        bytes,
        XLSX,
        &format!("发放花名册-{}.xlsx", run.batch),
        "roster.xlsx",
    ))
}

fn sheet(
    title: &str,
    (year, month, day): (u16, u8, u8),
    lines: &[[String; 7]],
) -> Result<Vec<u8>, rust_xlsxwriter::XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(title)
            .set_creation_datetime(&made),
    );
    let head = Look::new().set_bold().set_border(FormatBorder::Thin);
    let cell = Look::new()
        .set_num_format("@")
        .set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name("花名册")?;
    sheet.write_string_with_format(0, 0, title, &Look::new().set_bold().set_font_size(14))?;
    for (column, (words, width)) in [
        ("序号", 8.0),
        ("姓名", 12.0),
        ("证件号", 22.0),
        ("户籍地", 24.0),
        ("所属月份", 12.0),
        ("金额（元）", 14.0),
        ("收款卡", 14.0),
    ]
    .into_iter()
    .enumerate()
    {
        sheet.set_column_width(column as u16, width)?;
        sheet.write_string_with_format(1, column as u16, words, &head)?;
    }
    for (row, line) in lines.iter().enumerate() {
        for (column, words) in line.iter().enumerate() {
            sheet.write_string_with_format(row as u32 + 2, column as u16, words, &cell)?;
        }
    }
    sheet.set_freeze_panes(2, 0)?;
    sheet.set_repeat_rows(0, 1)?;
    book.save_to_buffer()
}
