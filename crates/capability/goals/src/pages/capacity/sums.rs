//! Totals and shares of a table, and whether its parts give its total.

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

/// The total as printed.
pub(super) fn total(row: &Row) -> String {
    row.of_role(Role::Total)
        .next()
        .map_or_else(|| "未列".to_owned(), Figure::zh)
}

/// The printed total, or what the parts give where none is printed.
pub(super) fn whole(row: &Row) -> Num {
    let printed = row.of_role(Role::Total).next().map(Figure::amount);
    printed.unwrap_or_else(|| row.of_role(Role::Part).map(Figure::amount).sum())
}

/// A share, to one decimal.
pub(super) fn percent(part: Num, whole: Num) -> String {
    let share = part
        .over(whole)
        .map(|share| (share * Num::whole(100)).round(1));
    share.map_or_else(|| "—".to_owned(), |share| format!("{share}%"))
}

/// Adds the parts up and says how the sum and the printed total stand to each other.
pub(super) fn adds_up(reading: &Reading, row: &Row) -> Sum {
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
