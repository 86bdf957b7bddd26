//! 资金账: the trial balance and what it comes to by fund, programme, purse, office, month; sums only.

use super::{office_zh, offices, paid_here, programme_zh, programmes, yuan};
use crate::periods;
use crate::posts::{self, Asked, By, Sums};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Failure, Page};
use ledger::{Kind, Level, Month};
use ui::{Choice, FormData, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["by", "programme", "from", "to"]);

pub(super) const BY: &[(&str, &str, By)] = &[
    ("programme", "按待遇", By::Programme),
    ("fund", "按科目", By::Fund),
    ("level", "按级次", By::Level),
    ("office", "按单位", By::Office),
    ("town", "按乡镇", By::Town),
    ("month", "按月份", By::Month),
];

struct Line {
    title: String,
    spending: String,
    payable: String,
    transit: String,
    purse: String,
    recoverable: String,
}

#[derive(Template)]
#[template(path = "pages/book.html")]
struct BookPage {
    shell: Shell,
    query: ListQuery,
    programmes: Vec<Choice>,
    by: &'static str,
    bys: Vec<(String, &'static str, bool)>,
    trial: Vec<(&'static str, &'static str, String, String, String)>,
    debit: String,
    credit: String,
    balanced: bool,
    differs: Vec<String>,
    lines: Vec<Line>,
    sheet: String,
    periods: Vec<Closed>,
    closable: Vec<(String, String, String)>,
    refused: Option<String>,
}

/// A closed month on the page.
struct Closed {
    office: String,
    month: String,
    postings: String,
    amount: String,
    digest: String,
    by: String,
    at: String,
    holds: bool,
}

/// `GET /ledger`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    Ok(ui::page(page(&ctx, query, None).await?))
}

/// `POST /ledger/close`
pub(crate) async fn close(ctx: Ctx, data: FormData) -> Page {
    let office = data.get("office").to_owned();
    let month = data
        .get("month")
        .parse::<Month>()
        .map_err(|error| PageError::bad_request(error.to_string()))?;
    if !offices(&ctx)?.contains(&office) {
        return Err(PageError::refused("财政局").into());
    }
    let mut tx = ctx.begin().await?;
    let taken = periods::close(&mut tx, &ctx.actor(), &office, month).await?;
    let refusal = match taken {
        Ok(()) => {
            tx.commit().await?;
            return Ok(ctx.redirect_with("/ledger", "ok", &format!("{}已关账。", month.zh())));
        }
        Err(refusal) => refusal,
    };
    tx.rollback().await?;
    let (words, stale) = super::run_acts::words(refusal);
    let query = ListQuery::of(None, &SPEC)?;
    let page = page(&ctx, query, Some(words)).await?;
    Ok(if stale {
        ui::page_409(page)
    } else {
        ui::page_422(page)
    })
}

/// The asked part of the book, and by what it is divided.
pub(super) fn asked(
    ctx: &Ctx,
    query: &ListQuery,
) -> Result<(Asked, &'static str, &'static str, By), Failure> {
    query.allowed("by", |key| BY.iter().any(|(known, ..)| *known == key))?;
    let month = |key: &str| {
        let text = query.filter(key);
        text.map(|text| {
            text.parse::<Month>()
                .map_err(|error| PageError::bad_request(error.to_string()))
        })
        .transpose()
    };
    let asked = Asked {
        offices: offices(ctx)?,
        programme: query.filter("programme").map(str::to_owned),
        from: month("from")?,
        to: month("to")?,
        run: None,
    };
    let chosen = query.filter("by").unwrap_or("programme");
    let (key, title, by) = BY
        .iter()
        .find(|(key, ..)| *key == chosen)
        .copied()
        .unwrap_or(BY[0]);
    Ok((asked, key, title, by))
}

/// The lines of a report with their titles.
pub(super) async fn lines_of(
    ctx: &Ctx,
    asked: &Asked,
    by: By,
) -> Result<Vec<(String, Sums)>, Failure> {
    let (book, known) = (ctx.app.part::<AreaBook>()?, programmes(ctx)?);
    let sums = posts::report(&ctx.app.store, asked, by).await?;
    Ok(sums
        .into_iter()
        .map(|(key, sums)| (title(by, &key, &known, &book), sums))
        .collect())
}

async fn page(ctx: &Ctx, query: ListQuery, refused: Option<String>) -> Result<BookPage, Failure> {
    let store = &ctx.app.store;
    let mine = offices(ctx)?;
    let (asked, by_key, by_title, by) = asked(ctx, &query)?;
    let whole = posts::report(store, &asked, By::Whole)
        .await?
        .remove("")
        .unwrap_or_default();
    let of =
        |side: &std::collections::BTreeMap<Kind, i64>, kind| side.get(&kind).copied().unwrap_or(0);
    // Accounts of vouchers stand here once there are any.
    let moved = |kind| of(&whole.debit, kind) != 0 || of(&whole.credit, kind) != 0;
    let trial = Kind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Voucher | Kind::Merchant) || moved(*kind))
        .map(|kind| {
            (
                kind.zh(),
                kind.meaning(),
                yuan(of(&whole.debit, kind)),
                yuan(of(&whole.credit, kind)),
                yuan(whole.balance(kind)),
            )
        })
        .collect();
    let mut differs = Vec::new();
    let book = ctx.app.part::<AreaBook>()?;
    for office in &mine {
        for (kind, has, rows) in posts::reconcile(store, office).await? {
            differs.push(format!(
                "{}的「{}」：账上 {} 元，明细 {} 元",
                office_zh(&book, office),
                kind.zh(),
                yuan(has),
                yuan(rows)
            ));
        }
    }
    let lines = lines_of(ctx, &asked, by).await?;
    let lines = lines
        .iter()
        .map(|(title, sums)| line(title, sums))
        .collect();
    let mut sheet = format!("/ledger.xlsx?by={by_key}");
    for (name, value) in query.filters.iter().filter(|(name, _)| name != "by") {
        sheet.push_str(&format!("&{name}={}", ui::query_encode(value)));
    }
    let (mut closed, mut closable) = (Vec::new(), Vec::new());
    for office in &mine {
        for one in periods::list(store, office, 6).await? {
            closed.push(Closed {
                office: office_zh(&book, office),
                month: one.month.zh(),
                postings: ui::text::grouped(one.postings.unsigned_abs()),
                amount: yuan(one.amount),
                holds: periods::holds(store, office, &one).await?,
                digest: one.digest,
                by: one.by,
                at: one.at.minute(),
            });
        }
        if ctx.actor().role == authz::Role::Finance
            && let Some(month) = periods::next(store, office).await?
            && month < Month::of(ctx.today())
        {
            let words = format!("{}{}关账", office_zh(&book, office), month.zh());
            closable.push((office.clone(), month.to_string(), words));
        }
    }
    let bys = BY
        .iter()
        .map(|(key, title, _)| {
            let mut href = format!("/ledger?by={key}");
            for (name, value) in query.filters.iter().filter(|(name, _)| name != "by") {
                href.push_str(&format!("&{name}={}", ui::query_encode(value)));
            }
            (href, *title, *key == by_key)
        })
        .collect();
    Ok(BookPage {
        shell: ctx.shell("资金账"),
        programmes: paid_here(ctx).await?,
        by: by_title,
        bys,
        trial,
        debit: yuan(whole.debit.values().sum()),
        credit: yuan(whole.credit.values().sum()),
        balanced: whole.trial() == 0,
        differs,
        lines,
        sheet,
        periods: closed,
        closable,
        refused,
        query,
    })
}

fn title(
    by: By,
    key: &str,
    known: &std::collections::BTreeMap<String, String>,
    book: &AreaBook,
) -> String {
    match by {
        By::Programme => programme_zh(known, key),
        By::Level => {
            Level::from_key(key).map_or_else(|| key.to_owned(), |level| level.zh().to_owned())
        }
        By::Office => office_zh(book, key),
        By::Month => key
            .parse()
            .ok()
            .and_then(Month::from_number)
            .map_or_else(|| key.to_owned(), Month::zh),
        By::Town => key.parse().map_or_else(
            |_error| "没有登记乡镇".to_owned(),
            |code| book.short_name(&code),
        ),
        By::Fund | By::Whole => key.to_owned(),
    }
}

fn line(title: &str, sums: &Sums) -> Line {
    Line {
        title: title.to_owned(),
        spending: yuan(sums.balance(Kind::Spending)),
        payable: yuan(-sums.balance(Kind::Payable)),
        transit: yuan(-sums.balance(Kind::Transit)),
        purse: yuan(-sums.balance(Kind::Purse)),
        recoverable: yuan(sums.balance(Kind::Recoverable)),
    }
}
