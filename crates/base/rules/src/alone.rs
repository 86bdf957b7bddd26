//! A condition that stands on its own, outside a list: read as one of a list, asked of one person on a day.

use crate::ask::Asked;
use crate::facts::Facts;
use crate::folder::{ListHead, PlanHead, Source};
use crate::lang::{Reads, Scope, Wanted, read};
use crate::list::{CondId, Condition, List};
use crate::{Expr, Missing, Problem, Truth};
use kernel::{AreaCode, Day};

/// A condition outside a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alone {
    list: List,
}

impl Alone {
    /// Reads it. It asks recorded facts, ages and the day; no parameter, no item and not 本市户籍, which a list's place
    /// says.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let problem = |what: &str, remedy: &str| Problem::at("", 1, what, remedy);
        let nobodys = "00".parse().ok().zip("1970-01-01".parse().ok());
        let (nowhere, day): (AreaCode, Day) =
            nobodys.ok_or_else(|| problem("没有地方和日期", "联系管理员"))?;
        let scope = Scope {
            params: &[],
            items_below: 0,
            place: nowhere,
        };
        let expr = read(text, Wanted::Condition, &scope, "", 1)?;
        if inside(&expr, &nowhere) {
            return Err(problem(
                "单独的条件不能问 hukou_local",
                "写明区划，如 hukou_area = '421303'",
            ));
        }
        let asks = Reads::of(&expr, None);
        Ok(Self {
            list: alone(text, expr, asks, nowhere, day),
        })
    }

    /// Whether it holds, and what keeps that from being known.
    pub fn ask(&self, facts: &Facts, as_of: Day) -> (Truth, Vec<Missing>) {
        let asked = Asked::new(&self.list, facts, as_of);
        let only = CondId(0);
        (asked.condition(only), asked.missing(&[only]))
    }
}

fn inside(expr: &Expr, place: &AreaCode) -> bool {
    matches!(expr, Expr::Inside(_, area) if area == place)
        || expr.parts().into_iter().any(|part| inside(part, place))
}

/// A list of nothing but the condition.
fn alone(text: &str, expr: Expr, asks: Reads, place: AreaCode, day: Day) -> List {
    List {
        digest: String::new(),
        overlay_digest: None,
        plan: PlanHead {
            slug: String::new(),
            place: String::new(),
            area: place,
            level: None,
            county: None,
            documents: Vec::new(),
            departments: Vec::new(),
        },
        head: ListHead {
            name: String::new(),
            version: day,
            classes: Vec::new(),
            common: Vec::new(),
            source: Source::Basis {
                basis: String::new(),
            },
        },
        items: Vec::new(),
        programmes: Vec::new(),
        conditions: vec![Condition {
            says: String::new(),
            text: text.to_owned(),
            expr,
            reads: asks.facts.clone(),
            asks,
        }],
        params: Vec::new(),
        rounding: None,
        leap: None,
        order: Vec::new(),
    }
}
