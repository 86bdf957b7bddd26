//! 发放后村务公开: masked name, village, programme and amount, village by village; never a child, never a number, never
//! where the programme's name says too much.

use super::paper::XLSX;
use super::{office_zh, open, programme_zh, programmes, yuan};
use crate::runs::{Run, State};
use area::api::AreaBook;
use axum::extract::Path;
use docs::{Block, Cell, Column, Paper, Table};
use host::{Ctx, Failure, Format, Page, PersonKey, set_paper};
use plan::api::PlanBook;
use rules::facts::{FactId, Value};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format as Look, FormatBorder, Workbook, XlsxError,
};
use std::collections::BTreeMap;
use store::{Audit, Reads, StoreError, StoreResult, values};
use ui::PageError;

/// Days it hangs.
const DAYS: i32 = 7;
/// Heads of its columns.
const HEAD: [&str; 3] = ["村（社区）", "姓名", "金额（元）"];
/// Rows of one Word file.
const MOST_IN_WORD: usize = 5_000;
/// People read at once.
const AT_ONCE: i64 = 2_000;

/// Whether the plan lets the payments of a programme hang out at all.
pub(super) fn is_public(ctx: &Ctx, programme: &str) -> StoreResult<bool> {
    let book = ctx.app.part::<PlanBook>()?;
    let list = book.in_force(ctx.today());
    Ok(list
        .iter()
        .flat_map(|list| list.list.programmes())
        .any(|row| row.programme.id == programme && row.programme.publicity.contains("公开")))
}

/// What hangs out: title, the line below it, and village, name and amount of everybody.
struct Posted {
    title: String,
    below: String,
    lines: Vec<[String; 3]>,
}

/// `GET /payments/{run}/publicity.xlsx`
pub(crate) async fn xlsx(ctx: Ctx, Path(run): Path<String>) -> Page {
    let run = open(&ctx, &run).await?;
    let posted = posted(&ctx, &run).await?;
    let today = ctx.today();
    let day = (today.year() as u16, today.month() as u8, today.day() as u8);
    let bytes =
        sheet(&posted, day).map_err(|error| StoreError::Other(format!("workbook: {error}")))?;
    Ok(host::download::attachment(
        bytes,
        XLSX,
        &format!("公开表-{}.xlsx", run.batch),
        "publicity.xlsx",
    ))
}

/// `GET /payments/{run}/publicity.docx`
pub(crate) async fn docx(ctx: Ctx, Path(run): Path<String>) -> Page {
    let run = open(&ctx, &run).await?;
    let posted = posted(&ctx, &run).await?;
    if posted.lines.len() > MOST_IN_WORD {
        let text = format!(
            "这一批有 {} 人，Word 里排不下，请下载表格的公开表，按村打印。",
            posted.lines.len()
        );
        return Err(PageError::bad_request(text).into());
    }
    let paper = paper(&ctx, posted);
    let bytes = set_paper(&ctx, paper, Format::Docx).await?;
    let name = format!("公开表-{}", run.batch);
    Ok(host::paper_file(bytes, Format::Docx, &name, "publicity"))
}

/// The same to be printed and hung out.
fn paper(ctx: &Ctx, posted: Posted) -> Paper {
    Paper {
        title: posted.title,
        subtitle: String::new(),
        date_line: ctx.today().zh(),
        notice: host::demo_notice(ctx),
        blocks: vec![
            Block::Text { text: posted.below },
            Block::Table(Table {
                columns: vec![
                    Column::words(HEAD[0], 5),
                    Column::words(HEAD[1], 2),
                    Column::numbers(HEAD[2], 2),
                ],
                rows: posted
                    .lines
                    .into_iter()
                    .map(|line| line.into_iter().map(Cell::from).collect())
                    .collect(),
                empty: "这一批没有可以公开的人".to_owned(),
            }),
        ],
        note: "不公示证件号码、电话、账户、村以下住址和身体状况。".to_owned(),
        made: ctx.today(),
    }
}

/// What may hang out of a batch, for whoever may print it; the print is logged.
async fn posted(ctx: &Ctx, run: &Run) -> Result<Posted, Failure> {
    let store = &ctx.app.store;
    if !super::names(ctx.actor().role) {
        return Err(PageError::refused("县民政局").into());
    }
    if !is_public(ctx, &run.programme)? {
        let text = "这项待遇不公示：名称会透露身体或家庭情况。";
        return Err(PageError::bad_request(text).into());
    }
    if run.state < State::Approved {
        return Err(PageError::bad_request("财政审核以后才能公开。").into());
    }
    let (book, today) = (ctx.app.part::<AreaBook>()?, ctx.today());
    let (mut lines, mut after, mut people) = (Vec::new(), 0, 0_i64);
    loop {
        let sql = "SELECT seq, shard, id, fen FROM pay_attempt WHERE run = $1 AND seq > $2 AND state IN ('open', 'paid', 'failed') \
             ORDER BY seq LIMIT $3";
        let rows = store
            .all(sql, values![run.run.as_str(), after, AT_ONCE])
            .await?;
        let mut fen: BTreeMap<String, i64> = BTreeMap::new();
        let mut keys = Vec::with_capacity(rows.len());
        for row in &rows {
            after = row.int("seq")?;
            let id = row.text("id")?;
            *fen.entry(id.clone()).or_default() += row.int("fen")?;
            keys.push(PersonKey {
                shard: row.text("shard")?,
                id,
            });
        }
        keys.dedup();
        for person in people::api::of_keys(store, &keys).await? {
            let child = match person.facts.get(FactId::BIRTH_DATE) {
                Some(Value::Day(birth)) => birth.age_on(today) < 18,
                _ => true,
            };
            if child {
                continue;
            }
            people += 1;
            let village = person
                .subject()
                .hukou
                .map_or_else(String::new, |code| book.short_name(&code));
            let money = fen.get(&person.key.id).copied().unwrap_or(0);
            lines.push([village, ui::mask::name(&person.name), yuan(money)]);
        }
        if (rows.len() as i64) < AT_ONCE {
            break;
        }
    }
    lines.sort();
    ctx.log_reads(&[Audit::new("pay.publicity")
        .subject(&run.run)
        .with("people", people)])
        .await?;
    let programme = programme_zh(&programmes(ctx)?, &run.programme);
    Ok(Posted {
        title: format!("{programme}发放公开表（{}）", run.month.zh()),
        below: format!(
            "公开期 {} 至 {}，到期取下；有异议请找村（社区）或{}民政局",
            today.zh(),
            today.plus_days(DAYS).zh(),
            office_zh(&book, &run.office)
        ),
        lines,
    })
}

fn sheet(posted: &Posted, (year, month, day): (u16, u8, u8)) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(year, month, day)?;
    let properties = DocProperties::new()
        .set_title(&posted.title)
        .set_creation_datetime(&made);
    book.set_properties(&properties);
    let head = Look::new().set_bold().set_border(FormatBorder::Thin);
    let cell = Look::new().set_border(FormatBorder::Thin);
    let sheet = book.add_worksheet();
    sheet.set_name("公开表")?;
    let big = Look::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(0, 0, &posted.title, &big)?;
    sheet.write_string(1, 0, &posted.below)?;
    for (column, (words, width)) in HEAD.into_iter().zip([36.0, 14.0, 16.0]).enumerate() {
        sheet.set_column_width(column as u16, width)?;
        sheet.write_string_with_format(2, column as u16, words, &head)?;
    }
    for (row, line) in posted.lines.iter().enumerate() {
        for (column, words) in line.iter().enumerate() {
            sheet.write_string_with_format(row as u32 + 3, column as u16, words, &cell)?;
        }
    }
    sheet.set_freeze_panes(3, 0)?;
    sheet.set_repeat_rows(0, 2)?;
    book.save_to_buffer()
}
