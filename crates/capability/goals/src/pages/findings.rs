//! 口径差异: what the documents say differently, serious first; nothing is merged or corrected (invariant 2).

use super::reading::Reading;
use super::rows_filter::{choices, narrowed, plain, read, spec};
use super::rows_view::severity_pill;
use askama::Template;
use axum::extract::RawQuery;
use figures::{DOMAINS, Finding, FindingKind, Severity};
use host::{Ctx, Page};
use ui::{Choice, ListQuery, ListSpec, Pill, Shell, Tile};

const PATH: &str = "/plan/findings";
const SPEC: ListSpec = spec(&[
    "place", "draft", "severity", "kind", "state", "domain", "document",
]);
const SEVERITIES: [Severity; 3] = [Severity::Serious, Severity::Minor, Severity::Note];
const STATES: [(&str, &str); 2] = [("open", "未确认"), ("acknowledged", "已确认")];

/// A finding in the list.
struct Line {
    href: String,
    severity: Severity,
    kind: &'static str,
    says: String,
    places: usize,
    settle: String,
    /// Who, and when.
    acknowledged: Option<(String, String)>,
}

impl Line {
    fn pill(&self) -> Pill {
        ui::pill(severity_pill(self.severity), self.severity.zh())
    }
}

/// Those of one document, or those between documents.
struct Group {
    title: &'static str,
    note: &'static str,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "pages/findings.html")]
struct FindingsPage {
    shell: Shell,
    query: ListQuery,
    reading: Reading,
    severities: Vec<Choice>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    domains: Vec<Choice>,
    documents: Vec<Choice>,
    tiles: Vec<Tile>,
    groups: Vec<Group>,
    shown: usize,
}

impl FindingsPage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }

    fn narrowed(&self) -> bool {
        narrowed(&self.query)
    }
}

/// Whether its places lie in more than one document.
fn between_documents(finding: &Finding) -> bool {
    let mut documents = finding.places.iter().map(|place| &place.document);
    documents
        .next()
        .is_some_and(|first| documents.any(|other| other != first))
}

/// `GET /plan/findings`
pub(crate) async fn get(ctx: Ctx, RawQuery(raw): RawQuery) -> Page {
    let (query, reading) = read(&ctx, raw.as_deref(), &SPEC).await?;
    query.allowed("severity", |key| {
        SEVERITIES.iter().any(|severity| severity.key() == key)
    })?;
    query.allowed("kind", |key| {
        FindingKind::ALL.iter().any(|kind| kind.1 == key)
    })?;
    query.allowed("state", |key| STATES.iter().any(|state| state.0 == key))?;
    let mut found: Vec<&Finding> = reading
        .findings
        .iter()
        .filter(|finding| keeps(&query, finding))
        .collect();
    found.sort_by_key(|finding| (finding.severity, finding.acknowledged.is_some()));
    let lines = |between: bool| -> Vec<Line> {
        let wanted = |finding: &&&Finding| between_documents(finding) == between;
        found
            .iter()
            .filter(wanted)
            .map(|finding| line(&reading, finding))
            .collect()
    };
    let groups = [
        (
            "文件之间",
            "两份文件说法不同，由后发文件的制定单位明确",
            lines(true),
        ),
        (
            "同一文件内",
            "同一份文件前后对不上，由发文单位明确",
            lines(false),
        ),
    ]
    .into_iter()
    .filter(|(_, _, lines)| !lines.is_empty())
    .map(|(title, note, lines)| Group { title, note, lines })
    .collect();
    let there = FindingKind::ALL
        .iter()
        .filter(|kind| {
            reading
                .findings
                .iter()
                .any(|finding| finding.kind == kind.0)
        })
        .map(|kind| (kind.1, kind.2));
    let severities = SEVERITIES
        .iter()
        .map(|severity| (severity.key(), severity.zh()));
    let numbers = reading
        .book
        .head
        .documents
        .iter()
        .map(|document| document.number.as_str());
    Ok(ui::page(FindingsPage {
        shell: reading.shell(&ctx, "口径差异"),
        severities: choices(&query, "severity", severities),
        kinds: choices(&query, "kind", there),
        states: choices(&query, "state", STATES),
        domains: plain(&query, "domain", DOMAINS.iter().copied()),
        documents: plain(&query, "document", numbers),
        tiles: tiles(&reading),
        shown: found.len(),
        groups,
        query,
        reading,
    }))
}

fn keeps(query: &ListQuery, finding: &Finding) -> bool {
    let is = |key: &str, test: &dyn Fn(&str) -> bool| query.filter(key).is_none_or(test);
    is("severity", &|key| finding.severity.key() == key)
        && is("kind", &|key| finding.kind.key() == key)
        && is("state", &|key| {
            (key == "acknowledged") == finding.acknowledged.is_some()
        })
        && is("domain", &|domain| finding.domain == domain)
        && is("document", &|number| {
            finding.places.iter().any(|place| place.document == number)
        })
}

fn tiles(reading: &Reading) -> Vec<Tile> {
    let count =
        |test: &dyn Fn(&Finding) -> bool| reading.findings.iter().filter(|f| test(f)).count();
    let mut tiles: Vec<Tile> = SEVERITIES
        .iter()
        .map(|severity| {
            let all = count(&|finding| finding.severity == *severity);
            let open = count(&|f| f.severity == *severity && f.acknowledged.is_none());
            let note = match (all, open) {
                (0, _) => "没有".to_owned(),
                (_, 0) => "都已确认".to_owned(),
                (_, open) => format!("{open} 处未确认"),
            };
            let tone = match severity {
                Severity::Serious if open > 0 => "danger",
                Severity::Minor if open > 0 => "warn",
                _ => "",
            };
            let href = reading.href(&format!("{PATH}?severity={}", severity.key()));
            ui::tile(severity.zh(), all)
                .unit("处")
                .note(note)
                .tone(tone)
                .href(href)
        })
        .collect();
    let known = count(&|finding| finding.acknowledged.is_some());
    let href = reading.href(&format!("{PATH}?state=acknowledged"));
    tiles.push(
        ui::tile("已确认", known)
            .unit("处")
            .note("看过、写明原因，仍两处并列")
            .href(href),
    );
    tiles
}

fn line(reading: &Reading, finding: &Finding) -> Line {
    Line {
        href: reading.finding_href(&finding.id),
        severity: finding.severity,
        kind: finding.kind.zh(),
        says: finding.says.clone(),
        places: finding.places.len(),
        settle: finding.settle.clone(),
        acknowledged: finding
            .acknowledged
            .as_ref()
            .map(|ack| (ack.by.clone(), ack.on.zh())),
    }
}
