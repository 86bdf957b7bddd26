//! 告知单: one sheet for each chosen finding, to hand to somebody without a telephone. What to do and where, in
//! plain words; no identity number, no diagnosis (product.md 39).

use area::api::AreaBook;
use askama::Template;
use entitle::api::Finding;
use host::{Ctx, Page};
use people::api::Fact;
use plan::api::{PlanBook, Published};
use rules::folder::Source;
use store::Audit;
use ui::{FormData, PageError, Shell};

/// Sheets at once.
const MOST: usize = 100;

struct Sheet {
    name: String,
    village: String,
    programme: String,
    money: String,
    since: String,
    steps: Vec<String>,
    basis: String,
    quote: String,
    office: String,
}

#[derive(Template)]
#[template(path = "pages/notices.html")]
struct NoticesPage {
    shell: Shell,
    sheets: Vec<Sheet>,
    today: String,
}

/// `POST /desk/notices`: the chosen findings never stand in an address. Reads only, and logs each person.
pub(crate) async fn post(ctx: Ctx, data: FormData) -> Page {
    let chosen: Vec<String> = data.all("finding").map(str::to_owned).collect();
    if chosen.is_empty() {
        return Ok(ctx.redirect_with("/#work", "info", "请先勾选要打印告知单的事项。"));
    }
    if chosen.len() > MOST {
        return Err(
            PageError::bad_request(format!("一次最多打印 {MOST} 张告知单。"))
                .link("回工作台", "/")
                .into(),
        );
    }
    let (store, scope) = (&ctx.app.store, ctx.scope());
    let published = ctx
        .app
        .part::<PlanBook>()?
        .in_force(ctx.today())
        .ok_or_else(PageError::not_found)?;
    let book = ctx.app.part::<AreaBook>()?;
    let mut findings = entitle::api::work::of_ids(store, &scope, &chosen).await?;
    findings.retain(|one| one.kind == "owed");
    let ids: Vec<String> = findings.iter().map(|one| one.key.id.clone()).collect();
    let entries: Vec<Audit> = findings
        .iter()
        .map(|one| {
            Audit::new("person.print")
                .person(&one.key.shard, &one.key.id)
                .with("paper", "notice")
                .with("programme", one.programme.as_str())
        })
        .collect();
    ctx.log_reads(&entries).await?;
    let persons = people::api::of_ids(store, &scope, ids).await?;
    let sheets = findings
        .iter()
        .filter_map(|one| {
            let person = persons.iter().find(|person| person.key.id == one.key.id)?;
            sheet(&published, &book, one, person)
        })
        .collect();
    Ok(ui::page_no_store(NoticesPage {
        shell: ctx.shell("打印告知单").crumb("工作台", "/"),
        sheets,
        today: ctx.today().zh(),
    }))
}

fn sheet(
    published: &Published,
    book: &AreaBook,
    one: &Finding,
    person: &people::api::Person,
) -> Option<Sheet> {
    let programme = &published
        .list
        .programmes()
        .iter()
        .find(|row| row.programme.id == one.programme)?
        .programme;
    let hukou = person.area(Fact::HUKOU_AREA);
    let (basis, quote) = match &programme.source {
        Source::Document {
            document,
            section,
            quote,
        } => (format!("{document} {section}"), quote.clone()),
        Source::Basis { basis } => (basis.clone(), String::new()),
    };
    Some(Sheet {
        name: person.name.clone(),
        village: hukou.map(|code| book.full_name(&code)).unwrap_or_default(),
        programme: programme.name.clone(),
        money: one.fen.map_or_else(String::new, |fen| {
            format!("{} 元/{}", kernel::Fen(fen), programme.cycle.zh())
        }),
        since: one.since.zh(),
        steps: programme
            .decides
            .split('→')
            .map(|step| step.trim().to_owned())
            .collect(),
        basis,
        quote,
        office: hukou
            .map(|code| book.county_office(&code))
            .unwrap_or_default(),
    })
}
