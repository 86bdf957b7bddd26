//! Compiles conditions and amounts row by row; the same text is one condition.

use crate::Problem;
use crate::folder::{Clause, Folder, Formula, SERVICES, Service};
use crate::lang::{Expr, ParamId, Reads, Scope, Wanted, read};
use crate::list::{AmountExpr, CondId, Condition, Item, Tier};
use crate::param::{LEAP_BIRTHDAY, ParamTable, ROUNDING};
use kernel::AreaCode;
use std::collections::BTreeMap;

/// What has been compiled so far.
pub(super) struct Rows<'a> {
    common: &'a [Clause],
    place: AreaCode,
    names: Vec<(String, crate::folder::ParamUnit)>,
    by_text: BTreeMap<String, CondId>,
    pub(super) conditions: Vec<Condition>,
    pub(super) problems: Vec<Problem>,
    pub(super) rounding: Option<ParamId>,
    pub(super) leap: Option<ParamId>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(folder: &'a Folder, tables: &[ParamTable]) -> Self {
        let place_of = |name: &str| {
            let place = tables.iter().position(|table| table.name == name)?;
            u16::try_from(place).ok().map(ParamId)
        };
        Self {
            common: &folder.list.common,
            place: folder.plan.area,
            names: tables
                .iter()
                .map(|table| (table.name.clone(), table.unit))
                .collect(),
            by_text: BTreeMap::new(),
            conditions: Vec::new(),
            problems: Vec::new(),
            rounding: place_of(ROUNDING),
            leap: place_of(LEAP_BIRTHDAY),
        }
    }

    /// An item; its problems are kept.
    pub(super) fn item(&mut self, service: &Service) -> Item {
        let (says, conditions) = self.conditions(
            &service.conditions,
            service.posthumous,
            service.no,
            SERVICES,
        );
        let amount = service.amount.as_ref();
        let amount = amount.and_then(|formula| self.amount(formula, service.no, SERVICES));
        let mut tiers = Vec::new();
        for row in &service.tiers {
            let clause = Clause {
                says: row.tier.clone(),
                when: row.when.clone(),
                line: row.line,
            };
            if let Some(condition) = self.condition(&clause, service.no, SERVICES) {
                tiers.push(Tier {
                    condition,
                    tier: row.tier.clone(),
                });
            }
        }
        Item {
            service: service.clone(),
            says,
            conditions,
            amount,
            tiers,
        }
    }

    /// The common conditions and the row's own, each once.
    pub(super) fn conditions(
        &mut self,
        own: &[Clause],
        posthumous: bool,
        items_below: u16,
        file: &str,
    ) -> (Vec<String>, Vec<CondId>) {
        let common = if posthumous { &[] } else { self.common };
        let (mut says, mut ids) = (Vec::new(), Vec::new());
        let clauses = common
            .iter()
            .map(|clause| (clause, SERVICES))
            .chain(own.iter().map(|c| (c, file)));
        for (clause, file) in clauses {
            match self.condition(clause, items_below, file) {
                Some(id) if !ids.contains(&id) => {
                    says.push(clause.says.clone());
                    ids.push(id);
                }
                _ => {}
            }
        }
        (says, ids)
    }

    fn condition(&mut self, clause: &Clause, items_below: u16, file: &str) -> Option<CondId> {
        let text = clause.when.trim();
        let expr = self.expr(text, Wanted::Condition, items_below, file, clause.line)?;
        if let Some(id) = self.by_text.get(text) {
            return Some(*id);
        }
        let Ok(place) = u16::try_from(self.conditions.len()) else {
            self.problems.push(Problem::at(
                file,
                clause.line,
                "条件太多",
                "不超过 65535 个",
            ));
            return None;
        };
        let asks = Reads::of(&expr, self.rounding);
        self.conditions.push(Condition {
            says: clause.says.clone(),
            text: text.to_owned(),
            expr,
            reads: asks.facts.clone(),
            asks,
        });
        self.by_text.insert(text.to_owned(), CondId(place));
        Some(CondId(place))
    }

    /// An amount; one with `pct` needs the parameter that says how to round.
    pub(super) fn amount(
        &mut self,
        formula: &Formula,
        items_below: u16,
        file: &str,
    ) -> Option<AmountExpr> {
        let text = formula.text.trim();
        let expr = self.expr(text, Wanted::Amount, items_below, file, formula.line)?;
        if self.rounding.is_none() && asks_rounding(&expr) {
            let remedy = format!("在 params.toml 加上参数「{ROUNDING}」（unit = \"word\"）");
            self.problems.push(Problem::at(
                file,
                formula.line,
                "用了 pct 却没有取整办法",
                remedy,
            ));
            return None;
        }
        let asks = Reads::of(&expr, self.rounding);
        Some(AmountExpr {
            text: text.to_owned(),
            expr,
            asks,
        })
    }

    fn expr(
        &mut self,
        text: &str,
        wanted: Wanted,
        items_below: u16,
        file: &str,
        line: usize,
    ) -> Option<Expr> {
        let scope = Scope {
            params: &self.names,
            items_below,
            place: self.place,
        };
        match read(text, wanted, &scope, file, line) {
            Ok(expr) => Some(expr),
            Err(problem) => {
                // The common conditions are read for every row: tell each problem once.
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
                None
            }
        }
    }
}

fn asks_rounding(expr: &Expr) -> bool {
    matches!(expr, Expr::Pct(..)) || expr.parts().into_iter().any(asks_rounding)
}
