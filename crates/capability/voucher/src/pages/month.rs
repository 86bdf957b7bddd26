//! 消费券 of a month: given out, used, gone back, left; by programme and by institution.

use super::month_typed;
use crate::settle;
use area::api::AreaBook;
use askama::Template;
use authz::Action;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Fen;
use ledger::Month;
use pay::api::office_zh;
use store::{Reads, Sql, StoreResult};
use ui::{ListQuery, ListSpec, Shell, Tile};

const SPEC: ListSpec = ListSpec::filtered(&["month"]);

struct Line {
    office: String,
    programme: String,
    people: String,
    issued: String,
    used: String,
    share: String,
    left: String,
    over: String,
}

struct Taken {
    place: String,
    office: String,
    uses: String,
    bill: String,
    used: String,
    own: String,
}

#[derive(Template)]
#[template(path = "pages/month.html")]
struct MonthPage {
    shell: Shell,
    month: String,
    zh: String,
    months: Vec<(String, String)>,
    tiles: Vec<Tile>,
    lines: Vec<Line>,
    taken: Vec<Taken>,
    differs: Vec<String>,
    county: bool,
}

/// A condition on offices, at the end of a statement.
fn of_offices(sql: &mut Sql, offices: &[String]) {
    sql.push(" IN (''");
    for office in offices {
        sql.push(", ").bind(office.as_str());
    }
    sql.push(")");
}

/// One programme of one office in a month.
struct Sum {
    office: String,
    programme: String,
    people: i64,
    fen: i64,
    used: i64,
    over: i64,
}

async fn sums(reads: &impl Reads, offices: &[String], month: Month) -> StoreResult<Vec<Sum>> {
    let mut sql = Sql::new(
        "SELECT v.office, v.programme, CAST(count(*) AS BIGINT) AS n, CAST(sum(v.fen) AS BIGINT) AS fen, \
         CAST(sum(v.central + v.province + v.city + v.county) AS BIGINT) AS used, \
         CAST(sum(CASE WHEN v.state = 'over' THEN v.fen - v.central - v.province - v.city - v.county ELSE 0 END) AS BIGINT) AS over_fen \
         FROM voucher_voucher v WHERE v.month = ",
    );
    sql.bind(month.number()).push(" AND v.office");
    of_offices(&mut sql, offices);
    sql.push(" GROUP BY v.office, v.programme ORDER BY v.office, v.programme");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            Ok(Sum {
                office: row.text("office")?,
                programme: row.text("programme")?,
                people: row.int("n")?,
                fen: row.int("fen")?,
                used: row.int("used")?,
                over: row.int("over_fen")?,
            })
        })
        .collect()
}

async fn taken(
    reads: &impl Reads,
    book: &AreaBook,
    offices: &[String],
    month: Month,
) -> StoreResult<Vec<Taken>> {
    let mut sql = Sql::new(
        "SELECT p.name, p.office, CAST(count(*) AS BIGINT) AS n, CAST(sum(u.bill) AS BIGINT) AS bill, \
         CAST(sum(u.fen) AS BIGINT) AS fen FROM voucher_use u JOIN voucher_place p ON p.place = u.place \
         WHERE u.undone_at IS NULL AND u.day >= ",
    );
    sql.bind(month.first().number()).push(" AND u.day <= ");
    sql.bind(month.last().number()).push(" AND p.office");
    of_offices(&mut sql, offices);
    sql.push(" GROUP BY p.place, p.name, p.office ORDER BY fen DESC, p.name");
    let (text, values) = sql.parts();
    let rows = reads.all(&text, values).await?;
    rows.iter()
        .map(|row| {
            let (bill, fen) = (row.int("bill")?, row.int("fen")?);
            Ok(Taken {
                place: row.text("name")?,
                office: office_zh(book, &row.text("office")?),
                uses: ui::text::grouped(row.int("n")?.unsigned_abs()),
                bill: Fen(bill).to_string(),
                used: Fen(fen).to_string(),
                own: Fen(bill - fen).to_string(),
            })
        })
        .collect()
}

fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "—".to_owned();
    }
    let tenths = part * 1000 / whole;
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// `GET /vouchers`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let this = Month::of(ctx.today());
    let month = match query.filter("month") {
        Some(text) => month_typed(text)?,
        None => this,
    };
    let store = &ctx.app.store;
    let (book, offices) = (ctx.app.part::<AreaBook>()?, pay::api::offices_of(&ctx)?);
    let names = pay::api::programmes(&ctx)?;
    let sums = sums(store, &offices, month).await?;
    let total = |of: fn(&Sum) -> i64| sums.iter().map(of).sum::<i64>();
    let (fen, used, over) = (total(|s| s.fen), total(|s| s.used), total(|s| s.over));
    let mut differs = Vec::new();
    for office in &offices {
        for (kind, book_fen, rows) in settle::reconcile(store, office).await? {
            differs.push(format!(
                "{} {}：账上 {} 元，券上 {} 元",
                office_zh(&book, office),
                kind.zh(),
                Fen(book_fen),
                Fen(rows)
            ));
        }
    }
    Ok(ui::page_no_store(MonthPage {
        shell: ctx.shell("消费券"),
        month: month.to_string(),
        zh: month.zh(),
        months: (0..6)
            .map(|back| this.plus(-back))
            .map(|one| (one.to_string(), one.zh()))
            .collect(),
        tiles: vec![
            ui::tile("发放", Fen(fen)).unit("元").note(format!(
                "{} 张",
                ui::text::grouped(total(|s| s.people).unsigned_abs())
            )),
            ui::tile("已用", Fen(used))
                .unit("元")
                .note(percent(used, fen)),
            ui::tile("还没用", Fen(fen - used - over)).unit("元"),
            ui::tile("过期收回", Fen(over)).unit("元"),
        ],
        lines: sums
            .into_iter()
            .map(|sum| Line {
                office: office_zh(&book, &sum.office),
                programme: pay::api::programme_zh(&names, &sum.programme),
                people: ui::text::grouped(sum.people.unsigned_abs()),
                issued: Fen(sum.fen).to_string(),
                used: Fen(sum.used).to_string(),
                share: percent(sum.used, sum.fen),
                left: Fen(sum.fen - sum.used - sum.over).to_string(),
                over: Fen(sum.over).to_string(),
            })
            .collect(),
        taken: taken(store, &book, &offices, month).await?,
        differs,
        county: Action::HandleMoney.allowed_to(ctx.actor().role),
    }))
}
