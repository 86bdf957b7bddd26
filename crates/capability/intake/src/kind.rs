//! What can be brought in: each kind is a row of data, its columns and what a row of it says.

use crate::kinds;
use authz::{Action, Actor, Role};
use rules::facts::{FactId, find};
use tabular::headers::ColumnSpec;

/// What a cell of a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// Identity number: who is meant.
    Number,
    /// 临时编号: who is meant, where there is no number.
    Provisional,
    /// Name: must agree with the register.
    Name,
    /// A fact by its name in the dictionary.
    Fact(&'static str),
    /// Any of these words sets its fact to yes: 优抚类别.
    OneOf(&'static [(&'static str, &'static str)]),
    /// Since when the facts of the row hold.
    Since,
    /// Day of a death.
    DeathDay,
    /// Phone.
    Phone,
    /// Address below the village.
    Address,
    /// 户编号.
    Household,
    /// What the person is in the household.
    Relation,
    /// Emergency contact.
    ContactName,
    /// Their phone.
    ContactPhone,
    /// What they are to the person.
    ContactRelation,
    /// Programme of a receipt, by its name or id.
    Programme,
    /// First day of a receipt.
    From,
    /// Last day of a receipt.
    LastDay,
    /// Amount of a receipt.
    Fen,
}

/// A column and what its cells are for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Col {
    pub(crate) spec: ColumnSpec,
    pub(crate) to: To,
}

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Registers who is new, and tells facts of who is known.
    People,
    /// Tells facts of who is known.
    Facts,
    /// Tells facts and reports a death.
    Death,
    /// Tells facts and reports a move.
    Move,
    /// Tells what is in payment.
    Receipts,
}

/// A kind of list.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    /// Stable key in tables and addresses.
    pub(crate) key: &'static str,
    /// Its name.
    pub(crate) title: &'static str,
    /// What it is for, one line.
    pub(crate) says: &'static str,
    /// What a row does.
    pub(crate) shape: Shape,
    /// Its columns, in the order of the template.
    pub(crate) columns: Vec<Col>,
    /// Who stands on the list has these facts.
    pub(crate) implied: &'static [(&'static str, &'static str)],
    /// The facts a complete list settles for everybody of its area; none where it cannot be complete.
    pub(crate) settles: &'static [&'static str],
    /// The offices whose record it is.
    pub(crate) offices: &'static [&'static str],
}

impl Kind {
    /// All kinds, in the order they are offered.
    pub(crate) fn all() -> Vec<Self> {
        kinds::all()
    }

    /// The kind of this key.
    pub(crate) fn of(key: &str) -> Option<Self> {
        Self::all().into_iter().find(|kind| kind.key == key)
    }

    /// The columns as the reader takes them.
    pub(crate) fn specs(&self) -> Vec<ColumnSpec> {
        self.columns.iter().map(|column| column.spec).collect()
    }

    /// Whether this role may bring it in: the office that owns it, or 民政, which keeps the register and may enter
    /// what another office hands over.
    pub(crate) fn may(&self, role: Role) -> bool {
        if !Action::Import.allowed_to(role) {
            return false;
        }
        if matches!(role, Role::CityCivil | Role::CountyCivil | Role::System) {
            return true;
        }
        let village = role == Role::TownWorker
            && matches!(self.shape, Shape::People | Shape::Death | Shape::Move);
        village || self.owned_by(role)
    }

    /// Whether this role's office owns it: what such a list says stands above other offices' lists.
    pub(crate) fn owned_by(&self, role: Role) -> bool {
        self.offices
            .iter()
            .any(|office| role.offices().contains(office))
    }

    /// The kinds somebody may bring in.
    pub(crate) fn of_actor(actor: &Actor) -> Vec<Self> {
        Self::all()
            .into_iter()
            .filter(|kind| kind.may(actor.role))
            .collect()
    }

    /// The facts its rows may speak about.
    pub(crate) fn facts(&self) -> Vec<FactId> {
        let mut out: Vec<FactId> = Vec::new();
        let mut add = |name: &str| {
            if let Some(fact) = find(name)
                && !out.contains(&fact)
            {
                out.push(fact);
            }
        };
        for (fact, _) in self.implied {
            add(fact);
        }
        for column in &self.columns {
            match column.to {
                To::Fact(name) => add(name),
                To::OneOf(words) => words.iter().for_each(|(_, fact)| add(fact)),
                To::Number => {
                    add("birth_date");
                    add("sex");
                }
                _ => {}
            }
        }
        match self.shape {
            Shape::Death => ["alive", "dead_on", "birth_date"].into_iter().for_each(add),
            Shape::Move => add("residence_since"),
            Shape::People => add("alive"),
            Shape::Facts | Shape::Receipts => {}
        }
        out
    }

    /// Whether such a list can be complete: it settles facts, or it is the roll of who is paid.
    pub(crate) fn can_be_complete(&self) -> bool {
        !self.settles.is_empty() || self.shape == Shape::Receipts
    }

    /// The facts a complete list of this kind settles.
    pub(crate) fn settled(&self) -> Vec<FactId> {
        self.settles.iter().filter_map(|name| find(name)).collect()
    }
}

/// A column.
pub(crate) const fn col(
    key: &'static str,
    title: &'static str,
    aliases: &'static [&'static str],
    to: To,
    example: &'static str,
    hint: &'static str,
) -> Col {
    Col {
        spec: ColumnSpec {
            key,
            title,
            aliases,
            required: false,
            example,
            hint,
        },
        to,
    }
}

impl Col {
    /// A file without it is refused.
    pub(crate) const fn required(mut self) -> Self {
        self.spec.required = true;
        self
    }
}

/// Who is meant: in every kind.
pub(crate) const WHO: [Col; 3] = [
    col(
        "name",
        "姓名",
        &[
            "名字",
            "老人姓名",
            "人员姓名",
            "对象姓名",
            "姓 名",
            "户主姓名",
        ],
        To::Name,
        "张秀兰",
        "与身份证一致",
    )
    .required(),
    col(
        "id_number",
        "身份证号",
        &[
            "身份证号码",
            "公民身份号码",
            "公民身份证号",
            "证件号码",
            "证件号",
            "身份证",
            "身份证件号码",
        ],
        To::Number,
        "429900194001010018",
        "18 位；按文本填，避免末几位变成 0",
    )
    .required(),
    col(
        "provisional",
        "临时编号",
        &["档案编号", "临时号"],
        To::Provisional,
        "",
        "没有身份证号的人才填",
    ),
];

/// Since when.
pub(crate) const SINCE: Col = col(
    "since",
    "起始日期",
    &[
        "开始日期",
        "享受起始日期",
        "认定日期",
        "批准日期",
        "生效日期",
        "起始时间",
        "认定时间",
        "批准时间",
    ],
    To::Since,
    "2024-01-01",
    "从哪一天起；不填的按名册日期",
);
