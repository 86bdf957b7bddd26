//! A scale as written in its file.

use serde::Deserialize;
use std::collections::BTreeMap;

/// How the level follows from the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The sum of all scores falls into a band.
    Sum,
    /// Grades of the groups meet in a table.
    Table,
    /// Only results found on paper are kept; nobody is assessed by it any more.
    Recorded,
}

/// Which side of the combination table a group stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Its grade picks the row.
    Rows,
    /// The worst grade of all such groups picks the column.
    Columns,
}

/// A scale. Levels count from 0, the best, upwards.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    /// Key in commands and rows, such as `gbt-42195-2022`.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Number of the document.
    pub document: String,
    /// In force from this day, `yyyy-mm-dd`.
    pub version: String,
    /// Whom it is for, in words.
    pub audience: String,
    /// The department whose officers ask for it and handle it, as roles name theirs: 民政, 卫健.
    pub office: String,
    /// How the level follows.
    pub kind: Kind,
    /// The fact that a confirmed level becomes; none where no fact asks for it.
    pub fact: Option<String>,
    /// How many months a result stays valid.
    pub valid_months: i32,
    /// Where the text was taken from.
    pub source: String,
    /// What the office has to compare with the official text.
    #[serde(default)]
    pub confirm: String,
    /// Wordings shared by several items, worst first.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// 一级指标.
    #[serde(default, rename = "group")]
    pub groups: Vec<Group>,
    /// Levels.
    #[serde(default, rename = "band")]
    pub bands: Vec<Band>,
    /// The combination table of [`Kind::Table`].
    pub table: Option<Table>,
    /// Yes-or-no questions beside the items.
    #[serde(default, rename = "flag")]
    pub flags: Vec<Flag>,
    /// Counts beside the items.
    #[serde(default, rename = "count")]
    pub counts: Vec<Count>,
    /// How far raises add up.
    pub raise: Option<Raise>,
    /// 等级变更.
    #[serde(default, rename = "adjust")]
    pub adjusts: Vec<Adjust>,
}

/// 一级指标.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Key, such as `B.1`.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// Side of the combination table.
    pub part: Option<Part>,
    /// Points between two neighbouring scores of an item.
    #[serde(default = "one")]
    pub steps: i64,
    /// 二级指标.
    #[serde(default, rename = "item")]
    pub items: Vec<Item>,
    /// Grades of this group, with a combination table.
    #[serde(default, rename = "band")]
    pub bands: Vec<Grade>,
}

/// 二级指标.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Key, such as `B.1.1`.
    pub id: String,
    /// Name as printed.
    pub name: String,
    /// What is looked at.
    #[serde(default)]
    pub about: String,
    /// Name of shared wordings; filled into `scores` when read.
    pub words: Option<String>,
    /// Wording of each score, worst first.
    #[serde(default)]
    pub scores: Vec<String>,
    /// Points between two neighbouring scores; the group's, filled when read.
    #[serde(default = "one")]
    pub step: i64,
    /// What to compare with the official text.
    #[serde(default)]
    pub confirm: String,
}

/// A grade of a group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// Number, 0 the best.
    pub grade: usize,
    /// Name as printed.
    pub name: String,
    /// Lowest score of the group.
    pub from: Option<i64>,
    /// Highest score of the group.
    pub to: Option<i64>,
}

/// A level.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Number, 0 the best.
    pub level: usize,
    /// Name as printed.
    pub name: String,
    /// What the fact becomes, where it is a word.
    pub value: Option<String>,
    /// Lowest total.
    pub from: Option<i64>,
    /// Highest total.
    pub to: Option<i64>,
}

/// The combination table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Levels by row (the grade of the rows' group) and column (the worst of the others).
    pub levels: Vec<Vec<usize>>,
    /// Clause.
    pub clause: String,
    /// What to compare with the official text.
    #[serde(default)]
    pub confirm: String,
}

/// A yes-or-no question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Key in the answers.
    pub id: String,
    /// Question.
    pub name: String,
}

/// A question answered by a count for each kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// Key in the answers.
    pub id: String,
    /// Question.
    pub name: String,
    /// Highest believable count of one kind.
    pub most: i64,
    /// Kinds.
    pub kinds: Vec<RiskKind>,
}

/// One kind of what is counted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskKind {
    /// Key in the answers.
    pub id: String,
    /// Name.
    pub name: String,
    /// Other words that mean it.
    #[serde(default)]
    pub also: Vec<String>,
}

/// How far raises add up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raise {
    /// Most levels that all raises together add.
    pub at_most: usize,
    /// Clause.
    pub clause: String,
    /// What to compare with the official text.
    #[serde(default)]
    pub confirm: String,
}

/// One reason to change the level.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adjust {
    /// The flag that brings it about.
    pub flag: Option<String>,
    /// The count that brings it about.
    pub count: Option<String>,
    /// From how many.
    pub at_least: Option<i64>,
    /// `sum` over the kinds, or `kind`: one kind alone.
    pub counted: Option<String>,
    /// In words.
    pub says: String,
    /// The level it sets.
    pub to: Option<usize>,
    /// By how many levels it raises.
    pub raise: Option<usize>,
    /// Clause.
    pub clause: String,
    /// What to compare with the official text.
    #[serde(default)]
    pub confirm: String,
}

const fn one() -> i64 {
    1
}

impl Item {
    /// Highest points.
    pub fn most(&self) -> i64 {
        self.step * (self.scores.len() as i64 - 1)
    }

    /// The wordings with their points, best first, as a form shows them.
    pub fn choices(&self) -> impl Iterator<Item = (i64, &str)> {
        let worded = self.scores.iter().enumerate().rev();
        worded.map(|(at, says)| (at as i64 * self.step, says.as_str()))
    }

    /// The wording of so many points.
    pub fn says(&self, points: i64) -> Option<&str> {
        let choice = self.choices().find(|(of, _)| *of == points)?;
        Some(choice.1)
    }
}

impl Group {
    /// Highest score of the group.
    pub fn most(&self) -> i64 {
        self.items.iter().map(Item::most).sum()
    }
}

impl Adjust {
    /// The key of the answer that brings it about.
    pub fn key(&self) -> &str {
        self.flag
            .as_deref()
            .or(self.count.as_deref())
            .unwrap_or_default()
    }
}

impl Scheme {
    /// All items, in order.
    pub fn items(&self) -> impl Iterator<Item = &Item> {
        self.groups.iter().flat_map(|group| &group.items)
    }

    /// An item.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items().find(|item| item.id == id)
    }

    /// Highest total.
    pub fn most(&self) -> i64 {
        self.groups.iter().map(Group::most).sum()
    }

    /// The most severe level.
    pub fn worst(&self) -> usize {
        self.bands.len().saturating_sub(1)
    }

    /// The name of a level.
    pub fn level_name(&self, level: usize) -> &str {
        self.bands
            .iter()
            .find(|band| band.level == level)
            .map_or("", |band| band.name.as_str())
    }

    /// What its fact becomes at a level: the band's word, else the number.
    pub fn fact_value(&self, level: usize) -> Option<(&str, String)> {
        let fact = self.fact.as_deref()?;
        let band = self.bands.iter().find(|band| band.level == level)?;
        let value = band.value.clone().unwrap_or_else(|| level.to_string());
        Some((fact, value))
    }

    /// Whether somebody can be assessed by it today.
    pub fn is_scored(&self) -> bool {
        self.kind != Kind::Recorded
    }

    /// Everything that still has to be compared with the official text, in file order.
    pub fn to_confirm(&self) -> Vec<&str> {
        let parts = [self.confirm.as_str()].into_iter();
        let items = self.items().map(|item| item.confirm.as_str());
        let table = self.table.iter().map(|table| table.confirm.as_str());
        let raise = self.raise.iter().map(|raise| raise.confirm.as_str());
        let adjusts = self.adjusts.iter().map(|one| one.confirm.as_str());
        let all = parts.chain(items).chain(table).chain(raise).chain(adjusts);
        all.filter(|says| !says.is_empty()).collect()
    }
}
