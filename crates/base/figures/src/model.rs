//! Figures and the rows they stand in.

use crate::measure::{Measures, Per};
use crate::{Num, Unit};
use kernel::{AreaCode, Day};
use rules::folder::PlanHead;
use serde::Serialize;
use std::collections::BTreeMap;

/// What a figure is in its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 现有、基数.
    Baseline,
    /// 目标.
    Target,
    /// A dated task's value.
    Task,
    /// One row of a table.
    Part,
    /// The total of a table.
    Total,
    /// A standard to be kept.
    Standard,
    /// A ceiling.
    Limit,
    /// Money.
    Amount,
    /// Present state in the text.
    Status,
    /// 预测.
    Forecast,
}

impl Role {
    /// All roles with their words in a plan folder and in Chinese.
    pub const ALL: [(Self, &'static str, &'static str); 10] = [
        (Self::Baseline, "baseline", "现有"),
        (Self::Target, "target", "目标"),
        (Self::Task, "task", "任务值"),
        (Self::Part, "part", "分项"),
        (Self::Total, "total", "合计"),
        (Self::Standard, "standard", "标准"),
        (Self::Limit, "limit", "上限"),
        (Self::Amount, "amount", "金额"),
        (Self::Status, "status", "现状"),
        (Self::Forecast, "forecast", "预测"),
    ];

    /// Of its word.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, k, _)| *k == key).map(|r| r.0)
    }

    /// Its word.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("", |r| r.1)
    }

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        Self::ALL.iter().find(|r| r.0 == self).map_or("", |r| r.2)
    }

    /// Whether it says what is, not what shall be.
    pub const fn is_state(self) -> bool {
        matches!(self, Self::Baseline | Self::Status)
    }

    /// Whether it says what shall be reached.
    pub const fn is_goal(self) -> bool {
        matches!(self, Self::Target | Self::Task | Self::Total)
    }
}

/// How a value is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Op {
    /// 达到.
    #[serde(rename = "=")]
    Equal,
    /// 以上、不低于.
    #[serde(rename = ">=")]
    AtLeast,
    /// 超过.
    #[serde(rename = ">")]
    Above,
    /// 不高于、以内.
    #[serde(rename = "<=")]
    AtMost,
    /// 低于.
    #[serde(rename = "<")]
    Below,
}

impl Op {
    /// Its signs in a plan folder.
    pub const KEYS: &[&str] = &["=", ">=", ">", "<=", "<"];

    /// Of its sign.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "=" => Self::Equal,
            ">=" => Self::AtLeast,
            ">" => Self::Above,
            "<=" => Self::AtMost,
            "<" => Self::Below,
            _ => return None,
        })
    }

    /// Its sign in a plan folder.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::Above => ">",
            Self::AtMost => "<=",
            Self::Below => "<",
        }
    }

    /// As printed before the digits.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "",
            Self::AtLeast => "≥",
            Self::Above => ">",
            Self::AtMost => "≤",
            Self::Below => "<",
        }
    }
}

/// One quantity of a document, exactly as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is in its row.
    pub role: Role,
    /// Digits as printed.
    pub printed: String,
    /// The digits as a number, without the unit's 万 or 亿.
    pub value: Num,
    /// The upper end of a range, printed and as a number.
    pub upto: Option<(String, Num)>,
    /// How it is meant.
    pub op: Op,
    /// The unit as printed; the measure's where none is printed.
    pub unit: Option<Unit>,
    /// The year at whose end it holds.
    pub year: Option<i32>,
    /// The first year of a period.
    pub from: Option<i32>,
    /// The last year of a period.
    pub until: Option<i32>,
    /// What is added in the period, not what exists at its end.
    pub flow: bool,
    /// Rebuilding counts too: at most this much more.
    pub mixed: bool,
    /// This much in each year of the period.
    pub each_year: bool,
    /// This much for each of these.
    pub per: Option<Per>,
    /// The row of a table by class.
    pub class: Option<String>,
    /// 估计数.
    pub estimate: bool,
    /// The words printed instead of digits.
    pub says: Option<String>,
    /// Its own quote, where it is not the row's.
    pub quote: Option<String>,
    /// What it is about.
    pub measure: String,
    /// Where, if not the whole place.
    pub area: Option<AreaCode>,
    /// What its words define differently.
    pub note: Option<String>,
    /// The line it stands on.
    pub line: usize,
}

impl Figure {
    fn scaled(&self, value: Num) -> Num {
        self.unit.as_ref().map_or(value, |unit| value * unit.times)
    }

    /// The value in base units.
    pub fn amount(&self) -> Num {
        self.scaled(self.value)
    }

    /// The upper end in base units (the value itself where it is no range).
    pub fn amount_upto(&self) -> Num {
        self.upto
            .as_ref()
            .map_or_else(|| self.amount(), |(_, upto)| self.scaled(*upto))
    }

    /// The smallest value it allows, in base units; `None` without a lower end.
    pub fn low(&self) -> Option<Num> {
        match self.op {
            Op::AtMost | Op::Below => None,
            Op::Equal | Op::AtLeast | Op::Above => Some(self.amount()),
        }
    }

    /// The largest value it allows, in base units; `None` without an upper end.
    pub fn high(&self) -> Option<Num> {
        match self.op {
            Op::AtLeast | Op::Above => None,
            Op::Equal | Op::AtMost | Op::Below => Some(self.amount_upto()),
        }
    }

    /// The last year it speaks of.
    pub fn last_year(&self) -> Option<i32> {
        self.year.or(self.until)
    }

    /// The years of a period, both ends included; one for a single year.
    pub fn years(&self) -> Option<i64> {
        match (self.from, self.until) {
            (Some(from), Some(until)) if until >= from => Some(i64::from(until - from) + 1),
            _ => self.year.map(|_| 1),
        }
    }

    /// As an officer reads it: `≥60%`, `2.0–2.5万张`, `100%（估计数）`.
    pub fn zh(&self) -> String {
        let unit = self.unit.as_ref().map_or("", |unit| unit.printed.as_str());
        let mut out = String::from(self.op.sign());
        out.push_str(&self.printed);
        if let Some((upto, _)) = &self.upto {
            out.push('–');
            out.push_str(upto);
        }
        out.push_str(unit);
        if let Some(says) = &self.says {
            // The words stand in the document; the digits are how they were read.
            out = format!("{says}（{out}）");
        }
        if self.each_year {
            out.push_str("/年");
        }
        if let Some(per) = self.per {
            out = format!("{}{out}", per.zh());
        }
        if self.estimate {
            out.push_str("（估计数）");
        }
        out
    }

    /// When, as an officer reads it: `2025年`, `2021–2025年`, empty where no year is printed.
    pub fn when(&self) -> String {
        match (self.from, self.until, self.year) {
            (Some(from), Some(until), _) => format!("{from}–{until}年"),
            (_, _, Some(year)) => format!("{year}年"),
            (None, Some(until), None) => format!("到{until}年"),
            (Some(from), None, None) => format!("{from}年起"),
            (None, None, None) => String::new(),
        }
    }
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// The document's number.
    pub document: String,
    /// The section.
    pub section: String,
    /// A short verbatim quote.
    pub quote: String,
}

/// What kind of row it is, with what only that kind has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A target with its baseline.
    Indicator {
        /// The table it stands in.
        table: Option<String>,
        /// Its printed number.
        no: Option<i64>,
        /// 一级指标.
        group: Option<String>,
        /// 约束性 or 预期性.
        nature: Option<String>,
        /// The document prints "-" for the baseline.
        no_baseline: bool,
    },
    /// A dated task or a numbered measure of the text.
    Task {
        /// The table or chapter.
        list: String,
        /// Its number there.
        no: Option<String>,
        /// Of a dated task.
        year: Option<i32>,
        /// The heading above.
        group: Option<String>,
    },
    /// A table by year or class.
    Table {
        /// `year` or `class`.
        by: String,
    },
    /// A named project.
    Project {
        /// 新建, 改扩建, 维修 …
        what: Option<String>,
    },
    /// A standard, a price, money, a deadline, the present state …
    Standard {
        /// 标准 比例 价格 补贴 …
        kind: String,
    },
}

impl Kind {
    /// The TOML table of this kind.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Indicator { .. } => "indicator",
            Self::Task { .. } => "task",
            Self::Table { .. } => "table",
            Self::Project { .. } => "project",
            Self::Standard { .. } => "standard",
        }
    }

    /// The file rows of this kind stand in.
    pub const fn file(&self) -> &'static str {
        match self {
            Self::Indicator { .. } => "indicators.toml",
            Self::Task { .. } => "tasks.toml",
            Self::Table { .. } | Self::Project { .. } => "capacity.toml",
            Self::Standard { .. } => "standards.toml",
        }
    }

    /// In Chinese.
    pub const fn zh(&self) -> &'static str {
        match self {
            Self::Indicator { .. } => "指标",
            Self::Task { .. } => "重点任务",
            Self::Table { .. } => "供给计划",
            Self::Project { .. } => "项目",
            Self::Standard { .. } => "标准与政策",
        }
    }
}

/// One row of a plan with its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Unique in the folder, never changed.
    pub id: String,
    /// What kind it is.
    pub kind: Kind,
    /// 养老, 托育 or 综合.
    pub domain: String,
    /// Its name, verbatim where the document has one.
    pub name: String,
    /// The decisive sentence.
    pub text: Option<String>,
    /// 牵头单位, verbatim.
    pub lead: Vec<String>,
    /// 责任单位, verbatim, in order.
    pub with: Vec<String>,
    /// The deadline.
    pub due: Option<Day>,
    /// The deadline's words.
    pub due_says: Option<String>,
    /// What its figures are about.
    pub measure: Option<String>,
    /// What its words define differently.
    pub note: Option<String>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// Where it stands.
    pub source: Clause,
    /// The line it stands on.
    pub line: usize,
}

impl Row {
    /// Figures of this role.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Figure> {
        self.figures
            .iter()
            .filter(move |figure| figure.role == role)
    }

    /// The quote of a figure: its own or the row's.
    pub fn quote_of<'a>(&'a self, figure: &'a Figure) -> &'a str {
        figure.quote.as_deref().unwrap_or(&self.source.quote)
    }

    /// All departments, lead first.
    pub fn departments(&self) -> impl Iterator<Item = &str> {
        self.lead.iter().chain(&self.with).map(String::as_str)
    }

    /// Whether counties and management areas (管委会) must do it too, as the words say.
    pub fn executors(&self) -> Executors {
        Executors::named_by(self.departments())
    }
}

/// Who below the city must do it (product.md 4: management areas differ from counties).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Executors {
    /// Only departments.
    Departments,
    /// 各县市区人民政府.
    Counties,
    /// 各县市区政府及管委会.
    CountiesAndCommittees,
}

impl Executors {
    /// As the names of the departments say.
    pub fn named_by<'a>(departments: impl IntoIterator<Item = &'a str>) -> Self {
        let names: Vec<&str> = departments.into_iter().collect();
        let any = |words: &[&str]| {
            names
                .iter()
                .any(|name| words.iter().any(|word| name.contains(word)))
        };
        if any(&["管委会", "高新区", "管理委员会"]) {
            Self::CountiesAndCommittees
        } else if any(&["县市区", "县、市、区", "各县"]) {
            Self::Counties
        } else {
            Self::Departments
        }
    }
}

/// Somebody has looked at a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// The finding's id.
    pub finding: String,
    /// Its fingerprint then.
    pub print: String,
    /// Why it may stand.
    pub reason: String,
    /// Who.
    pub by: String,
    /// When.
    pub on: Day,
}

/// All figures of a plan folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Book {
    /// The place and its documents.
    pub head: PlanHead,
    /// The shared list of measures and the place's own.
    pub measures: Measures,
    /// All rows, file by file in their order.
    pub rows: Vec<Row>,
    /// Findings somebody has looked at.
    pub acknowledged: Vec<Acknowledged>,
    /// How many counties, towns … the folder's area trees have; empty without trees.
    pub units: BTreeMap<Per, i64>,
    /// Document and section of every row of the list, for annexes.
    pub list_sections: Vec<(String, String)>,
    /// SM3 of the folder.
    pub digest: String,
}

impl Book {
    /// The row of this id.
    pub fn row(&self, id: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.id == id)
    }

    /// Rows of one TOML table.
    pub fn of_kind(&self, key: &str) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.kind.key() == key)
    }

    /// Every figure with its row.
    pub fn figures(&self) -> impl Iterator<Item = (&Row, &Figure)> {
        self.rows
            .iter()
            .flat_map(|row| row.figures.iter().map(move |figure| (row, figure)))
    }
}
