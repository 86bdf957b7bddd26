//! Named projects, grouped by the sentence of the document that names them.

use crate::pages::reading::Reading;
use figures::{Figure, Kind, Row};

/// Projects of one section.
pub(super) struct Group {
    pub(super) document: String,
    pub(super) section: String,
    /// The quote, where all share one.
    pub(super) quote: String,
    /// The note, where all share one.
    pub(super) note: String,
    pub(super) projects: Vec<Project>,
}

/// A project.
pub(super) struct Project {
    pub(super) name: String,
    pub(super) href: String,
    pub(super) domain: String,
    pub(super) what: String,
    /// 投资, 床位, 面积 under their headings.
    pub(super) amounts: [(&'static str, String); 3],
    pub(super) more: String,
    pub(super) who: String,
    pub(super) note: String,
}

/// Projects by document and section, in the order of the folder.
pub(super) fn groups<'a>(reading: &Reading, rows: impl Iterator<Item = &'a Row>) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for row in rows {
        let source = &row.source;
        let at = out
            .iter()
            .position(|group| group.document == source.document && group.section == source.section);
        let project = project(reading, row);
        match at.and_then(|at| out.get_mut(at)) {
            Some(group) => {
                if group.quote != source.quote {
                    group.quote.clear();
                }
                group.projects.push(project);
            }
            None => out.push(Group {
                document: source.document.clone(),
                section: source.section.clone(),
                quote: source.quote.clone(),
                note: String::new(),
                projects: vec![project],
            }),
        }
    }
    out.iter_mut().for_each(share_note);
    out
}

/// A note that all projects of a group have stands once, above them.
fn share_note(group: &mut Group) {
    let Some((first, others)) = group.projects.split_first() else {
        return;
    };
    if others.is_empty()
        || group.quote.is_empty()
        || others.iter().any(|one| one.note != first.note)
    {
        return;
    }
    group.note = first.note.clone();
    for one in &mut group.projects {
        one.note.clear();
    }
}

fn project(reading: &Reading, row: &Row) -> Project {
    let of = |id: &str| words(row.figures.iter().filter(|figure| figure.measure == id));
    let known = ["project_investment", "project_beds", "project_area"];
    let other = row
        .figures
        .iter()
        .filter(|figure| !known.contains(&figure.measure.as_str()));
    let what = match &row.kind {
        Kind::Project { what } => what.clone().unwrap_or_default(),
        _ => String::new(),
    };
    Project {
        name: row.name.clone(),
        href: reading.row_href(&row.id),
        domain: row.domain.clone(),
        what,
        amounts: [
            ("投资", of("project_investment")),
            ("床位", of("project_beds")),
            ("面积", of("project_area")),
        ],
        more: words(other),
        who: row.departments().collect::<Vec<_>>().join("、"),
        note: row.note.clone().unwrap_or_default(),
    }
}

fn words<'a>(figures: impl Iterator<Item = &'a Figure>) -> String {
    let said = |figure: &Figure| {
        format!("{} {}", figure.when(), figure.zh())
            .trim()
            .to_owned()
    };
    figures.map(said).collect::<Vec<_>>().join("、")
}
