//! Ages and months of `birth_date`, exact on every day and, against a literal, one comparison.

use super::print::Printer;
use crate::facts::{FactId, Value};
use crate::lang::{Expr, Op};

impl Printer<'_> {
    /// `floor((age_day - birth_date) / 10000)`, also for days before the birth.
    pub(super) fn age(&self) -> String {
        let (day, birth) = (
            self.list.age_day(self.names.as_of),
            FactId::BIRTH_DATE.name(),
        );
        let after = self.divided(&format!("({day} - {birth})"), 10_000);
        let before = self.divided(&format!("({birth} - {day} + 9999)"), 10_000);
        format!("(case when {birth} <= {day} then {after} else (0 - {before}) end)")
    }

    /// Full months since the birth.
    pub(super) fn months(&self) -> String {
        let (day, birth) = (self.names.as_of, FactId::BIRTH_DATE.name());
        let now = day.year() * 12 + day.month();
        let year = self.divided(birth, 10_000);
        let month = self.divided(birth, 100);
        let last = format!(
            "(case when {birth} % 100 > {} then 1 else 0 end)",
            day.day()
        );
        format!("({now} - {year} * 12 - {month} % 100 - {last})")
    }

    /// `age >= 80` as `birth_date <= D - 800000`, which an index and Parquet's bounds can use.
    pub(super) fn age_compare(&self, op: Op, left: &Expr, right: &Expr) -> Option<String> {
        let (op, years) = match (left, right) {
            (Expr::Age, Expr::Const(Value::Int(years))) => (op, *years),
            (Expr::Const(Value::Int(years)), Expr::Age) => (mirrored(op), *years),
            _ => return None,
        };
        let years = i32::try_from(years)
            .ok()
            .filter(|years| (0..=200).contains(years))?;
        let day = self.list.age_day(self.names.as_of);
        let (reached, next) = (day - years * 10_000, day - (years + 1) * 10_000);
        let birth = FactId::BIRTH_DATE.name();
        Some(match op {
            Op::GreaterOrEqual => format!("({birth} <= {reached})"),
            Op::Greater => format!("({birth} <= {next})"),
            Op::Less => format!("({birth} > {reached})"),
            Op::LessOrEqual => format!("({birth} > {next})"),
            Op::Equal => format!("({birth} > {next} and {birth} <= {reached})"),
            Op::NotEqual => format!("({birth} <= {next} or {birth} > {reached})"),
        })
    }
}

const fn mirrored(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        Op::Equal | Op::NotEqual => op,
    }
}
