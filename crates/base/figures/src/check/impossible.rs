//! Values that cannot be: more than everything.

use super::Facts;
use crate::finding::{Finding, FindingKind, Severity};
use crate::model::Op;

/// Values above the measure's ceiling, or "100% and more".
pub(super) fn impossible(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for fact in &facts.all {
        let Some(max) = fact.measure.max else {
            continue;
        };
        let figure = fact.figure;
        let over = figure.amount_upto() > max;
        let open = figure.amount_upto() == max && matches!(figure.op, Op::AtLeast | Op::Above);
        if !over && !open {
            continue;
        }
        let why = if over { "超过了" } else { "要求超过" };
        let says = format!(
            "{}{} {}，{why}上限 {max}{}",
            fact.row.name,
            figure.when(),
            figure.zh(),
            fact.measure.unit
        );
        let year = figure
            .last_year()
            .map_or_else(|| "undated".to_owned(), |year| year.to_string());
        out.push(
            Finding::new(
                FindingKind::Impossible,
                &format!("{}:{}:{year}", fact.row.id, fact.measure.id),
                Severity::Serious,
                says,
                format!("按 {max}{} 考核，请发文单位更正写法", fact.measure.unit),
                vec![fact.place()],
            )
            .of_measure(&fact.measure.id, &fact.measure.domain),
        );
    }
    out
}
