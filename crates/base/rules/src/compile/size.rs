//! What expressions stand for when written out is bounded: no list can explode or nest too deep.
//!
//! `entitled(n)` stands for a whole item, a parameter for its values, and SQL writes the condition
//! of a `case` twice (so that unknown stays unknown).

use crate::Problem;
use crate::folder::{PROGRAMMES, SERVICES};
use crate::lang::Expr;
use crate::list::{AmountExpr, CondId, List};

const LARGEST: usize = 20_000;
const DEEPEST: usize = 12;

#[derive(Clone, Copy, Default)]
struct Size {
    parts: usize,
    depth: usize,
}

impl Size {
    fn plus(self, other: Self) -> Self {
        let parts = self.parts.saturating_add(other.parts);
        Self {
            parts,
            depth: self.depth.max(other.depth),
        }
    }

    const fn times(self, factor: usize) -> Self {
        Self {
            parts: self.parts.saturating_mul(factor),
            depth: self.depth,
        }
    }

    const fn too_large(self) -> bool {
        self.parts > LARGEST || self.depth > DEEPEST
    }
}

/// The rows that would be too large when written out.
pub(super) fn check(list: &List) -> Vec<Problem> {
    let mut sizes: Vec<Size> = Vec::new();
    let mut problems = Vec::new();
    let remedy = "直接写条件，少用 entitled 和 case 套 case";
    for item in &list.items {
        let conditions = row(list, &item.conditions, None, &sizes);
        let tiers: Vec<CondId> = item.tiers.iter().map(|tier| tier.condition).collect();
        let whole = conditions.plus(row(list, &tiers, item.amount.as_ref(), &sizes));
        if whole.too_large() {
            let what = format!("第 {} 项展开后太大", item.service.no);
            problems.push(Problem::at(SERVICES, item.service.line, what, remedy));
            return problems;
        }
        sizes.push(conditions);
    }
    for programme in &list.programmes {
        if row(
            list,
            &programme.conditions,
            programme.amount.as_ref(),
            &sizes,
        )
        .too_large()
        {
            let what = format!("待遇项目「{}」展开后太大", programme.programme.name);
            problems.push(Problem::at(
                PROGRAMMES,
                programme.programme.line,
                what,
                remedy,
            ));
        }
    }
    problems
}

fn row(list: &List, ids: &[CondId], amount: Option<&AmountExpr>, sizes: &[Size]) -> Size {
    let conditions = ids
        .iter()
        .filter_map(|id| list.condition(*id))
        .map(|c| &c.expr);
    let exprs = conditions.chain(amount.map(|amount| &amount.expr));
    exprs
        .map(|expr| size(list, expr, sizes))
        .fold(Size::default(), Size::plus)
}

fn size(list: &List, expr: &Expr, sizes: &[Size]) -> Size {
    let of = |part: &Expr| size(list, part, sizes);
    let parts = || {
        expr.parts()
            .into_iter()
            .map(of)
            .fold(Size { parts: 1, depth: 0 }, Size::plus)
    };
    match expr {
        Expr::Entitled(no) => {
            let asked = usize::from(*no)
                .checked_sub(1)
                .and_then(|place| sizes.get(place));
            let asked = asked.copied().unwrap_or_default();
            Size {
                parts: asked.parts.saturating_add(1),
                depth: asked.depth + 1,
            }
        }
        Expr::Param(id) => {
            let values = list.param(*id).map_or(0, |table| table.values().len());
            Size {
                parts: values.saturating_mul(4).saturating_add(1),
                depth: 0,
            }
        }
        Expr::Case(branches, otherwise) => {
            let branch = |(when, then): &(Expr, Expr)| of(when).times(2).plus(of(then));
            let branches = branches
                .iter()
                .map(branch)
                .fold(Size { parts: 1, depth: 0 }, Size::plus);
            otherwise
                .as_deref()
                .map_or(branches, |otherwise| branches.plus(of(otherwise)))
        }
        // The amount is written once to test it and once for each way of rounding in force.
        Expr::Pct(..) => {
            let ways = list
                .rounding
                .and_then(|id| list.param(id))
                .map_or(0, |t| t.values().len());
            parts().times(ways + 1)
        }
        _ => parts(),
    }
}
