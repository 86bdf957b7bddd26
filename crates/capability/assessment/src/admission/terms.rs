//! The priority classes and care grades, as data with their clause.

use kernel::Day;
use rules::{Alone, Facts, Truth};
use serde::Deserialize;
use std::sync::OnceLock;
use store::{StoreError, StoreResult};

/// A group of people: words and condition.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "GroupRow")]
pub(crate) struct Group {
    /// In Chinese.
    pub(crate) says: String,
    /// Who is in it.
    pub(crate) when: Alone,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    says: String,
    when: String,
}

impl TryFrom<GroupRow> for Group {
    type Error = String;

    fn try_from(row: GroupRow) -> Result<Self, String> {
        let when = Alone::read(&row.when)
            .map_err(|problem| format!("{}：{} → {}", row.says, problem.what, problem.remedy))?;
        let says = row.says;
        Ok(Self { says, when })
    }
}

/// A class: whoever is in one of its groups; everybody, where it has none.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Class {
    /// Its key.
    pub(crate) key: String,
    /// Its name.
    pub(crate) zh: String,
    /// The clause, quoted.
    pub(crate) clause: String,
    /// Where the clause stands.
    pub(crate) source: String,
    /// Its groups.
    pub(crate) groups: Vec<Group>,
}

/// Whether somebody is in a class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// The groups that they are in.
    pub(crate) holds: Vec<&'static str>,
    /// What is not known of the others, where none holds.
    pub(crate) missing: Vec<String>,
    /// A class without groups holds for everybody.
    everybody: bool,
    /// A group is not known.
    open: bool,
}

impl Asked {
    /// Yes, no or not known.
    pub(crate) const fn truth(&self) -> Truth {
        if self.everybody || !self.holds.is_empty() {
            Truth::True
        } else if self.open {
            Truth::Unknown
        } else {
            Truth::False
        }
    }
}

impl Class {
    /// Asks a person's facts on a day.
    pub(crate) fn ask(&'static self, facts: &Facts, day: Day) -> Asked {
        let mut asked = Asked {
            everybody: self.groups.is_empty(),
            ..Asked::default()
        };
        for group in &self.groups {
            match group.when.ask(facts, day) {
                (Truth::True, _) => asked.holds.push(&group.says),
                (Truth::False, _) => {}
                (Truth::Unknown, missing) => {
                    asked.open = true;
                    for one in missing.iter().map(rules::Missing::zh) {
                        if !asked.missing.contains(&one) {
                            asked.missing.push(one);
                        }
                    }
                }
            }
        }
        if !asked.holds.is_empty() {
            asked.missing.clear();
        }
        asked
    }
}

/// What a home gives at a level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grade {
    level: usize,
    zh: String,
}

/// Classes from the first to the last, and grades.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// 待当地确认.
    pub(crate) confirm: String,
    /// The scale whose result counts.
    scheme: String,
    /// In their order; the last holds for everybody.
    #[serde(rename = "class")]
    pub(crate) classes: Vec<Class>,
    /// 同等条件下优先.
    pub(crate) equal: Class,
    /// By level.
    #[serde(rename = "grade")]
    grades: Vec<Grade>,
}

impl Terms {
    /// The scale whose result counts.
    pub(crate) fn scheme(&self) -> StoreResult<&'static assess::Scheme> {
        let lacks = || StoreError::Other(format!("no scale {}", self.scheme));
        assess::by_id(&self.scheme).ok_or_else(lacks)
    }

    /// The care grade at a level; empty where the place names none.
    pub(crate) fn grade(&self, level: usize) -> &str {
        let found = self.grades.iter().find(|grade| grade.level == level);
        found.map_or("", |grade| &grade.zh)
    }

    /// The name of a class by its key.
    pub(crate) fn class_zh(&self, key: &str) -> &str {
        let found = self.classes.iter().find(|class| class.key == key);
        found.map_or("", |class| &class.zh)
    }
}

const TEXT: &str = include_str!("../../data/admission.toml");

/// The terms that come with the program; a test reads them.
pub(crate) fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(|| {
        toml::from_str(TEXT).unwrap_or_else(|error| {
            tracing::error!(%error, "data/admission.toml");
            let nobody = Class {
                key: String::new(),
                zh: String::new(),
                clause: String::new(),
                source: String::new(),
                groups: Vec::new(),
            };
            Terms {
                confirm: String::new(),
                scheme: String::new(),
                classes: vec![nobody.clone()],
                equal: nobody,
                grades: Vec::new(),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B12, invariants 1, 4: the file reads, every class has its clause, the last holds for everybody and every level
    /// has its grade; a condition that does not read is refused.
    #[test]
    fn the_terms_read() {
        let terms: Terms = toml::from_str(TEXT).unwrap();
        for class in terms.classes.iter().chain([&terms.equal]) {
            assert!(
                !class.zh.is_empty() && !class.clause.is_empty() && !class.source.is_empty(),
                "{}",
                class.key
            );
        }
        let (last, before) = terms.classes.split_last().unwrap();
        assert!(last.groups.is_empty());
        assert!(before.iter().all(|class| !class.groups.is_empty()));
        assert!(terms.confirm.contains("待当地确认"));
        for band in &terms.scheme().unwrap().bands {
            assert!(!terms.grade(band.level).is_empty(), "{}", band.level);
        }
        let broken = TEXT.replace("when = \"tekun\"", "when = \"tekunn\"");
        let error = toml::from_str::<Terms>(&broken).unwrap_err().to_string();
        assert!(error.contains("没有 tekunn"), "{error}");
    }
}
