//! Reads indicators, tasks, capacity, standards and acknowledgements of a folder (docs/plan-format.md).

use crate::measure::{DOMAINS, Measures, Per};
use crate::model::{Acknowledged, Book, Clause, Figure, Kind, Op, Role, Row as Line};
use crate::{Num, Unit};
use rules::folder::reader::{Doc, Row};
use rules::folder::{self, PlanHead, Source, source};
use rules::{Files, Problem};
use std::collections::BTreeMap;

/// The file of acknowledged findings.
pub const ACKNOWLEDGED: &str = "acknowledged.toml";
/// 标准与政策 by kind.
pub const STANDARD_KINDS: &[&str] = &[
    "标准", "比例", "价格", "补贴", "资金", "期限", "规模", "频次", "现状", "预测", "机制",
];
/// 指标属性.
pub const NATURES: &[&str] = &["约束性", "预期性"];

/// Reads a folder's figures; all problems are told at once.
pub fn load(files: &Files) -> Result<Book, Vec<Problem>> {
    let head = folder::head(files)?;
    let mut problems = Vec::new();
    let areas = folder::areas_of(files, &head).unwrap_or_else(|found| {
        problems.extend(found);
        folder::Areas::default()
    });
    let (measures, found) = Measures::of(files);
    problems.extend(found);
    let mut rows = Vec::new();
    let known = Known {
        documents: head.documents.iter().map(|d| d.number.clone()).collect(),
        measures: &measures,
    };
    for (file, keys) in FILES {
        let Some(text) = files.get(*file) else {
            continue;
        };
        let doc = Doc::new(file, text);
        if let Some(table) = doc.parse() {
            let names: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
            let top = Row::top(&doc, &table, &names);
            for (key, allowed) in *keys {
                for row in top.rows(key, allowed) {
                    if let Some(line) = line(row, key, &known) {
                        rows.push(line);
                    }
                }
            }
        }
        problems.extend(doc.into_problems());
    }
    let acknowledged = acknowledged(files, &mut problems);
    problems.extend(twice(&rows));
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Book {
        units: units(&areas),
        list_sections: list_sections(files),
        digest: folder::digest_of(files),
        head,
        measures,
        rows,
        acknowledged,
    })
}

struct Known<'a> {
    documents: Vec<String>,
    measures: &'a Measures,
}

type Tables = &'static [(&'static str, &'static [&'static str])];

/// Files with their tables and the keys of each.
const FILES: &[(&str, Tables)] = &[
    (
        "indicators.toml",
        &[(
            "indicator",
            &[
                "id",
                "table",
                "no",
                "group",
                "domain",
                "name",
                "text",
                "nature",
                "no_baseline",
                "lead",
                "with",
                "measure",
                "note",
                "figures",
                "source",
            ],
        )],
    ),
    (
        "tasks.toml",
        &[(
            "task",
            &[
                "id", "list", "no", "year", "group", "domain", "name", "text", "due", "due_says",
                "lead", "with", "measure", "note", "figures", "source",
            ],
        )],
    ),
    (
        "capacity.toml",
        &[
            (
                "table",
                &[
                    "id", "name", "domain", "by", "lead", "with", "measure", "note", "figures",
                    "source",
                ],
            ),
            (
                "project",
                &[
                    "id", "name", "domain", "what", "text", "lead", "with", "measure", "note",
                    "figures", "source",
                ],
            ),
        ],
    ),
    (
        "standards.toml",
        &[(
            "standard",
            &[
                "id", "kind", "domain", "name", "text", "due", "due_says", "lead", "with",
                "measure", "note", "figures", "source",
            ],
        )],
    ),
];

const FIGURE: &[&str] = &[
    "role",
    "value",
    "upto",
    "op",
    "unit",
    "year",
    "from",
    "until",
    "flow",
    "mixed",
    "each_year",
    "per",
    "class",
    "estimate",
    "says",
    "quote",
    "measure",
    "area",
    "note",
];

fn line(row: Row<'_>, key: &str, known: &Known<'_>) -> Option<Line> {
    let id = row.text("id");
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if let Some(id) = id.as_ref().filter(|id| !id.bytes().all(plain)) {
        let what = format!("id「{id}」不能用");
        row.problem(row.line_of("id"), what, "只用小写字母、数字和下划线");
    }
    let (name, domain) = (row.text("name"), row.word("domain", DOMAINS));
    let kind = kind(row, key);
    let measure = row.text_opt("measure");
    check_measure(row, "measure", measure.as_deref(), known);
    let figures = row
        .rows("figures", FIGURE)
        .into_iter()
        .filter_map(|figure| read_figure(figure, measure.as_deref(), known))
        .collect();
    let source = source::read(row, &known.documents);
    if let Some(Source::Basis { .. }) = source {
        row.problem(
            row.line_of("source"),
            "规划的数字要写出处",
            "写 document、section、quote",
        );
    }
    let Some(Source::Document {
        document,
        section,
        quote,
    }) = source
    else {
        return None;
    };
    Some(Line {
        id: id?,
        kind: kind?,
        domain: domain?,
        name: name?,
        text: row.text_opt("text"),
        lead: row.texts("lead").unwrap_or_default(),
        with: row.texts("with").unwrap_or_default(),
        due: row.parsed("due"),
        due_says: row.text_opt("due_says"),
        measure,
        note: row.text_opt("note"),
        figures,
        source: Clause {
            document,
            section,
            quote,
        },
        line: row.line,
    })
}

fn kind(row: Row<'_>, key: &str) -> Option<Kind> {
    Some(match key {
        "indicator" => Kind::Indicator {
            table: row.text_opt("table"),
            no: row.int("no", 1, 9999),
            group: row.text_opt("group"),
            nature: row
                .has("nature")
                .then(|| row.word("nature", NATURES))
                .flatten(),
            no_baseline: row.flag("no_baseline").unwrap_or(false),
        },
        "task" => Kind::Task {
            list: row.text("list")?,
            no: row.text_opt("no"),
            year: year(row, "year"),
            group: row.text_opt("group"),
        },
        "table" => Kind::Table {
            by: row.word("by", &["year", "class"])?,
        },
        "project" => Kind::Project {
            what: row.text_opt("what"),
        },
        _ => Kind::Standard {
            kind: row.word("kind", STANDARD_KINDS)?,
        },
    })
}

fn year(row: Row<'_>, key: &str) -> Option<i32> {
    row.int(key, 1949, 2100)
        .and_then(|year| i32::try_from(year).ok())
}

fn check_measure(row: Row<'_>, key: &str, measure: Option<&str>, known: &Known<'_>) {
    if let Some(id) = measure.filter(|id| known.measures.get(id).is_none()) {
        row.problem(
            row.line_of(key),
            format!("没有指标口径「{id}」"),
            "用共用口径表里的 id，或在 measures.toml 里定义",
        );
    }
}

fn read_figure(row: Row<'_>, inherited: Option<&str>, known: &Known<'_>) -> Option<Figure> {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.1).collect();
    let role = row.word("role", &roles);
    let (printed, value) = digits(row, "value", true)?;
    let upto = digits(row, "upto", false);
    if upto.as_ref().is_some_and(|(_, upto)| *upto < value) {
        row.problem(row.line_of("upto"), "upto 小于 value", "核对区间的两端");
    }
    let op = if row.has("op") {
        row.word("op", Op::KEYS)?
    } else {
        "=".to_owned()
    };
    let own = row.text_opt("measure");
    check_measure(row, "measure", own.as_deref(), known);
    let measure = own.or_else(|| inherited.map(str::to_owned));
    if measure.is_none() {
        row.problem(row.line, "数字没有口径", "在这一行或这个数字上写 measure");
    }
    let (from, until) = (year(row, "from"), year(row, "until"));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        row.problem(row.line_of("until"), "until 早于 from", "核对起止年份");
    }
    let per = row.has("per").then(|| row.word("per", Per::KEYS)).flatten();
    Some(Figure {
        role: Role::from_key(&role?)?,
        printed,
        value,
        upto,
        op: Op::from_key(&op)?,
        unit: row.text_opt("unit").map(|unit| Unit::parse(&unit)),
        year: year(row, "year"),
        from,
        until,
        flow: row.flag("flow").unwrap_or(false),
        mixed: row.flag("mixed").unwrap_or(false),
        each_year: row.flag("each_year").unwrap_or(false),
        per: per.as_deref().and_then(Per::from_key),
        class: row.text_opt("class"),
        estimate: row.flag("estimate").unwrap_or(false),
        says: row.text_opt("says"),
        quote: row.text_opt("quote"),
        measure: measure?,
        area: row.parsed("area"),
        note: row.text_opt("note"),
        line: row.line,
    })
}

fn digits(row: Row<'_>, key: &str, needed: bool) -> Option<(String, Num)> {
    let text = if needed {
        row.text(key)
    } else {
        row.text_opt(key)
    }?;
    if let Some(number) = Num::parse(&text) {
        return Some((text, number));
    }
    row.problem(
        row.line_of(key),
        format!("{key} 不能是「{text}」"),
        "照原文写数字，如 \"4.50\"，单位写在 unit，符号写在 op",
    );
    None
}

fn acknowledged(files: &Files, problems: &mut Vec<Problem>) -> Vec<Acknowledged> {
    let Some(text) = files.get(ACKNOWLEDGED) else {
        return Vec::new();
    };
    let doc = Doc::new(ACKNOWLEDGED, text);
    let mut out = Vec::new();
    if let Some(table) = doc.parse() {
        let keys: &[&str] = &["finding", "print", "reason", "by", "on"];
        for row in Row::top(&doc, &table, &["acknowledged"]).rows("acknowledged", keys) {
            let (finding, print) = (row.text("finding"), row.text("print"));
            let (reason, by, on) = (row.text("reason"), row.text("by"), row.day("on"));
            if let (Some(finding), Some(print), Some(reason), Some(by), Some(on)) =
                (finding, print, reason, by, on)
            {
                out.push(Acknowledged {
                    finding,
                    print,
                    reason,
                    by,
                    on,
                });
            }
        }
    }
    problems.extend(doc.into_problems());
    out
}

fn twice(rows: &[Line]) -> Vec<Problem> {
    let mut first: BTreeMap<&str, &Line> = BTreeMap::new();
    let mut problems = Vec::new();
    for row in rows {
        if let Some(other) = first.get(row.id.as_str()) {
            let what = format!(
                "id「{}」在 {} 第 {} 行已使用",
                row.id,
                other.kind.file(),
                other.line
            );
            problems.push(Problem::at(
                row.kind.file(),
                row.line,
                what,
                "每一行用不同的 id",
            ));
        } else {
            first.insert(&row.id, row);
        }
    }
    problems
}

fn units(areas: &folder::Areas) -> BTreeMap<Per, i64> {
    let mut units = BTreeMap::new();
    if !areas.counties.is_empty() {
        let towns: usize = areas.counties.iter().map(|county| county.towns.len()).sum();
        units.insert(Per::County, areas.counties.len() as i64);
        units.insert(Per::Town, towns as i64);
    }
    units
}

fn list_sections(files: &Files) -> Vec<(String, String)> {
    if !files.contains_key(folder::SERVICES) {
        return Vec::new();
    }
    // Problems of the list are told where the list is checked.
    let Ok(folder) = folder::load(files) else {
        return Vec::new();
    };
    let sources =
        std::iter::once(&folder.list.source).chain(folder.services.iter().map(|s| &s.source));
    sources
        .filter_map(|source| match source {
            Source::Document {
                document, section, ..
            } => Some((document.clone(), section.clone())),
            Source::Basis { .. } => None,
        })
        .collect()
}

/// The documents of a head by number.
pub(crate) fn numbers(head: &PlanHead) -> impl Iterator<Item = &str> {
    head.documents
        .iter()
        .map(|document| document.number.as_str())
}
