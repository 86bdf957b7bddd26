//! Rows that differ, in words: what stood there and what stands there now.

use crate::pages::names::measure_name;
use figures::diff::{Became, RowChange, diff};
use figures::{Book, Figure, Row};
use ui::{Pill, pill};

/// A row that differs.
pub(crate) struct ShownRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) became: Became,
    pub(crate) fields: Vec<ShownField>,
}

/// A field of it; several values stand one a line.
pub(crate) struct ShownField {
    pub(crate) field: &'static str,
    pub(crate) before: Vec<String>,
    pub(crate) after: Vec<String>,
}

impl ShownRow {
    pub(crate) fn state(&self) -> Pill {
        let kind = match self.became {
            Became::Added => "ok",
            Became::Removed => "danger",
            Became::Changed => "warn",
        };
        pill(kind, self.became.zh())
    }

    pub(crate) fn changed(&self) -> bool {
        self.became == Became::Changed
    }

    pub(crate) fn removed(&self) -> bool {
        self.became == Became::Removed
    }
}

/// All rows that differ.
pub(crate) fn shown(before: &Book, after: &Book) -> Vec<ShownRow> {
    diff(before, after)
        .into_iter()
        .map(|change| one(before, after, change))
        .collect()
}

fn one(before: &Book, after: &Book, change: RowChange) -> ShownRow {
    let (old, new) = (before.row(&change.id), after.row(&change.id));
    let mut fields = Vec::new();
    for found in change.fields {
        let values = match found.field {
            "数值" => figures_apart(&lines(before, old), &lines(after, new)),
            "口径" => Some((
                vec![named(before, &found.before)],
                vec![named(after, &found.after)],
            )),
            "分项方式" => Some((vec![by(&found.before)], vec![by(&found.after)])),
            _ => Some((vec![found.before], vec![found.after])),
        };
        if let Some((before, after)) = values {
            fields.push(ShownField {
                field: found.field,
                before: filled(before),
                after: filled(after),
            });
        }
    }
    ShownRow {
        id: change.id,
        name: change.name,
        kind: change.kind,
        became: change.became,
        fields,
    }
}

fn filled(values: Vec<String>) -> Vec<String> {
    values
        .into_iter()
        .filter(|value| !value.is_empty())
        .collect()
}

fn named(book: &Book, id: &str) -> String {
    if id.is_empty() {
        String::new()
    } else {
        measure_name(book, id)
    }
}

fn by(key: &str) -> String {
    match key {
        "year" => "按年度".to_owned(),
        "class" => "按类别".to_owned(),
        other => other.to_owned(),
    }
}

fn lines(book: &Book, row: Option<&Row>) -> Vec<String> {
    row.map_or_else(Vec::new, |row| {
        row.figures
            .iter()
            .map(|figure| words(book, row, figure))
            .collect()
    })
}

/// Figures that are only on one side; `None` where all are on both in the same order.
fn figures_apart(before: &[String], after: &[String]) -> Option<(Vec<String>, Vec<String>)> {
    if before == after {
        return None;
    }
    let only = |these: &[String], others: &[String]| {
        let mut left = others.to_vec();
        let mut only = Vec::new();
        for line in these {
            match left.iter().position(|other| other == line) {
                Some(at) => drop(left.swap_remove(at)),
                None => only.push(line.clone()),
            }
        }
        only
    };
    let (gone, come) = (only(before, after), only(after, before));
    if gone.is_empty() && come.is_empty() {
        return Some((before.to_vec(), after.to_vec()));
    }
    Some((gone, come))
}

/// A figure with everything that makes it another figure: `目标 2025年 45张`.
pub(crate) fn words(book: &Book, row: &Row, figure: &Figure) -> String {
    let mut parts = vec![figure.role.zh().to_owned(), figure.when(), figure.zh()];
    for (flag, word) in [(figure.flow, "新增"), (figure.mixed, "含改建")] {
        if flag {
            parts.push(word.to_owned());
        }
    }
    parts.extend(figure.class.clone());
    if let Some(says) = &figure.says {
        parts.push(format!("原文“{says}”"));
    }
    if row.measure.as_ref() != Some(&figure.measure) {
        parts.push(format!("〔{}〕", measure_name(book, &figure.measure)));
    }
    parts.extend(figure.area.map(|area| format!("区划{area}")));
    parts.extend(figure.note.clone());
    if let Some(quote) = &figure.quote {
        parts.push(format!("引文“{quote}”"));
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_figures_that_differ_are_shown() {
        let of = |words: &[&str]| {
            words
                .iter()
                .map(|word| (*word).to_owned())
                .collect::<Vec<_>>()
        };
        let (gone, come) = figures_apart(&of(&["a", "b", "b"]), &of(&["b", "c", "a"])).unwrap();
        assert_eq!((gone, come), (of(&["b"]), of(&["c"])));
        assert_eq!(figures_apart(&of(&["a"]), &of(&["a"])), None);
        assert_eq!(
            figures_apart(&of(&["a", "b"]), &of(&["b", "a"])),
            Some((of(&["a", "b"]), of(&["b", "a"])))
        );
    }
}
