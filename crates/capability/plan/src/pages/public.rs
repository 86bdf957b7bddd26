//! `GET /list/public`: the list in force for everybody, the city's or a county's, verbatim, to read and to
//! print; and every list before it with what each changed (row C01).

use crate::book::PlanBook;
use crate::changed::{Changed, changed};
use crate::county_stand::county_stands;
use crate::pages::shared::state;
use askama::Template;
use axum::extract::RawQuery;
use host::{Ctx, Page};
use kernel::Day;
use rules::folder::{Document, Folder, Service, Source};
use ui::{ListQuery, ListSpec, PageError, Pill, Shell};

#[derive(Template)]
#[template(path = "pages/public.html")]
struct PublicPage {
    shell: Shell,
    list: Option<Shown>,
    /// The key of the county whose list is shown.
    county: Option<String>,
    /// Counties with a list of their own: key and name.
    counties: Vec<(String, String)>,
}

/// A list as it is shown.
struct Shown {
    folder: Folder,
    digest: String,
    from: Day,
}

impl Shown {
    /// The document the list stands in; the folder's first where the list names none.
    fn of(folder: &Folder) -> Option<&Document> {
        let documents = &folder.plan.documents;
        let named = match &folder.list.source {
            Source::Document { document, .. } => {
                documents.iter().find(|known| known.number == *document)
            }
            Source::Basis { .. } => None,
        };
        named.or_else(|| documents.first())
    }
}

impl PublicPage {
    fn document(list: &Shown) -> Option<&Document> {
        Shown::of(&list.folder)
    }

    /// The class that starts with this item, with its numbers.
    fn class_at(list: &Shown, service: &Service) -> Option<String> {
        let class = list
            .folder
            .list
            .classes
            .iter()
            .find(|class| class.from == service.no)?;
        Some(format!(
            "{}（第{}—{}项）",
            class.name, class.from, class.until
        ))
    }
}

/// A published list that counts on its day or did.
struct Past {
    name: String,
    from: String,
    document: String,
    state: Pill,
    /// Where its differences from the one before stand.
    href: String,
}

#[derive(Template)]
#[template(path = "pages/public_history.html")]
struct HistoryPage {
    shell: Shell,
    rows: Vec<Past>,
    shown: Option<(String, Vec<Changed>)>,
}

const COUNTY: ListSpec = ListSpec {
    filters: &["county"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};
const SINCE: ListSpec = ListSpec {
    filters: &["digest"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// `GET /list/public`: the city's list, or a county's.
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &COUNTY).map_err(PageError::from)?;
    let book = ctx.app.part::<PlanBook>()?;
    let stands = county_stands(&book, ctx.today());
    let counties: Vec<(String, String)> = stands
        .into_iter()
        .filter(|stand| stand.list.is_some())
        .map(|stand| (stand.key, stand.name))
        .collect();
    let list = match query.filter("county") {
        None => book.city_in_force(ctx.today()).map(|city| Shown {
            folder: city.folder.clone(),
            digest: city.digest.clone(),
            from: city.in_force_from,
        }),
        Some(key) => {
            let found = book.counties_in_force(ctx.today()).into_iter();
            let mut found = found.filter(|county| county.key() == key);
            let county = found.next().ok_or_else(PageError::not_found)?;
            Some(Shown {
                folder: county.folder.clone(),
                digest: county.version.digest.clone(),
                from: county.publication.in_force_from,
            })
        }
    };
    let title = list.as_ref().map_or_else(
        || "服务清单".to_owned(),
        |list| list.folder.list.name.clone(),
    );
    Ok(ui::page(PublicPage {
        shell: ctx.shell(title),
        list,
        county: query.filter("county").map(str::to_owned),
        counties,
    }))
}

/// `GET /list/public/history`: every published list, and what each changed.
pub(crate) async fn history(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::parse(raw.as_deref(), &SINCE).map_err(PageError::from)?;
    let book = ctx.app.part::<PlanBook>()?;
    let today = ctx.today();
    let city = book.city_in_force(today);
    let lists: Vec<(Folder, String, Day, i64, String, bool)> = book
        .all()
        .iter()
        .map(|one| {
            let now = city.as_ref().is_some_and(|city| city.id == one.id);
            let slug = one.folder.plan.slug.clone();
            (
                one.folder.clone(),
                one.digest.clone(),
                one.in_force_from,
                one.no,
                slug,
                now,
            )
        })
        .chain(book.counties().iter().map(|one| {
            let counts = book.counties_in_force(today);
            let now = counts.iter().any(|now| now.version.id == one.version.id);
            let publication = &one.publication;
            let (digest, slug) = (one.version.digest.clone(), one.version.slug.clone());
            (
                one.folder.clone(),
                digest,
                publication.in_force_from,
                publication.no,
                slug,
                now,
            )
        }))
        .collect();
    let mut shown = None;
    if let Some(digest) = query.filter("digest") {
        let this = lists.iter().find(|list| list.1 == digest);
        let this = this.ok_or_else(PageError::not_found)?;
        let earlier = lists
            .iter()
            .filter(|list| list.4 == this.4 && list.3 < this.3);
        if let Some(before) = earlier.max_by_key(|list| list.3) {
            let title = format!(
                "{} {}版与{}版的差别",
                this.0.list.name,
                this.0.list.version.zh(),
                before.0.list.version.zh()
            );
            shown = Some((title, changed(&before.0, &this.0)));
        }
    }
    let mut rows: Vec<(i64, Past)> = lists
        .iter()
        .map(|(folder, digest, from, no, slug, now)| {
            let first = !lists.iter().any(|other| other.4 == *slug && other.3 < *no);
            let past = Past {
                name: folder.list.name.clone(),
                from: from.zh(),
                document: Shown::of(folder)
                    .map(|document| format!("{} {}", document.issuer, document.number))
                    .unwrap_or_default(),
                state: state(Some(*from), today, *now),
                href: if first {
                    String::new()
                } else {
                    format!("/list/public/history?digest={digest}#changes")
                },
            };
            (*no, past)
        })
        .collect();
    rows.sort_by_key(|(no, _)| std::cmp::Reverse(*no));
    Ok(ui::page(HistoryPage {
        shell: ctx
            .shell("清单的历次版本")
            .crumb("公布的清单", "/list/public"),
        rows: rows.into_iter().map(|(_, past)| past).collect(),
        shown,
    }))
}
