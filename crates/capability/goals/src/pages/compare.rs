//! 地区比较: places side by side on the same measures, or the documents of one place (rows A05, A53).

mod cells;

use super::charts::Chart;
use super::reading::{PLACE, Reading};
use super::rows_filter::{plain, read, spec};
use askama::Template;
use axum::extract::RawQuery;
use cells::{Said, Side, side};
use figures::compare::{Column, Compared, compare};
use figures::{Book, DOMAINS};
use host::{Ctx, Failure, Page};
use plan::api::PlanBook;
use std::sync::Arc;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const PATH: &str = "/plan/compare";
const SPEC: ListSpec = spec(&["mode", "place", "draft", "with", "theme", "domain"]);
/// 同一地方的几份文件.
const DOCUMENTS: &str = "documents";

/// What stands beside each other: a place, or a document of one.
struct Beside {
    /// The place's slug; empty for documents.
    slug: String,
    name: String,
    book: Arc<Book>,
    document: Option<String>,
    /// What a row's address needs to stay with this place.
    tail: String,
}

/// A measure with what each column says.
struct Measured {
    name: String,
    unit: String,
    domain: String,
    chart: Option<Chart>,
    sides: Vec<Side>,
}

/// Measures of one theme: what can be compared, and numbers of things.
struct Theme {
    title: String,
    rates: Vec<Measured>,
    counts: Vec<Measured>,
}

/// One way to compare.
struct Way {
    href: String,
    title: &'static str,
    here: bool,
}

#[derive(Template)]
#[template(path = "pages/compare.html")]
struct ComparePage {
    shell: Shell,
    query: ListQuery,
    reading: Reading,
    ways: Vec<Way>,
    documents: bool,
    /// Places to choose, ticked as chosen.
    places: Vec<Choice>,
    themes: Vec<Choice>,
    domains: Vec<Choice>,
    names: Vec<String>,
    groups: Vec<Theme>,
    clear: String,
    /// Places with several documents: name and address.
    others: Vec<(String, String)>,
}

impl ComparePage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }
}

/// `GET /plan/compare`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    query.allowed("mode", |mode| matches!(mode, "places" | DOCUMENTS))?;
    let documents = query.filter("mode") == Some(DOCUMENTS);
    let all = places(&ctx, &reading)?;
    for slug in query.all("with") {
        if !all.iter().any(|beside| beside.slug == slug) {
            let text = format!("没有「{slug}」这个地方的规划，没有比较。");
            return Err(PageError::bad_request(text).link("重新选择", PATH).into());
        }
    }
    let ticked =
        |slug: &str| query.filter("with").is_none() || query.all("with").any(|w| w == slug);
    let choices = all.iter().map(|beside| Choice {
        chosen: ticked(&beside.slug),
        ..Choice::new(&beside.slug, &beside.name)
    });
    let choices: Vec<Choice> = choices.collect();
    let others = all
        .iter()
        .filter(|beside| beside.book.head.documents.len() > 1)
        .map(|beside| {
            (
                beside.name.clone(),
                format!(
                    "{PATH}?mode={DOCUMENTS}{}",
                    beside.tail.replacen('?', "&", 1)
                ),
            )
        })
        .collect();
    let columns: Vec<Beside> = if documents {
        documents_of(&reading)
    } else {
        all.into_iter()
            .filter(|beside| ticked(&beside.slug))
            .collect()
    };
    let compared = compared(&columns);
    let mut themes: Vec<&str> = compared
        .iter()
        .map(|one| one.measure.theme.as_str())
        .collect();
    themes.sort_unstable();
    themes.dedup();
    let groups = groups(&query, &columns, &compared);
    let way = |mode: &str| reading.href(&format!("{PATH}?mode={mode}"));
    Ok(ui::page(ComparePage {
        shell: reading.shell(&ctx, "地区比较"),
        ways: vec![
            Way {
                href: way("places"),
                title: "地区之间",
                here: !documents,
            },
            Way {
                href: way(DOCUMENTS),
                title: "同一地方的几份文件",
                here: documents,
            },
        ],
        clear: if documents {
            way(DOCUMENTS)
        } else {
            reading.href(PATH)
        },
        places: choices,
        themes: plain(&query, "theme", themes),
        domains: plain(&query, "domain", DOMAINS.iter().copied()),
        names: columns.iter().map(|beside| beside.name.clone()).collect(),
        documents,
        groups,
        others,
        query,
        reading,
    }))
}

/// All places; the one that is read as it is read, so that a draft is compared too.
fn places(ctx: &Ctx, reading: &Reading) -> Result<Vec<Beside>, Failure> {
    let shelf = ctx.app.part::<PlanBook>()?.places();
    let besides = shelf.iter().enumerate().map(|(index, shelved)| {
        let slug = shelved.version.slug.as_str();
        let own = index == 0;
        let draft = reading.draft && reading.slug() == slug;
        let mut tail = if own {
            String::new()
        } else {
            format!("?{PLACE}={}", ui::query_encode(slug))
        };
        if draft {
            tail.push_str(if own { "?draft=1" } else { "&draft=1" });
        }
        let book = if draft {
            Arc::clone(&reading.book)
        } else {
            Arc::clone(&shelved.book)
        };
        Beside {
            slug: slug.to_owned(),
            name: format!("{}{}", book.head.place, if draft { "（草稿）" } else { "" }),
            book,
            document: None,
            tail,
        }
    });
    Ok(besides.collect())
}

fn documents_of(reading: &Reading) -> Vec<Beside> {
    let tail = reading.href("");
    let documents = reading.book.head.documents.iter().map(|document| Beside {
        slug: String::new(),
        name: document.number.clone(),
        book: Arc::clone(&reading.book),
        document: Some(document.number.clone()),
        tail: tail.clone(),
    });
    documents.collect()
}

fn compared(columns: &[Beside]) -> Vec<Compared> {
    let columns: Vec<Column<'_>> = columns
        .iter()
        .map(|beside| Column {
            name: &beside.name,
            book: &beside.book,
            document: beside.document.as_deref(),
        })
        .collect();
    compare(&columns)
}

fn groups(query: &ListQuery, columns: &[Beside], compared: &[Compared]) -> Vec<Theme> {
    let wanted = |one: &&Compared| {
        query
            .filter("theme")
            .is_none_or(|theme| one.measure.theme == theme)
            && query
                .filter("domain")
                .is_none_or(|domain| one.measure.domain == domain)
    };
    let mut out: Vec<Theme> = Vec::new();
    for one in compared.iter().filter(wanted) {
        let sides: Vec<(Side, Said<'_>)> = columns
            .iter()
            .zip(&one.cells)
            .map(|(beside, cell)| side(beside, &one.measure.id, cell))
            .collect();
        let chart = one.comparable.then(|| cells::chart(&one.measure, &sides));
        let measured = Measured {
            name: one.measure.name.clone(),
            unit: one.measure.unit.clone(),
            domain: one.measure.domain.clone(),
            chart,
            sides: sides.into_iter().map(|(side, _)| side).collect(),
        };
        let theme = &one.measure.theme;
        let at = out.iter().position(|group| group.title == *theme);
        let at = at.unwrap_or_else(|| {
            out.push(Theme {
                title: theme.clone(),
                rates: Vec::new(),
                counts: Vec::new(),
            });
            out.len() - 1
        });
        if let Some(group) = out.get_mut(at) {
            let list = if one.comparable {
                &mut group.rates
            } else {
                &mut group.counts
            };
            list.push(measured);
        }
    }
    out
}
