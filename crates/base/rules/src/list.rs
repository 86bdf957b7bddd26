//! A compiled list: every distinct condition once, items and programmes pointing at them.

use crate::facts::{FactId, Value};
use crate::folder::ParamValue;
use crate::folder::{ListHead, Overlay, PlanHead, Programme, Service};
use crate::lang::{Expr, ParamId, Reads};
use crate::param::{FEBRUARY_28, Lookup, ParamTable};
use kernel::{AreaCode, Day};

/// A distinct condition of a list: its place in [`List::conditions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CondId(pub(crate) u16);

impl CondId {
    /// Its place.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A condition; two rows with the same text share it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// What it says where it stands first, in Chinese.
    pub says: String,
    /// The condition as written.
    pub text: String,
    /// The condition, typed.
    pub expr: Expr,
    /// The recorded facts it reads, in dictionary order.
    pub reads: Vec<FactId>,
    /// All it asks: facts, parameters, earlier items.
    pub asks: Reads,
}

/// An amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountExpr {
    /// The amount as written.
    pub text: String,
    /// The amount, typed.
    pub expr: Expr,
    /// All it asks.
    pub asks: Reads,
}

/// A step of a benefit: the first whose condition is true is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tier {
    /// When it is this one.
    pub condition: CondId,
    /// What it is.
    pub tier: String,
}

/// An item of the list, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The item as written.
    pub service: Service,
    /// What its conditions say here, one for each of `conditions`.
    pub says: Vec<String>,
    /// All of these must hold, the common ones first.
    pub conditions: Vec<CondId>,
    /// Fen per unit.
    pub amount: Option<AmountExpr>,
    /// Its steps.
    pub tiers: Vec<Tier>,
}

/// A programme, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledProgramme {
    /// The programme as written.
    pub programme: Programme,
    /// What its conditions say, one for each of `conditions`.
    pub says: Vec<String>,
    /// All of these must hold, the common ones first.
    pub conditions: Vec<CondId>,
    /// Fen per cycle.
    pub amount: Option<AmountExpr>,
    /// The programmes that win over it, by place.
    pub excludes: Vec<usize>,
}

/// A list that may be asked: every expression is typed and every name is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub(crate) digest: String,
    pub(crate) overlay_digest: Option<String>,
    pub(crate) plan: PlanHead,
    pub(crate) head: ListHead,
    pub(crate) items: Vec<Item>,
    pub(crate) programmes: Vec<CompiledProgramme>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) params: Vec<ParamTable>,
    pub(crate) rounding: Option<ParamId>,
    pub(crate) leap: Option<ParamId>,
    /// Programme places so that what wins stands before what it wins over.
    pub(crate) order: Vec<usize>,
}

impl List {
    /// The digest of the folder it was compiled from; every answer keeps it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The digest of the demo overlay, where one lies over the parameters (演示值).
    pub fn overlay_digest(&self) -> Option<&str> {
        self.overlay_digest.as_deref()
    }

    /// Whether the answer about a grown person may turn on a day that is neither a birthday, nor a day a fact or parameter
    /// begins, nor a day that a fact names (有效期) or the one after it: something else asks for the day, or for 月龄 beyond
    /// the eighteenth year.
    pub fn asks_the_day(&self) -> bool {
        const GROWN: i64 = 18 * 12;
        fn asks(expr: &Expr) -> bool {
            match expr {
                Expr::Months | Expr::AsOf => true,
                Expr::Compare(_, left, right) => match (&**left, &**right) {
                    (Expr::AsOf, Expr::Fact(_)) | (Expr::Fact(_), Expr::AsOf) => false,
                    (Expr::Months, Expr::Const(Value::Int(months)))
                    | (Expr::Const(Value::Int(months)), Expr::Months) => *months > GROWN,
                    (left, right) => asks(left) || asks(right),
                },
                _ => expr.parts().into_iter().any(asks),
            }
        }
        let amounts = self
            .items
            .iter()
            .filter_map(|item| item.amount.as_ref())
            .chain(self.programmes.iter().filter_map(|row| row.amount.as_ref()))
            .map(|amount| &amount.expr);
        let conditions = self.conditions.iter().map(|one| &one.expr);
        conditions.chain(amounts).any(asks)
    }

    /// The place and its documents.
    pub const fn plan(&self) -> &PlanHead {
        &self.plan
    }

    /// The head of the list.
    pub const fn head(&self) -> &ListHead {
        &self.head
    }

    /// The items by number.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The item of this number.
    pub fn item(&self, no: u16) -> Option<&Item> {
        usize::from(no)
            .checked_sub(1)
            .and_then(|place| self.items.get(place))
    }

    /// The programmes in file order.
    pub fn programmes(&self) -> &[CompiledProgramme] {
        &self.programmes
    }

    /// The plan's place: who is registered inside it is 本市户籍.
    pub const fn area(&self) -> AreaCode {
        self.plan.area
    }

    /// The distinct conditions.
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// A distinct condition.
    pub fn condition(&self, id: CondId) -> Option<&Condition> {
        self.conditions.get(id.index())
    }

    /// The parameters in file order.
    pub fn params(&self) -> &[ParamTable] {
        &self.params
    }

    /// A parameter.
    pub fn param(&self, id: ParamId) -> Option<&ParamTable> {
        self.params.get(id.index())
    }

    /// The parameter that `pct` asks for its rounding.
    pub const fn rounding_param(&self) -> Option<ParamId> {
        self.rounding
    }

    /// The day on which ages are counted: the asked day, or 29 February in its place on 28 February
    /// of a common year where leaplings have their birthday then. `age` is
    /// `floor((age_day - birth_date) / 10000)` on numbers `yyyymmdd`.
    pub fn age_day(&self, as_of: Day) -> i32 {
        let word = self
            .leap
            .and_then(|id| self.param(id))
            .map(|p| p.lookup(as_of, None, None));
        let moved =
            matches!(word, Some(Lookup::Known(ParamValue::Word(word))) if word == FEBRUARY_28);
        if moved && as_of.number() % 10000 == 228 {
            as_of.number() + 1
        } else {
            as_of.number()
        }
    }

    /// The same list with other values for some parameters (those it does not know are left out).
    #[must_use]
    pub(crate) fn with_values(&self, overlay: &Overlay) -> Self {
        let mut list = self.clone();
        for laid in &overlay.values {
            for table in list
                .params
                .iter_mut()
                .filter(|table| table.name == laid.name)
            {
                table.lay(laid.values.clone());
                table.demo = true;
            }
        }
        list
    }
}
