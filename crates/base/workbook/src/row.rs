//! One line of a sheet of rows as a row.

use crate::columns::Sheet;
use crate::line::Line;
use crate::{cells, head, words};
use figures::{Book, Clause, Kind, Row};
use kernel::Day;
use sm3::{Digest, Sm3};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of one sheet while they are read.
pub(crate) struct Reading<'a> {
    pub(crate) base: &'a Book,
    pub(crate) sheet: &'a Sheet,
    pub(crate) compound: &'a [String],
    /// Ids that stand in the workbook, and names of new rows that could not be read.
    pub(crate) used: &'a mut BTreeSet<String>,
    /// Names of rows without an id, with the id they get.
    pub(crate) names: &'a mut BTreeMap<String, String>,
}

impl Reading<'_> {
    /// A row without its figures.
    pub(crate) fn row(&mut self, mut line: Line<'_>) -> Option<Row> {
        let written = words::half_width(&line.text(self.sheet.id()));
        let old = self.base.row(&written);
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !written.bytes().all(plain) {
            let remedy = "只用小写字母、数字和下划线；新加的一项留空";
            line.problem(self.sheet.id(), format!("编号「{written}」不能用"), remedy);
            return None;
        }
        if let Some(old) = old.filter(|old| old.kind.key() != self.sheet.key) {
            let what = format!("编号「{written}」是「{}」的一项", old.kind.zh());
            line.problem(self.sheet.id(), what, "换到这里的，编号留空");
            return None;
        }
        if !written.is_empty() && !self.used.insert(written.clone()) {
            line.problem(
                self.sheet.id(),
                format!("编号「{written}」出现两次"),
                "每一项用不同的编号；新加的一项留空",
            );
            return None;
        }
        if let Some(old) = old {
            line.stood(|head| cells::of_row(self.base, old, head));
        }
        let (domain, name, kind) = (
            line.word(head::DOMAIN),
            line.need(head::NAME),
            self.kind(&line),
        );
        let due = due(&line);
        let measure = line.measure(head::MEASURE, &self.base.measures);
        let source = self.source(&line);
        let departments =
            |head: &str, old: Option<&Vec<String>>| match old.filter(|_| line.same(head)) {
                Some(old) => old.clone(),
                None => words::split(&line.text(head), self.compound),
            };
        let lead = departments(head::LEAD, old.map(|old| &old.lead));
        let with = departments(head::WITH, old.map(|old| &old.with));
        if written.is_empty() && (domain.is_none() || kind.is_none() || source.is_none()) {
            // Its figures are not unknown as well.
            self.used.extend(name.clone());
        }
        let (name, kind, source) = (name?, kind?, source?);
        let id = if written.is_empty() {
            let id = self.new_id(&kind, &name, &source);
            if self.names.insert(name.clone(), id.clone()).is_some() {
                line.problem(
                    head::NAME,
                    format!("新加的「{name}」有两项"),
                    "自己给它们编号，如 new_1、new_2",
                );
            }
            id
        } else {
            written
        };
        Some(Row {
            id,
            kind,
            domain: domain?,
            name,
            text: line.some(head::TEXT),
            lead,
            with,
            due,
            due_says: line.some(head::DUE_SAYS),
            measure,
            note: line.some(head::NOTE),
            figures: Vec::new(),
            source,
            line: 0,
        })
    }

    fn kind(&self, line: &Line<'_>) -> Option<Kind> {
        Some(match self.sheet.key {
            "indicator" => Kind::Indicator {
                table: line.some(head::TABLE),
                no: line.whole(head::NO, 1, 9999),
                group: line.some(head::GROUP),
                nature: line.word(head::NATURE),
                no_baseline: line.flag(head::NO_BASELINE),
            },
            "task" => {
                let list = line.need(head::LIST);
                let year = line.year(head::TASK_YEAR);
                Kind::Task {
                    list: list?,
                    no: line.some(head::NO),
                    year,
                    group: line.some(head::TASK_GROUP),
                }
            }
            "table" => {
                let word = line.word(head::BY)?;
                let by = crate::columns::BY.iter().find(|(_, zh)| *zh == word);
                Kind::Table {
                    by: by?.0.to_owned(),
                }
            }
            "project" => Kind::Project {
                what: line.some(head::WHAT),
            },
            _ => Kind::Standard {
                kind: line.word(head::KIND)?,
            },
        })
    }

    fn source(&self, line: &Line<'_>) -> Option<Clause> {
        let (document, section, quote) = (
            line.need(head::DOCUMENT),
            line.need(head::SECTION),
            line.need(head::QUOTE),
        );
        if let Some(number) = document
            .as_ref()
            .filter(|number| self.base.head.document(number).is_none())
        {
            let known: Vec<&str> = self
                .base
                .head
                .documents
                .iter()
                .map(|document| document.number.as_str())
                .collect();
            line.problem(
                head::DOCUMENT,
                format!("没有文件「{number}」"),
                format!("应为 {} 之一", known.join("、")),
            );
        }
        Some(Clause {
            document: document?,
            section: section?,
            quote: quote?,
        })
    }

    /// The same new row gets the same id however often the workbook is imported.
    fn new_id(&mut self, kind: &Kind, name: &str, source: &Clause) -> String {
        for again in 0_u32.. {
            let mut hasher = Sm3::new();
            for part in [
                kind.key(),
                name,
                &source.document,
                &source.section,
                &source.quote,
                &again.to_string(),
            ] {
                hasher.update(part.as_bytes());
                hasher.update([0]);
            }
            let hash = hasher.finalize();
            let first = hash.as_slice().iter().take(4);
            let number = first.fold(0_u32, |number, byte| (number << 8) | u32::from(*byte));
            let id = format!("n_{number:08x}");
            let other_kind = self
                .base
                .row(&id)
                .is_some_and(|row| row.kind.key() != kind.key());
            if !other_kind && self.used.insert(id.clone()) {
                return id;
            }
        }
        String::new()
    }
}

fn due(line: &Line<'_>) -> Option<Day> {
    let text = words::half_width(&line.text(head::DUE));
    if text.is_empty() {
        return None;
    }
    let parts: Vec<i32> = text
        .trim_end_matches('日')
        .split(['-', '/', '.', '年', '月'])
        .map_while(|part| part.trim().parse().ok())
        .collect();
    let day = match parts.as_slice() {
        [year, month, day] => Day::from_ymd(*year, *month, *day),
        _ => None,
    };
    if day.is_none() {
        line.problem(
            head::DUE,
            format!("「{text}」不是日期"),
            "写成 2025-12-31；原文的话写在「期限原文」",
        );
    }
    day
}
