//! What the desk was asked for: kind, state and area from the address, within the scope.

use crate::terms::Term;
use area::api::AreaBook;
use authz::{Action, Role, Scope};
use entitle::api::work::Open;
use host::{Ctx, Failure};
use kernel::{AreaCode, Day};
use ui::{Choice, ListQuery, ListSpec, PageError};

const SPEC: ListSpec = ListSpec {
    filters: &["kind", "state", "area"],
    sorts: &[],
    default_sort: "",
    default_desc: false,
};

/// Kinds of work, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 待审批.
    Approve,
    /// 不应享仍享.
    Undue,
    /// 应享未享.
    Owed,
    /// 待核实 of those whom somebody should go and see.
    Visit,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Approve, Self::Undue, Self::Owed, Self::Visit];

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Undue => "undue",
            Self::Owed => "owed",
            Self::Visit => "visit",
        }
    }

    pub(super) const fn zh(self) -> &'static str {
        match self {
            Self::Approve => "待审批",
            Self::Undue => "不应享仍享",
            Self::Owed => "应享未享",
            Self::Visit => "待上门核实",
        }
    }

    /// The status word's colour.
    pub(super) const fn pill(self) -> &'static str {
        match self {
            Self::Approve => "info",
            Self::Undue => "danger",
            Self::Owed => "owed",
            Self::Visit => "unknown",
        }
    }

    /// The kinds a role has.
    pub(super) fn choices(ctx: &Ctx) -> Vec<Choice> {
        let role = ctx.actor().role;
        Self::ALL
            .into_iter()
            .filter(|kind| *kind != Self::Approve || Action::PublishPlan.allowed_to(role))
            .map(|kind| Choice::new(kind.key(), kind.zh()))
            .collect()
    }
}

/// Which part of the findings, by deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// 已逾期.
    Late,
    /// 今日到期.
    Today,
    /// 本月新增.
    New,
}

impl State {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Late, "overdue", "已逾期"),
        (Self::Today, "today", "今日到期"),
        (Self::New, "new", "本月新增"),
    ];

    pub(super) fn choices() -> Vec<Choice> {
        Self::ALL
            .into_iter()
            .map(|(_, key, words)| Choice::new(key, words))
            .collect()
    }
}

/// What is asked, read and checked.
pub(super) struct Asked {
    /// Only this kind.
    pub(super) kind: Option<Kind>,
    /// Only this part.
    pub(super) state: Option<State>,
    /// The areas of the scope.
    pub(super) scope_areas: Vec<AreaCode>,
    /// The areas the table is narrowed to: those of the scope, or one inside.
    pub(super) areas: Vec<AreaCode>,
    /// Today.
    pub(super) today: Day,
    /// Who asks.
    pub(super) role: Role,
}

impl Asked {
    /// Reads the address; what is unknown or outside is refused by name (invariant 4).
    pub(super) fn read(
        ctx: &Ctx,
        book: &AreaBook,
        raw: Option<&str>,
    ) -> Result<(ListQuery, Self), Failure> {
        let query = ListQuery::parse(raw, &SPEC).map_err(PageError::from)?;
        let bad = |key: &str, value: &str| {
            PageError::bad_request(format!("查询条件「{key}」不能是「{value}」。"))
                .link("回工作台", "/")
        };
        let kind = query
            .filter("kind")
            .map(|text| {
                let known = Kind::ALL.into_iter().find(|kind| kind.key() == text);
                known.ok_or_else(|| bad("kind", text))
            })
            .transpose()?;
        let state = query
            .filter("state")
            .map(|text| {
                let known = State::ALL.iter().find(|(_, key, _)| *key == text);
                known
                    .map(|(state, ..)| *state)
                    .ok_or_else(|| bad("state", text))
            })
            .transpose()?;
        let scope_areas = match ctx.scope() {
            Scope::Areas(areas) => areas,
            Scope::Everywhere => book.root().map(|root| root.code).into_iter().collect(),
            Scope::Nowhere | Scope::People(_) => Vec::new(),
        };
        let mut areas = scope_areas.clone();
        if let Some(text) = query.filter("area") {
            let code: AreaCode = text.parse().map_err(|_not_a_code| bad("area", text))?;
            if !ctx.scope().admits_area(&code) {
                return Err(PageError::refused(&book.county_office(&code)).into());
            }
            areas = vec![code];
        }
        let asked = Self {
            kind,
            state,
            scope_areas,
            areas,
            today: ctx.today(),
            role: ctx.actor().role,
        };
        Ok((query, asked))
    }

    /// Whether the table holds this kind at all.
    pub(super) fn wants(&self, kind: Kind) -> bool {
        self.kind.is_none_or(|wanted| wanted == kind)
            && (self.state.is_none() || matches!(kind, Kind::Owed | Kind::Undue))
    }

    /// The findings of a kind that the table is narrowed to.
    pub(super) fn open(&self, kind: &'static str) -> Open {
        let marks = Term::of(kind).marks(self.today);
        let (found_from, found_until) = match self.state {
            None => (None, None),
            Some(State::Late) => (None, Some(marks.late_until)),
            Some(State::Today) => (Some(marks.late_until.plus_days(1)), Some(marks.today_until)),
            Some(State::New) => (Some(marks.new_from), None),
        };
        Open {
            kind,
            areas: self.areas.clone(),
            found_from,
            found_until,
            today: self.today,
        }
    }

    /// All findings of a kind in the scope.
    pub(super) fn all(&self, kind: &'static str) -> Open {
        Open {
            kind,
            areas: self.scope_areas.clone(),
            found_from: None,
            found_until: None,
            today: self.today,
        }
    }
}
