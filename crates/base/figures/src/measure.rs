//! What a figure is about: one list of measures shared by all places, and what a place adds to it.

use rules::folder::reader::{Doc, Row};
use rules::{Files, Problem};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::Num;

/// The file of a folder's own measures.
pub const MEASURES: &str = "measures.toml";
const SHARED: &str = include_str!("../measures.toml");
/// 领域.
pub const DOMAINS: &[&str] = &["养老", "托育", "综合"];

/// In which direction a measure gets better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    None,
}

/// A ratio of two measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ratio {
    /// The measure above.
    pub numerator: String,
    /// The measure below.
    pub denominator: String,
    /// 100 for %, 1000 for per thousand.
    pub scale: Num,
}

/// Units of area that a document counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// 县（市、区）.
    County,
    /// 街道、镇、乡.
    Town,
    /// 村.
    Village,
    /// 社区.
    Community,
}

impl Per {
    /// Its words in a plan folder.
    pub const KEYS: &[&str] = &["county", "town", "village", "community"];

    /// Of its word.
    pub fn from_key(key: &str) -> Option<Self> {
        Some(match key {
            "county" => Self::County,
            "town" => Self::Town,
            "village" => Self::Village,
            "community" => Self::Community,
            _ => return None,
        })
    }

    /// Its word.
    pub const fn key(self) -> &'static str {
        match self {
            Self::County => "county",
            Self::Town => "town",
            Self::Village => "village",
            Self::Community => "community",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::County => "每个县（市、区）",
            Self::Town => "每个街道（镇、乡）",
            Self::Village => "每个村",
            Self::Community => "每个社区",
        }
    }
}

/// One thing that can be counted or compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Its id, the same in all places.
    pub id: String,
    /// Its name.
    pub name: String,
    /// 养老, 托育 or 综合.
    pub domain: String,
    /// The heading it stands under.
    pub theme: String,
    /// Its base unit, without 万 or 亿.
    pub unit: String,
    /// In which direction it gets better.
    pub better: Better,
    /// Values above are impossible.
    pub max: Option<Num>,
    /// What it is made of.
    pub ratio: Option<Ratio>,
    /// The ratio counts these units that have at least one.
    pub each: Option<Per>,
    /// Never more than this measure.
    pub part_of: Option<String>,
    /// Defined by the place, not in the shared list.
    pub own: bool,
}

impl Measure {
    /// Whether it is a percentage.
    pub fn is_percent(&self) -> bool {
        crate::unit::is_percent(&self.unit)
    }
}

/// Measures by id: the shared list and a place's own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Measures(BTreeMap<String, Measure>);

impl Measures {
    /// The shared list.
    pub fn shared() -> &'static Self {
        static LIST: OnceLock<Measures> = OnceLock::new();
        LIST.get_or_init(|| {
            let mut list = Self::default();
            // A test reads the list without a problem; here a wrong row is left out.
            list.read("measures.toml", SHARED, false);
            list
        })
    }

    /// The shared list and the folder's own.
    pub(crate) fn of(files: &Files) -> (Self, Vec<Problem>) {
        let mut list = Self::shared().clone();
        let problems = files
            .get(MEASURES)
            .map_or_else(Vec::new, |text| list.read(MEASURES, text, true));
        (list, problems)
    }

    /// The measure of this id.
    pub fn get(&self, id: &str) -> Option<&Measure> {
        self.0.get(id)
    }

    /// Headings in the order of the shared list; a place's own come last.
    pub fn themes() -> &'static [String] {
        static THEMES: OnceLock<Vec<String>> = OnceLock::new();
        THEMES.get_or_init(|| {
            let line = |line: &'static str| line.strip_prefix("theme = \"")?.strip_suffix('"');
            let mut themes: Vec<String> = Vec::new();
            for theme in SHARED.lines().filter_map(line) {
                if !themes.iter().any(|known| known == theme) {
                    themes.push(theme.to_owned());
                }
            }
            themes
        })
    }

    /// All, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Measure> {
        self.0.values()
    }

    fn read(&mut self, file: &str, text: &str, own: bool) -> Vec<Problem> {
        let doc = Doc::new(file, text);
        if let Some(table) = doc.parse() {
            for row in Row::top(&doc, &table, &["measure"]).rows("measure", KEYS) {
                let Some(measure) = measure(row, own) else {
                    continue;
                };
                if self.0.contains_key(&measure.id) {
                    let what = format!("指标口径 {} 已经有了", measure.id);
                    row.problem(row.line, what, "直接使用已有的 id，或换一个 id");
                    continue;
                }
                self.0.insert(measure.id.clone(), measure);
            }
        }
        doc.into_problems()
    }
}

const KEYS: &[&str] = &[
    "id",
    "name",
    "domain",
    "theme",
    "unit",
    "better",
    "max",
    "numerator",
    "denominator",
    "scale",
    "each",
    "part_of",
];

fn measure(row: Row<'_>, own: bool) -> Option<Measure> {
    let (id, name) = (row.text("id"), row.text("name"));
    let (domain, theme) = (row.word("domain", DOMAINS), row.text("theme"));
    let (unit, better) = (
        row.text("unit"),
        row.word("better", &["up", "down", "none"]),
    );
    let (numerator, denominator) = (row.text_opt("numerator"), row.text_opt("denominator"));
    if numerator.is_some() != denominator.is_some() {
        row.problem(
            row.line,
            "numerator 和 denominator 要一起写",
            "补上另一个，并写 scale",
        );
    }
    let scale = row.int("scale", 1, 1_000_000).unwrap_or(100);
    let each = row
        .has("each")
        .then(|| row.word("each", Per::KEYS))
        .flatten();
    Some(Measure {
        id: id?,
        name: name?,
        domain: domain?,
        theme: theme?,
        unit: unit?,
        better: match better?.as_str() {
            "up" => Better::Up,
            "down" => Better::Down,
            _ => Better::None,
        },
        max: row.int("max", 0, 1_000_000_000).map(Num::whole),
        ratio: numerator
            .zip(denominator)
            .map(|(numerator, denominator)| Ratio {
                numerator,
                denominator,
                scale: Num::whole(scale),
            }),
        each: each.as_deref().and_then(Per::from_key),
        part_of: row.text_opt("part_of"),
        own,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared list reads, and what it refers to is in it or is a count nobody plans.
    #[test]
    fn the_shared_list_reads() {
        let mut list = Measures::default();
        assert_eq!(list.read("measures.toml", SHARED, false), vec![]);
        for measure in list.iter() {
            for id in measure
                .ratio
                .iter()
                .flat_map(|ratio| [&ratio.numerator, &ratio.denominator])
                .chain(&measure.part_of)
            {
                assert!(list.get(id).is_some(), "{} needs {id}", measure.id);
            }
        }
    }
}
