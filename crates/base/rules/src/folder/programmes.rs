//! `programmes.toml`: what is decided and paid, with stacking (invariant 9).

use super::reader::Row;
use super::services::{Clause, Formula, formula, needed_clauses};
use super::source::{self, Source};
use super::words::{ACCESS, AreaBasis, Cycle, Payee};
use serde::Serialize;

/// One 待遇项目 as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Programme {
    /// Stable key of receipts and grants.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The list items it fulfils.
    pub fulfils: Vec<u16>,
    /// Its own rule; `None` takes the conditions of its one item.
    pub conditions: Option<Vec<Clause>>,
    /// Fen per cycle; `None` takes the amount of its one item.
    pub amount: Option<Formula>,
    /// Whose area decides and pays.
    pub area_basis: AreaBasis,
    /// 办理方式.
    pub access: String,
    /// Who accepts, checks and decides.
    pub decides: String,
    /// Which purse pays.
    pub pays: String,
    /// How often it pays.
    pub cycle: Cycle,
    /// Whose account it pays into.
    pub payee: Payee,
    /// 公示.
    pub publicity: String,
    /// Whether proof of life is needed.
    pub proof_of_life: bool,
    /// Which system keeps it.
    pub system: String,
    /// Of the programmes sharing this name only the highest is paid.
    pub highest_of: Option<String>,
    /// Programmes it cannot be had together with; the other wins.
    pub excludes: Vec<String>,
    /// The common conditions are not asked.
    pub posthumous: bool,
    /// What is left open and how it was read.
    pub note: Option<String>,
    /// 待当地确认.
    pub confirm: bool,
    /// Where it comes from.
    pub source: Source,
    /// The line it stands on.
    pub line: usize,
}

impl Programme {
    /// Whether this system decides and pays it; otherwise it is only imported.
    pub fn is_ours(&self) -> bool {
        self.system == SYSTEMS[0]
    }
}

const SYSTEMS: [&str; 2] = ["本系统", "外部系统"];
pub(super) const KEYS: &[&str] = &["programme"];
const PROGRAMME: &[&str] = &[
    "id",
    "name",
    "fulfils",
    "conditions",
    "amount",
    "area_basis",
    "access",
    "decides",
    "pays",
    "cycle",
    "payee",
    "publicity",
    "proof_of_life",
    "system",
    "highest_of",
    "excludes",
    "posthumous",
    "note",
    "confirm",
    "source",
];

pub(super) fn read(top: Row<'_>, documents: &[String]) -> Vec<Programme> {
    let mut programmes: Vec<Programme> = Vec::new();
    for row in top.rows("programme", PROGRAMME) {
        let Some(programme) = programme(row, documents) else {
            continue;
        };
        if let Some(first) = programmes.iter().find(|other| other.id == programme.id) {
            let what = format!("id「{}」在第 {} 行已使用", first.id, first.line);
            row.problem(row.line, what, "每个待遇项目用不同的 id");
        }
        programmes.push(programme);
    }
    programmes
}

fn programme(row: Row<'_>, documents: &[String]) -> Option<Programme> {
    let (id, name) = (row.text("id"), row.text("name"));
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if let Some(id) = id.as_ref().filter(|id| !id.bytes().all(plain)) {
        let what = format!("id「{id}」不能用");
        row.problem(row.line_of("id"), what, "只用小写字母、数字和下划线");
    }
    let (area_basis, access) = (
        row.word("area_basis", AreaBasis::KEYS),
        row.word("access", ACCESS),
    );
    let (cycle, payee) = (
        row.word("cycle", Cycle::KEYS),
        row.word("payee", Payee::KEYS),
    );
    let (decides, pays) = (row.text("decides"), row.text("pays"));
    let (publicity, system) = (row.text("publicity"), row.word("system", &SYSTEMS));
    let conditions = row.has("conditions").then(|| needed_clauses(row));
    let (fulfils, source) = (fulfils(row), source::read(row, documents));
    Some(Programme {
        id: id?,
        name: name?,
        fulfils,
        conditions,
        amount: formula(row, "amount"),
        area_basis: AreaBasis::from_key(&area_basis?)?,
        access: access?,
        decides: decides?,
        pays: pays?,
        cycle: Cycle::from_key(&cycle?)?,
        payee: Payee::from_key(&payee?)?,
        publicity: publicity?,
        proof_of_life: row.flag("proof_of_life").unwrap_or(false),
        system: system?,
        highest_of: row.text_opt("highest_of"),
        excludes: row.texts("excludes").unwrap_or_default(),
        posthumous: row.flag("posthumous").unwrap_or(false),
        note: row.text_opt("note"),
        confirm: row.flag("confirm").unwrap_or(false),
        source: source?,
        line: row.line,
    })
}

fn fulfils(row: Row<'_>) -> Vec<u16> {
    let Some(raw) = row.raw("fulfils") else {
        return Vec::new();
    };
    let numbers: Option<Vec<u16>> = raw.get_ref().as_array().and_then(|items| {
        let number = |item: &toml::Spanned<toml::de::DeValue<'_>>| {
            item.get_ref()
                .as_integer()
                .and_then(|number| number.as_str().parse().ok())
        };
        items.iter().map(number).collect()
    });
    if numbers.is_none() {
        row.problem(
            row.line_of("fulfils"),
            "fulfils 的值不对",
            "写清单项目编号，如 [3]",
        );
    }
    numbers.unwrap_or_default()
}
