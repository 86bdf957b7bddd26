//! 供给计划: what shall be built each year, in which classes, and the projects named.

mod classes;
mod projects;
mod sums;
mod years;

use super::reading::Reading;
use super::rows_filter::{plain, read, spec};
use askama::Template;
use axum::extract::RawQuery;
use classes::ClassPlan;
use figures::{DOMAINS, FindingKind, Kind, Row};
use host::{Ctx, Page};
use projects::Group;
use ui::{Choice, ListQuery, ListSpec, Shell};
use years::YearPlan;

const SPEC: ListSpec = spec(&["place", "draft", "domain"]);

#[derive(Template)]
#[template(path = "pages/capacity.html")]
struct CapacityPage {
    shell: Shell,
    query: ListQuery,
    reading: Reading,
    domains: Vec<Choice>,
    years: Vec<YearPlan>,
    classes: Vec<ClassPlan>,
    projects: Vec<Group>,
    /// Annexes with projects that are named and not there: what it says, and the finding's address.
    missing: Vec<(String, String)>,
}

/// `GET /plan/capacity`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    let wanted = |row: &&Row| {
        query
            .filter("domain")
            .is_none_or(|domain| row.domain == domain)
    };
    let rows: Vec<&Row> = reading.book.rows.iter().filter(wanted).collect();
    let by = |by: &str| {
        let is = |row: &&&Row| matches!(&row.kind, Kind::Table { by: of } if of == by);
        rows.iter().filter(is).copied().collect::<Vec<_>>()
    };
    let named = rows
        .iter()
        .copied()
        .filter(|row| matches!(row.kind, Kind::Project { .. }));
    let missing = reading
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::EmptyAnnex && finding.says.contains("项目"))
        .map(|finding| (finding.says.clone(), reading.finding_href(&finding.id)))
        .collect();
    Ok(ui::page(CapacityPage {
        shell: reading.shell(&ctx, "供给计划"),
        domains: plain(&query, "domain", DOMAINS.iter().copied()),
        years: years::by_year(&reading, &by("year")),
        classes: classes::by_class(&reading, &by("class")),
        projects: projects::groups(&reading, named),
        missing,
        query,
        reading,
    }))
}
