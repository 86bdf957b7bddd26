//! `services.toml`: the list, item by item.

use super::reader::Row;
use super::source::{self, Source};
use super::words::{ACCESS, AreaBasis, Beneficiary, BenefitKind, SERVICE_TYPES, Unit};
use kernel::Day;
use serde::Serialize;

/// The head of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListHead {
    /// Its name.
    pub name: String,
    /// The day it is in force from.
    pub version: Day,
    /// Its groups of items.
    pub classes: Vec<Class>,
    /// Conditions asked first for every item and programme.
    pub common: Vec<Clause>,
    /// Where it comes from.
    pub source: Source,
}

/// A group of items with consecutive numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Class {
    /// The first number.
    pub from: u16,
    /// The last number.
    pub until: u16,
    /// The name of the group.
    pub name: String,
}

/// A named condition as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// What it says, in Chinese.
    pub says: String,
    /// The condition.
    pub when: String,
    /// The line of the condition.
    pub line: usize,
}

/// An expression as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Formula {
    /// The expression.
    pub text: String,
    /// Its line.
    pub line: usize,
}

/// A step of a benefit that depends on the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TierRow {
    /// When it is this one.
    pub when: String,
    /// What it is.
    pub tier: String,
    /// The line of the condition.
    pub line: usize,
}

/// What an item gives and per what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Benefit {
    /// Money, a service, a priority or a hand-over.
    pub kind: BenefitKind,
    /// Per month, once, per meal …
    pub unit: Unit,
}

/// One item of the list as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Service {
    /// Its number.
    pub no: u16,
    /// 服务项目, verbatim.
    pub name: String,
    /// 服务内容及标准, verbatim.
    pub content: String,
    /// 服务对象, verbatim.
    pub audience: String,
    /// 服务类型.
    pub service_type: String,
    /// 牵头单位.
    pub lead: Vec<String>,
    /// 办理方式.
    pub access: String,
    /// Whose area decides.
    pub area_basis: AreaBasis,
    /// Who receives it.
    pub beneficiary: Beneficiary,
    /// What it gives.
    pub benefit: Benefit,
    /// All of these must hold (the common ones not repeated here).
    pub conditions: Vec<Clause>,
    /// The amount in fen per unit.
    pub amount: Option<Formula>,
    /// The first that is true says what is given.
    pub tiers: Vec<TierRow>,
    /// What the text leaves open and how it was read.
    pub note: Option<String>,
    /// The common conditions are not asked.
    pub posthumous: bool,
    /// 待当地确认.
    pub confirm: bool,
    /// Where it comes from.
    pub source: Source,
    /// The line it stands on.
    pub line: usize,
}

pub(super) const KEYS: &[&str] = &["list", "service"];
const LIST: &[&str] = &["name", "version", "classes", "common", "source"];
const SERVICE: &[&str] = &[
    "no",
    "name",
    "content",
    "audience",
    "service_type",
    "lead",
    "access",
    "area_basis",
    "beneficiary",
    "benefit",
    "conditions",
    "amount",
    "tiers",
    "note",
    "posthumous",
    "confirm",
    "source",
];

pub(super) fn read_head(top: Row<'_>, documents: &[String]) -> Option<ListHead> {
    let row = top.row_needed("list", LIST)?;
    let mut classes = Vec::new();
    for class in row.rows("classes", &["from", "until", "name"]) {
        let (from, until) = (number(class, "from"), number(class, "until"));
        if let (Some(from), Some(until), Some(name)) = (from, until, class.text("name")) {
            classes.push(Class { from, until, name });
        }
    }
    let common = clauses(row, "common");
    let (name, version, source) = (
        row.text("name"),
        row.day("version"),
        source::read(row, documents),
    );
    Some(ListHead {
        name: name?,
        version: version?,
        classes,
        common,
        source: source?,
    })
}

pub(super) fn read(top: Row<'_>, documents: &[String]) -> Vec<Service> {
    let rows = top.rows("service", SERVICE);
    if rows.is_empty() {
        top.problem(top.line, "清单没有任何项目", "用 [[service]] 逐项写明");
    }
    rows.into_iter()
        .filter_map(|row| service(row, documents))
        .collect()
}

fn service(row: Row<'_>, documents: &[String]) -> Option<Service> {
    let (no, name, content, audience) = (
        number(row, "no"),
        row.text("name"),
        row.text("content"),
        row.text("audience"),
    );
    let (service_type, access) = (
        row.word("service_type", SERVICE_TYPES),
        row.word("access", ACCESS),
    );
    let area_basis = row
        .word("area_basis", AreaBasis::KEYS)
        .and_then(|key| AreaBasis::from_key(&key));
    let beneficiary = row
        .word("beneficiary", Beneficiary::KEYS)
        .and_then(|key| Beneficiary::from_key(&key));
    let benefit = benefit(row);
    let conditions = needed_clauses(row);
    let (amount, tiers) = (formula(row, "amount"), tiers(row));
    if amount.is_some() && benefit.is_some_and(|benefit| benefit.kind != BenefitKind::Money) {
        row.problem(
            row.line_of("amount"),
            "不是资金类项目却写了 amount",
            "去掉 amount，或把 kind 改为 money",
        );
    }
    let lead = row.texts("lead").unwrap_or_default();
    if lead.is_empty() {
        row.problem(row.line_of("lead"), "没有牵头单位", "补上 lead = [\"…\"]");
    }
    let source = source::read(row, documents);
    Some(Service {
        no: no?,
        name: name?,
        content: content?,
        audience: audience?,
        service_type: service_type?,
        lead,
        access: access?,
        area_basis: area_basis?,
        beneficiary: beneficiary?,
        benefit: benefit?,
        conditions,
        amount,
        tiers,
        note: row.text_opt("note"),
        posthumous: row.flag("posthumous").unwrap_or(false),
        confirm: row.flag("confirm").unwrap_or(false),
        source: source?,
        line: row.line,
    })
}

fn number(row: Row<'_>, key: &str) -> Option<u16> {
    row.int_needed(key, 1, 999)
        .and_then(|number| u16::try_from(number).ok())
}

fn benefit(row: Row<'_>) -> Option<Benefit> {
    let row = row.row_needed("benefit", &["kind", "unit"])?;
    let kind = row
        .word("kind", BenefitKind::KEYS)
        .and_then(|key| BenefitKind::from_key(&key));
    let unit = row
        .word("unit", Unit::KEYS)
        .and_then(|key| Unit::from_key(&key));
    Some(Benefit {
        kind: kind?,
        unit: unit?,
    })
}

/// The conditions of a row that must have at least one.
pub(super) fn needed_clauses(row: Row<'_>) -> Vec<Clause> {
    if row
        .raw("conditions")
        .is_none_or(|raw| raw.get_ref().as_array().is_some_and(|a| a.is_empty()))
    {
        let remedy = "至少写一个条件；人人可享的写 { says = \"所有人\", when = \"true\" }";
        row.problem(
            row.line_of("conditions"),
            "没有条件，等于对所有人成立",
            remedy,
        );
    }
    clauses(row, "conditions")
}

pub(super) fn clauses(row: Row<'_>, key: &str) -> Vec<Clause> {
    let rows = row.rows(key, &["says", "when"]);
    let read = |row: Row<'_>| {
        let (says, when) = (row.text("says"), row.text("when"));
        Some(Clause {
            says: says?,
            when: when?,
            line: row.line_of("when"),
        })
    };
    rows.into_iter().filter_map(read).collect()
}

pub(super) fn formula(row: Row<'_>, key: &str) -> Option<Formula> {
    row.text_opt(key).map(|text| Formula {
        text,
        line: row.line_of(key),
    })
}

fn tiers(row: Row<'_>) -> Vec<TierRow> {
    let rows = row.rows("tiers", &["when", "tier"]);
    let read = |row: Row<'_>| {
        let (when, tier) = (row.text("when"), row.text("tier"));
        Some(TierRow {
            when: when?,
            tier: tier?,
            line: row.line_of("when"),
        })
    };
    rows.into_iter().filter_map(read).collect()
}
