//! Tables by year and by class, each with its chart, its shares and whether it adds up.

use crate::pages::charts::{self, Chart, Datum, Year};
use crate::pages::reading::Reading;
use figures::{Figure, Finding, FindingKind, Num, Op, Role, Row};

/// Whether the parts of a table give its total (invariant 2: shown, never corrected).
pub(super) struct Sum {
    /// `yes`, `danger` or `no`.
    pub(super) tone: &'static str,
    pub(super) says: String,
    /// The finding, where it does not.
    pub(super) href: Option<String>,
}

/// A table by year, or several that the document prints as one.
pub(super) struct YearPlan {
    pub(super) document: String,
    pub(super) section: String,
    pub(super) chart: Chart,
    pub(super) series: Vec<Series>,
    pub(super) lines: Vec<YearLine>,
}

/// One table of them.
pub(super) struct Series {
    /// What is counted, with its unit.
    pub(super) name: String,
    pub(super) title: String,
    pub(super) href: String,
    pub(super) note: String,
    pub(super) total: String,
    pub(super) sum: Sum,
}

/// A year: one cell a series.
pub(super) struct YearLine {
    pub(super) year: String,
    pub(super) cells: Vec<Option<YearCell>>,
}

/// What a year brings.
pub(super) struct YearCell {
    pub(super) plan: String,
    pub(super) href: String,
    pub(super) so_far: String,
    pub(super) share: String,
}

/// A table by class, with every place of the document that states it.
pub(super) struct ClassPlan {
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) chart: Chart,
    pub(super) lines: Vec<ClassLine>,
    pub(super) total: String,
    pub(super) sum: Sum,
    pub(super) statements: Vec<Statement>,
}

/// One class.
pub(super) struct ClassLine {
    pub(super) class: String,
    /// The word another place uses for it.
    pub(super) also: String,
    pub(super) value: String,
    pub(super) href: String,
    pub(super) share: String,
}

/// Where a table is stated.
pub(super) struct Statement {
    pub(super) document: String,
    pub(super) section: String,
    pub(super) quote: String,
    pub(super) note: String,
    pub(super) href: String,
}

/// Tables by year; those of one section of a document stand side by side, as printed.
pub(super) fn by_year(reading: &Reading, rows: &[&Row]) -> Vec<YearPlan> {
    let mut printed: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        let place = |other: &Row| {
            (&other.source.document, &other.source.section)
                == (&row.source.document, &row.source.section)
        };
        match printed
            .iter_mut()
            .find(|group| group.iter().any(|other| place(other)))
        {
            Some(group) => group.push(row),
            None => printed.push(vec![row]),
        }
    }
    printed
        .iter()
        .map(|group| year_plan(reading, group))
        .collect()
}

fn year_plan(reading: &Reading, rows: &[&Row]) -> YearPlan {
    let mut years: Vec<i32> = rows
        .iter()
        .flat_map(|row| row.of_role(Role::Part))
        .filter_map(|part| part.year)
        .collect();
    years.sort_unstable();
    years.dedup();
    let series: Vec<Series> = rows.iter().map(|row| series(reading, row)).collect();
    let alone = rows.len() == 1;
    let mut so_far = vec![Num::ZERO; rows.len()];
    let (mut lines, mut bars) = (Vec::new(), Vec::new());
    for year in years {
        let label = format!("{year}年");
        let (mut cells, mut values) = (Vec::new(), Vec::new());
        for (row, so_far) in rows.iter().zip(&mut so_far) {
            let part = row.of_role(Role::Part).find(|part| part.year == Some(year));
            if alone {
                values.push(Some(Datum::new(so_far.to_f64(), so_far.to_string())));
            }
            // On top of what came before, the year's own number reads as an addition.
            let sign = if alone { "+" } else { "" };
            values.push(
                part.map(|part| {
                    Datum::new(part.amount().to_f64(), format!("{sign}{}", part.printed))
                }),
            );
            cells.push(part.map(|part| {
                *so_far = *so_far + part.amount();
                YearCell {
                    plan: part.zh(),
                    href: reading.row_href(&row.id),
                    so_far: so_far.to_string(),
                    share: percent(*so_far, whole(row)),
                }
            }));
        }
        bars.push(Year {
            label: label.clone(),
            values,
        });
        lines.push(YearLine { year: label, cells });
    }
    let names: Vec<&str> = if alone {
        vec!["以前年度累计", "当年计划"]
    } else {
        series.iter().map(|series| series.name.as_str()).collect()
    };
    let says: Vec<String> = rows
        .iter()
        .zip(&series)
        .map(|(row, series)| {
            let parts: Vec<String> = row
                .of_role(Role::Part)
                .map(|part| format!("{} {}", part.when(), part.zh()))
                .collect();
            format!(
                "{}：{}，合计 {}",
                series.name,
                parts.join("，"),
                series.total
            )
        })
        .collect();
    let source = rows.first().map(|row| &row.source);
    YearPlan {
        document: source
            .map(|source| source.document.clone())
            .unwrap_or_default(),
        section: source
            .map(|source| source.section.clone())
            .unwrap_or_default(),
        chart: charts::by_year(&says.join("。"), &names, &bars, alone),
        series,
        lines,
    }
}

fn series(reading: &Reading, row: &Row) -> Series {
    let measure = row
        .of_role(Role::Part)
        .next()
        .map_or("", |part| part.measure.as_str());
    let unit = row.of_role(Role::Part).find_map(|part| part.unit.as_ref());
    let name = reading
        .book
        .measures
        .get(measure)
        .map_or(row.name.as_str(), |measure| measure.name.as_str());
    Series {
        name: unit.map_or_else(
            || name.to_owned(),
            |unit| format!("{name}（{}）", unit.printed),
        ),
        title: row.name.clone(),
        href: reading.row_href(&row.id),
        note: row.note.clone().unwrap_or_default(),
        total: total(row),
        sum: adds_up(reading, row),
    }
}

/// Tables by class; one that the document states again with the same values is shown once.
pub(super) fn by_class(reading: &Reading, rows: &[&Row]) -> Vec<ClassPlan> {
    let mut stated: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        let same = |other: &Row| {
            other.source.document == row.source.document
                && other.domain == row.domain
                && values(other).eq(values(row))
        };
        match stated
            .iter_mut()
            .find(|group| group.iter().any(|other| same(other)))
        {
            Some(group) => group.push(row),
            None => stated.push(vec![row]),
        }
    }
    stated
        .iter()
        .filter_map(|group| class_plan(reading, group))
        .collect()
}

/// What makes two tables the same: measures and values, not their words for classes and units.
fn values(row: &Row) -> impl Iterator<Item = (&str, Num, Role)> {
    row.figures
        .iter()
        .map(|figure| (figure.measure.as_str(), figure.amount(), figure.role))
}

fn class_plan(reading: &Reading, rows: &[&Row]) -> Option<ClassPlan> {
    let (first, again) = rows.split_first()?;
    let whole = whole(first);
    let class = |figure: &Figure| {
        figure
            .class
            .clone()
            .unwrap_or_else(|| figure.printed.clone())
    };
    let (mut lines, mut parts) = (Vec::new(), Vec::new());
    for (index, part) in first.of_role(Role::Part).enumerate() {
        let name = class(part);
        let mut also: Vec<String> = Vec::new();
        for other in again
            .iter()
            .filter_map(|row| row.of_role(Role::Part).nth(index))
            .map(class)
        {
            if other != name && !also.contains(&other) {
                also.push(other);
            }
        }
        let share = percent(part.amount(), whole);
        parts.push((
            name.clone(),
            Datum::new(part.amount().to_f64(), format!("{} · {share}", part.zh())),
        ));
        lines.push(ClassLine {
            class: name,
            also: also.join("、"),
            value: part.zh(),
            href: reading.row_href(&first.id),
            share,
        });
    }
    let words: Vec<String> = lines
        .iter()
        .map(|line| format!("{} {}，占 {}", line.class, line.value, line.share))
        .collect();
    let statements = rows.iter().map(|row| Statement {
        document: row.source.document.clone(),
        section: row.source.section.clone(),
        quote: row.source.quote.clone(),
        note: row.note.clone().unwrap_or_default(),
        href: reading.row_href(&row.id),
    });
    Some(ClassPlan {
        name: first.name.clone(),
        domain: first.domain.clone(),
        chart: charts::structure(&format!("{}：{}", first.name, words.join("；")), &parts),
        total: total(first),
        sum: adds_up(reading, first),
        statements: statements.collect(),
        lines,
    })
}

fn total(row: &Row) -> String {
    row.of_role(Role::Total)
        .next()
        .map_or_else(|| "未列".to_owned(), Figure::zh)
}

/// The printed total, or what the parts give where none is printed.
fn whole(row: &Row) -> Num {
    let printed = row.of_role(Role::Total).next().map(Figure::amount);
    printed.unwrap_or_else(|| row.of_role(Role::Part).map(Figure::amount).sum())
}

fn percent(part: Num, whole: Num) -> String {
    let share = part
        .over(whole)
        .map(|share| (share * Num::whole(100)).round(1));
    share.map_or_else(|| "—".to_owned(), |share| format!("{share}%"))
}

fn adds_up(reading: &Reading, row: &Row) -> Sum {
    let exact = |figure: &Figure| figure.op == Op::Equal && figure.upto.is_none();
    let sum: Num = row.of_role(Role::Part).map(Figure::amount).sum();
    let (tone, says) = match row.of_role(Role::Total).next() {
        None => ("no", format!("文件没有写合计，分项之和 {sum}")),
        Some(total) if !exact(total) || !row.of_role(Role::Part).all(exact) => {
            ("no", "有「以上」或区间，不核对合计".to_owned())
        }
        Some(total) if total.amount() == sum => ("yes", "✓ 分项之和等于合计".to_owned()),
        Some(total) => ("danger", format!("≠ 分项之和 {sum}，合计写 {}", total.zh())),
    };
    let found = |finding: &&Finding| finding.kind == FindingKind::Sum;
    let found = reading.findings_of(&row.id).into_iter().find(found);
    let href = found
        .filter(|_| tone == "danger")
        .map(|finding| reading.finding_href(&finding.id));
    Sum { tone, says, href }
}
