//! 公示: what is posted before a decision, masked, and taken down by itself; printed for the village board.

use super::{loaded, yuan};
use crate::machine::State;
use crate::store::{self as rows, Asked, Case};
use area::api::AreaBook;
use askama::Template;
use docs::{Block, Cell, Column as PaperColumn, Paper, Table as PaperTable};
use host::{Ctx, Failure, Format, Page, set_paper};
use kernel::Day;
use pay::api::{office_zh, programme_zh, programmes};
use plan::api::PlanBook;
use std::collections::BTreeMap;
use store::Audit;
use ui::Shell;

/// Rows on one sheet.
const MOST: i64 = 200;

pub(crate) struct Posted {
    href: String,
    name: String,
    village: String,
    programme: String,
    money: String,
    until: Option<Day>,
    objections: i64,
}

impl Posted {
    fn until_zh(&self) -> String {
        self.until.map(Day::zh).unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "pages/publicity.html")]
struct PublicityPage {
    shell: Shell,
    rows: Vec<Posted>,
    more: bool,
}

/// What is posted today within the reader's scope. Only what the procedure allows leaves this function; a child is never
/// posted.
async fn posted(ctx: &Ctx) -> Result<(Vec<Posted>, i64), Failure> {
    let (store, scope, today) = (&ctx.app.store, ctx.scope(), ctx.today());
    let asked = Asked {
        states: vec![State::Publicity],
        ..Asked::default()
    };
    let total = rows::count(store, &scope, &asked, today).await?;
    let list = rows::page(store, &scope, &asked, today, 0, MOST).await?;
    let ids: Vec<String> = list.iter().map(|case| case.key.id.clone()).collect();
    let people: BTreeMap<String, people::api::Person> =
        people::api::of_ids(store, &scope, ids.clone())
            .await?
            .into_iter()
            .map(|person| (person.key.id.clone(), person))
            .collect();
    ctx.log_reads(&[Audit::new("person.list")
        .with("list", "publicity")
        .with("count", total)
        .with("keys", serde_json::json!(ids))])
        .await?;
    let procedures = loaded(ctx).await?;
    let (areas, plans) = (ctx.app.part::<AreaBook>()?, ctx.app.part::<PlanBook>()?);
    let known = programmes(ctx)?;
    let list_now = plans.in_force(today);
    let money = |case: &Case| {
        let person = people.get(&case.key.id)?;
        let published = list_now.as_ref()?;
        pay::api::reasons(published, person, &case.programme, today)
            .ok()?
            .fen
    };
    let out = list
        .iter()
        .filter_map(|case| {
            let publicity = procedures
                .procedures
                .of(&case.programme)?
                .publicity
                .clone()?;
            let shows = |what: &str| publicity.shows.iter().any(|one| one == what);
            let person = people.get(&case.key.id)?;
            if person.age_on(today).is_some_and(|age| age < 18) {
                return None;
            }
            let blank = String::new;
            Some(Posted {
                href: format!("/cases/{}", case.code),
                name: if shows("name") {
                    ui::mask::name(&person.name)
                } else {
                    blank()
                },
                village: if shows("village") {
                    areas.short_name(&case.handled)
                } else {
                    blank()
                },
                programme: if shows("programme") {
                    programme_zh(&known, &case.programme)
                } else {
                    blank()
                },
                money: if shows("amount") {
                    money(case).map(yuan).unwrap_or_default()
                } else {
                    blank()
                },
                until: case.standing.until,
                objections: case.standing.objections,
            })
        })
        .collect();
    Ok((out, total))
}

/// `GET /publicity`
pub(crate) async fn get(ctx: Ctx) -> Page {
    let (rows, total) = posted(&ctx).await?;
    Ok(ui::page_no_store(PublicityPage {
        shell: ctx.shell("公示"),
        rows,
        more: total > MOST,
    }))
}

/// `GET /publicity/sheet.pdf`
pub(crate) async fn pdf(ctx: Ctx) -> Page {
    print(ctx, Format::Pdf).await
}

/// `GET /publicity/sheet.docx`
pub(crate) async fn docx(ctx: Ctx) -> Page {
    print(ctx, Format::Docx).await
}

async fn print(ctx: Ctx, format: Format) -> Page {
    let paper = paper(&ctx).await?;
    let digest = paper.digest();
    let bytes = set_paper(&ctx, paper, format).await?;
    ctx.log_reads(&[Audit::new("case.print")
        .with("paper", "publicity")
        .with("format", format.ending())
        .with("digest", digest)])
        .await?;
    Ok(host::paper_file(bytes, format, "审批前公示", "publicity"))
}

/// The 公示单 for the village board.
async fn paper(ctx: &Ctx) -> Result<Paper, Failure> {
    let (rows, _) = posted(ctx).await?;
    let procedures = loaded(ctx).await?;
    let phone = procedures
        .procedures
        .procedures
        .first()
        .map_or_else(String::new, |one| one.objection_phone.clone());
    let areas = ctx.app.part::<AreaBook>()?;
    let office = match super::offices(ctx)?.as_slice() {
        [only] => office_zh(&areas, only),
        _ => ctx.actor().scope_name,
    };
    let last = rows.iter().filter_map(|row| row.until).max();
    Ok(Paper {
        title: "审批前公示".to_owned(),
        subtitle: office,
        date_line: format!(
            "{} 至 {}",
            ctx.today().zh(),
            last.unwrap_or(ctx.today()).zh()
        ),
        notice: host::demo_notice(ctx),
        blocks: vec![
            Block::Text {
                text: "以下人员的申请经审核拟予批准，现予公示。".to_owned(),
            },
            Block::Table(PaperTable {
                columns: vec![
                    PaperColumn::words("姓名", 2),
                    PaperColumn::words("村（社区）", 4),
                    PaperColumn::words("待遇", 3),
                    PaperColumn::numbers("金额（元）", 2),
                    PaperColumn::words("公示到", 3),
                ],
                rows: rows
                    .into_iter()
                    .map(|row| {
                        let until = row.until_zh();
                        [row.name, row.village, row.programme, row.money, until]
                            .into_iter()
                            .map(Cell::from)
                            .collect()
                    })
                    .collect(),
                empty: "现在没有公示的申请".to_owned(),
            }),
            Block::Text {
                text: format!(
                    "有异议的，请在公示期内拨打 {phone}，或向乡镇民政办反映。异议内容保密。"
                ),
            },
            Block::Text {
                text: "（盖章）".to_owned(),
            },
        ],
        note: "不公示证件号码、电话、账户、村以下住址和身体状况。".to_owned(),
        made: ctx.today(),
    })
}
