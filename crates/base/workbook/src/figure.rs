//! The sheet 数值: one line a figure.

use crate::cells;
use crate::head;
use crate::line::{Line, Lines};
use crate::words;
use figures::{Book, Figure, Per, Role, Row, Unit};
use std::collections::BTreeMap;

/// Figures by the id of their row, in the order their lines want.
pub(crate) type ByRow = BTreeMap<String, Vec<Figure>>;

/// What the words in 行编号 stand for.
pub(crate) enum Find<'r> {
    Row(&'r Row),
    /// A line that could not be read, which is told there.
    Unread,
    Unknown,
}

/// Reads all figures.
pub(crate) fn read<'r>(lines: &Lines<'_>, book: &Book, find: impl Fn(&str) -> Find<'r>) -> ByRow {
    let mut found: BTreeMap<String, Vec<(i64, Figure)>> = BTreeMap::new();
    let mut unknown: Vec<String> = Vec::new();
    for mut line in lines.iter() {
        let Some(written) = line.need(head::ROW) else {
            continue;
        };
        let id = words::half_width(&written);
        let found_row = match find(&written) {
            Find::Unknown => find(&id),
            other => other,
        };
        let row = match found_row {
            Find::Row(row) => row,
            Find::Unread => continue,
            Find::Unknown => {
                if !unknown.contains(&written) {
                    line.problem(
                        head::ROW,
                        format!("没有编号「{written}」的一行"),
                        "写对编号；新加的一项写它的名称；删去的一项，它的数也删去",
                    );
                    unknown.push(written);
                }
                continue;
            }
        };
        let order = line.whole(head::ORDER, 1, 9999);
        let at = order
            .and_then(|order| usize::try_from(order).ok())
            .unwrap_or(0);
        if let Some((old, figure)) = book
            .row(&row.id)
            .and_then(|old| Some((old, old.figures.get(at.checked_sub(1)?)?)))
        {
            line.stood(|head| cells::of_figure(book, old, figure, at, head));
        }
        if let Some(figure) = one(&line, book, row) {
            // A line without a number stands after those that have one.
            found
                .entry(row.id.clone())
                .or_default()
                .push((order.unwrap_or(i64::MAX), figure));
        }
    }
    found
        .into_iter()
        .map(|(id, mut figures)| {
            figures.sort_by_key(|(order, _)| *order);
            (id, figures.into_iter().map(|(_, figure)| figure).collect())
        })
        .collect()
}

fn one(line: &Line<'_>, book: &Book, row: &Row) -> Option<Figure> {
    let role = line.word(head::ROLE).and_then(|word| {
        Role::ALL
            .iter()
            .find(|role| role.2 == word)
            .map(|role| role.0)
    });
    let value = line.digits(head::VALUE, true);
    let upto = line.digits(head::UPTO, false);
    if let (Some((_, value)), Some((_, upto))) = (&value, &upto)
        && upto < value
    {
        line.problem(head::UPTO, "上限小于数值", "核对区间的两端");
    }
    let sign = line.text(head::OP);
    let op = words::read_op(&sign);
    if op.is_none() {
        line.problem(
            head::OP,
            format!("没有「{sign}」这个符号"),
            "应为 ≥、>、≤、< 之一；正好这个数的留空",
        );
    }
    let (from, until) = (line.year(head::FROM), line.year(head::UNTIL));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        line.problem(head::UNTIL, "止早于起", "核对起止年份");
    }
    let measure = measure(line, book, row);
    let per = line.word(head::PER);
    let area = line.some(head::AREA).and_then(|text| {
        match words::half_width(&text).parse::<kernel::AreaCode>() {
            Ok(area) => Some(area),
            Err(error) => {
                line.problem(head::AREA, error.to_string(), "写区划代码；整个地区的留空");
                None
            }
        }
    });
    let (year, flags) = (
        line.year(head::YEAR),
        [head::FLOW, head::MIXED, head::EACH_YEAR, head::ESTIMATE].map(|head| line.flag(head)),
    );
    let [flow, mixed, each_year, estimate] = flags;
    let (printed, value) = value?;
    Some(Figure {
        role: role?,
        printed,
        value,
        upto,
        op: op?,
        unit: line.some(head::UNIT).map(|unit| Unit::parse(&unit)),
        year,
        from,
        until,
        flow,
        mixed,
        each_year,
        per: per.and_then(|word| {
            Per::KEYS
                .iter()
                .filter_map(|key| Per::from_key(key))
                .find(|per| per.zh() == word)
        }),
        class: line.some(head::CLASS),
        estimate,
        says: line.some(head::SAYS),
        quote: line.some(head::QUOTE),
        measure: measure?,
        area,
        note: line.some(head::NOTE),
        line: 0,
    })
}

/// The figure's own measure, or the row's.
fn measure(line: &Line<'_>, book: &Book, row: &Row) -> Option<String> {
    let told = line.some(head::MEASURE).is_some();
    let own = line.measure(head::MEASURE, &book.measures);
    if told {
        return own;
    }
    if row.measure.is_none() {
        line.problem(
            head::MEASURE,
            "数字没有口径",
            "在这里或在这一项上选一个口径",
        );
    }
    row.measure.clone()
}
