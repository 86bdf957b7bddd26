//! The answers of a whole list for one person on one day: the fast path.

use crate::Truth;
use crate::ask::Asked;
use crate::facts::Facts;
use crate::list::{AmountExpr, Item, List, Tier};
use crate::missing::Missing;
use kernel::Day;

/// Whether somebody is entitled to an item, and to how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAnswer {
    /// The item.
    pub no: u16,
    /// Entitled, not, or not known.
    pub answer: Truth,
    /// Fen per unit; only where the answer is true and the amount is known.
    pub fen: Option<i64>,
    /// The step of the benefit; only where the answer is true.
    pub tier: Option<String>,
    /// What keeps the answer from being known; empty otherwise.
    pub missing: Vec<Missing>,
    /// What keeps amount or step from being known where the answer is true.
    pub amount_missing: Vec<Missing>,
}

/// An amount and what keeps it from being known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Amount {
    /// Whole fen.
    pub fen: Option<i64>,
    /// What is missing where it is not known.
    pub missing: Vec<Missing>,
}

impl List {
    /// The answers of all items; each distinct condition is evaluated at most once.
    pub fn answer(&self, facts: &Facts, as_of: Day) -> Vec<ItemAnswer> {
        let asked = Asked::new(self, facts, as_of);
        self.items.iter().map(|item| asked.answer(item)).collect()
    }

    /// The amount of an item whatever its answer, for estimates («补上后最多多少钱»).
    pub fn amount(&self, no: u16, facts: &Facts, as_of: Day) -> Amount {
        let asked = Asked::new(self, facts, as_of);
        let amount = self.item(no).and_then(|item| item.amount.as_ref());
        amount
            .map(|amount| asked.amount(amount))
            .unwrap_or_default()
    }
}

impl<'a> Asked<'a> {
    pub(crate) fn answer(&self, item: &'a Item) -> ItemAnswer {
        let answer = self.item(item.service.no);
        let mut found = ItemAnswer {
            no: item.service.no,
            answer,
            fen: None,
            tier: None,
            missing: Vec::new(),
            amount_missing: Vec::new(),
        };
        match answer {
            Truth::False => {}
            Truth::Unknown => found.missing = self.missing(&item.conditions),
            Truth::True => {
                if let Some(amount) = &item.amount {
                    let amount = self.amount(amount);
                    (found.fen, found.amount_missing) = (amount.fen, amount.missing);
                }
                match self.tier(&item.tiers) {
                    Ok(tier) => found.tier = tier,
                    Err(missing) => found.amount_missing.extend(missing),
                }
            }
        }
        found
    }

    pub(crate) fn amount(&self, amount: &'a AmountExpr) -> Amount {
        match self.int(&amount.expr) {
            Some(fen) => Amount {
                fen: Some(fen),
                missing: Vec::new(),
            },
            None => Amount {
                fen: None,
                missing: self.missing_of(&amount.asks),
            },
        }
    }

    /// The first step that is true; one before it that is unknown leaves the step unknown.
    fn tier(&self, tiers: &[Tier]) -> Result<Option<String>, Vec<Missing>> {
        for tier in tiers {
            match self.condition(tier.condition) {
                Truth::True => return Ok(Some(tier.tier.clone())),
                Truth::False => {}
                Truth::Unknown => return Err(self.missing(&[tier.condition])),
            }
        }
        Ok(None)
    }
}
