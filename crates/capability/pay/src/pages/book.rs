//! 资金账: the trial balance and what it comes to by fund, programme, purse, office, month; sums only.

use super::{office_zh, offices, paid_here, programme_zh, programmes, yuan};
use crate::posts::{self, Asked, By, Sums};
use area::api::AreaBook;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use ledger::{Kind, Level, Month};
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["by", "programme", "from", "to"]);

const BY: &[(&str, &str, By)] = &[
    ("programme", "按待遇", By::Programme),
    ("fund", "按科目", By::Fund),
    ("level", "按级次", By::Level),
    ("office", "按单位", By::Office),
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
}

/// `GET /ledger`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    query.allowed("by", |key| BY.iter().any(|(known, ..)| *known == key))?;
    let store = &ctx.app.store;
    let mine = offices(&ctx)?;
    let month = |key: &str| {
        let text = query.filter(key);
        text.map(|text| {
            text.parse::<Month>()
                .map_err(|error| PageError::bad_request(error.to_string()))
        })
        .transpose()
    };
    let asked = Asked {
        offices: mine.clone(),
        programme: query.filter("programme").map(str::to_owned),
        from: month("from")?,
        to: month("to")?,
        run: None,
    };
    let chosen = query.filter("by").unwrap_or("programme");
    let (by_key, by_title, by) = BY
        .iter()
        .find(|(key, ..)| *key == chosen)
        .copied()
        .unwrap_or(BY[0]);
    let whole = posts::report(store, &asked, By::Whole)
        .await?
        .remove("")
        .unwrap_or_default();
    let of =
        |side: &std::collections::BTreeMap<Kind, i64>, kind| side.get(&kind).copied().unwrap_or(0);
    let trial = Kind::ALL
        .into_iter()
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
    let known = programmes(&ctx)?;
    let lines = posts::report(store, &asked, by)
        .await?
        .into_iter()
        .map(|(key, sums)| line(&title(by, &key, &known, &book), &sums))
        .collect();
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
    Ok(ui::page(BookPage {
        shell: ctx.shell("资金账"),
        programmes: paid_here(&ctx).await?,
        by: by_title,
        bys,
        trial,
        debit: yuan(whole.debit.values().sum()),
        credit: yuan(whole.credit.values().sum()),
        balanced: whole.trial() == 0,
        differs,
        lines,
        query,
    }))
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
