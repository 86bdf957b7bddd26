//! Prints expressions so that SQL's own NULL logic gives the evaluator's answers.

use super::{Dialect, SqlNames, values};
use crate::facts::FactId;
use crate::folder::{ParamUnit, ParamValue};
use crate::lang::{Arith, Expr, ParamId};
use crate::list::{CondId, List};
use crate::rounding::Rounding;
use kernel::AreaCode;

/// Prints for one database and day.
pub(super) struct Printer<'a> {
    pub(super) list: &'a List,
    pub(super) names: SqlNames,
}

impl<'a> Printer<'a> {
    pub(super) const fn new(list: &'a List, names: SqlNames) -> Self {
        Self { list, names }
    }

    /// All of these conditions; none is true.
    pub(super) fn conditions(&self, ids: &[CondId]) -> String {
        let conditions = ids.iter().filter_map(|id| self.list.condition(*id));
        let parts: Vec<String> = conditions
            .map(|condition| self.expr(&condition.expr))
            .collect();
        joined(&parts, " and ", "true")
    }

    /// An expression; safe to stand anywhere in another one.
    pub(super) fn expr(&self, expr: &Expr) -> String {
        match expr {
            Expr::Const(value) => values::literal(value),
            Expr::Fact(fact) => fact.name().to_owned(),
            Expr::Age => self.age(),
            Expr::Months => self.months(),
            Expr::AsOf => self.names.as_of.number().to_string(),
            Expr::Inside(fact, area) => inside(*fact, *area),
            Expr::Param(id) => self.param(*id, &mut values::param_literal),
            Expr::Entitled(no) => self.list.item(*no).map_or_else(
                || values::null(ParamUnit::Flag),
                |item| self.conditions(&item.conditions),
            ),
            Expr::Not(part) => format!("(not {})", self.expr(part)),
            Expr::All(parts) => joined(&self.each(parts), " and ", "true"),
            Expr::Any(parts) => joined(&self.each(parts), " or ", "false"),
            Expr::Compare(op, left, right) => {
                self.age_compare(*op, left, right).unwrap_or_else(|| {
                    format!("({} {} {})", self.expr(left), op.sql(), self.expr(right))
                })
            }
            Expr::OneOf(part, list) if list.is_empty() => {
                let part = self.expr(part);
                format!("({part} <> {part})")
            }
            Expr::OneOf(part, list) => {
                let list: Vec<String> = list.iter().map(values::literal).collect();
                format!("({} in ({}))", self.expr(part), list.join(", "))
            }
            Expr::Case(branches, otherwise) => {
                let otherwise = otherwise.as_deref().map(|otherwise| self.expr(otherwise));
                let branches = branches
                    .iter()
                    .map(|(when, then)| (self.expr(when), self.expr(then)));
                strict_case(&branches.collect::<Vec<_>>(), otherwise)
            }
            Expr::Arith(op, left, right) => self.arith(*op, left, right),
            Expr::Pct(amount, percent) => self.percent(amount, percent),
        }
    }

    fn each(&self, parts: &[Expr]) -> Vec<String> {
        parts.iter().map(|part| self.expr(part)).collect()
    }

    fn arith(&self, op: Arith, left: &Expr, right: &Expr) -> String {
        format!(
            "({} {} {})",
            wide(&self.expr(left)),
            op.sql(),
            wide(&self.expr(right))
        )
    }

    /// Whole-number division of what is never negative.
    pub(super) fn divided(&self, what: &str, by: i64) -> String {
        let slash = if self.names.dialect == Dialect::DuckDb {
            "//"
        } else {
            "/"
        };
        format!("({what} {slash} {by})")
    }

    fn percent(&self, amount: &Expr, percent: &Expr) -> String {
        let hundredths = self.arith(Arith::Multiply, amount, percent);
        let round = |way: Rounding| {
            let (add, by, worth) = way.steps();
            format!(
                "({} * {worth})",
                self.divided(&format!("({hundredths} + {add})"), by)
            )
        };
        let rounded = match self.list.rounding {
            Some(id) => self.param(id, &mut |value| match value {
                ParamValue::Word(word) => {
                    Rounding::from_word(word).map_or_else(|| values::null(ParamUnit::Fen), round)
                }
                _ => values::null(ParamUnit::Fen),
            }),
            None => values::null(ParamUnit::Fen),
        };
        format!("(case when {hundredths} >= 0 then {rounded} end)")
    }

    /// The parameter in force for the person, each value printed by `print`.
    fn param(&self, id: ParamId, print: &mut dyn FnMut(&ParamValue) -> String) -> String {
        let Some(table) = self.list.param(id) else {
            return values::null(ParamUnit::Fen);
        };
        let mut branches = Vec::new();
        let mut otherwise = None;
        for value in table.in_force(self.names.as_of) {
            let area = value.area.map(|area| inside(FactId::HUKOU_AREA, area));
            let urban = value.urban.map(|urban| {
                let name = FactId::URBAN.name();
                if urban {
                    name.to_owned()
                } else {
                    format!("(not {name})")
                }
            });
            let tests: Vec<String> = area.into_iter().chain(urban).collect();
            let printed = print(&value.value);
            if tests.is_empty() {
                otherwise = Some(printed);
                break;
            }
            branches.push((joined(&tests, " and ", "true"), printed));
        }
        if branches.is_empty() {
            return otherwise.unwrap_or_else(|| values::null(table.unit));
        }
        strict_case(&branches, otherwise)
    }
}

/// `case` where a condition that is unknown makes the whole unknown, as the evaluator does.
fn strict_case(branches: &[(String, String)], otherwise: Option<String>) -> String {
    let mut text = otherwise;
    for (when, then) in branches.iter().rev() {
        text = Some(match text {
            None => format!("(case when {when} then {then} end)"),
            Some(rest) => {
                format!("(case when {when} then {then} when (not {when}) then {rest} end)")
            }
        });
    }
    text.unwrap_or_else(|| values::null(ParamUnit::Fen))
}

/// An area column inside an area: digits only, so that every collation compares alike.
fn inside(fact: FactId, area: AreaCode) -> String {
    format!(
        "({} between '{area}' and '{:9<12}')",
        fact.name(),
        area.prefix()
    )
}

fn wide(text: &str) -> String {
    format!("cast({text} as bigint)")
}

fn joined(parts: &[String], word: &str, empty: &str) -> String {
    match parts {
        [] => empty.to_owned(),
        [one] => one.clone(),
        _ => format!("({})", parts.join(word)),
    }
}
