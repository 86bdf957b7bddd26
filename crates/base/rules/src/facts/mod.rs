//! The fact dictionary: the words a service list may ask about, and nothing else.
//!
//! A rule, a person file, an import and the register use the same names, so a missing word is found
//! when a plan is loaded and not when somebody is refused.

mod person;
mod table;
mod value;
mod words;

pub use person::Facts;
pub use table::COUNT;
pub use value::{Value, parse_value, value_text, value_zh};
pub use words::word_zh;

use std::fmt;

/// What values a fact takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Yes or no.
    Bool,
    /// A whole number between two bounds, both included.
    Int {
        /// The smallest value.
        min: i64,
        /// The largest value.
        max: i64,
    },
    /// A calendar day.
    Day,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An area code, padded to 12 digits.
    Area,
    /// Recorded text (people referred to); no rule may ask it.
    Text,
}

/// How an unknown fact is settled (product.md 2): decides whether it may become a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettledBy {
    /// A department's list is matched; nobody is visited.
    Roster,
    /// An assessor assesses.
    Assessment,
    /// A village worker looks.
    Visit,
    /// The person asks for it; nobody is asked.
    Request,
    /// Nothing settles it: it is only recorded.
    None,
}

impl SettledBy {
    /// The word on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Roster => "部门比对",
            Self::Assessment => "能力评估",
            Self::Visit => "入户核实",
            Self::Request => "本人申请",
            Self::None => "仅登记",
        }
    }
}

/// One row of the dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDef {
    /// The name in rules, files and columns.
    pub name: &'static str,
    /// The name on screens.
    pub zh: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The offices whose record it is; others file a correction request.
    pub owner: &'static [&'static str],
    /// How it is settled when unknown.
    pub settled_by: SettledBy,
    /// Whether a complete roll settles it for those who are not on it.
    pub roll: bool,
    /// After how many months it is shown as 待复核 (still used).
    pub review_months: Option<u16>,
    /// What it means, in one line.
    pub says: &'static str,
}

impl FactDef {
    /// What a complete roll records for somebody who is not on it: `false`, or 0 for a grade.
    pub const fn absent(&self) -> Option<Value> {
        match (self.roll, self.kind) {
            (true, Kind::Bool) => Some(Value::Bool(false)),
            (true, Kind::Int { .. }) => Some(Value::Int(0)),
            _ => None,
        }
    }

    /// What may be written for this fact, in Chinese.
    pub fn allowed(&self) -> String {
        match self.kind {
            Kind::Bool => "true 或 false".to_owned(),
            Kind::Int { min, max } => format!("{min} 到 {max} 的整数"),
            Kind::Day => "日期，如 2025-06-30".to_owned(),
            Kind::Word(words) => format!("{} 之一", words.join("、")),
            Kind::Area => "2、4、6、9 或 12 位区划代码".to_owned(),
            Kind::Text => "文字".to_owned(),
        }
    }
}

/// A fact of the dictionary: its place there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(u8);

impl FactId {
    /// 在世.
    pub const ALIVE: Self = Self(table::place("alive"));
    /// 出生日期.
    pub const BIRTH_DATE: Self = Self(table::place("birth_date"));
    /// 户籍地.
    pub const HUKOU_AREA: Self = Self(table::place("hukou_area"));
    /// 常住地.
    pub const RESIDENCE_AREA: Self = Self(table::place("residence_area"));
    /// 城镇.
    pub const URBAN: Self = Self(table::place("urban"));

    /// Its place in the dictionary.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    /// The fact at this place.
    pub fn from_index(index: usize) -> Option<Self> {
        if index < COUNT {
            u8::try_from(index).ok().map(Self)
        } else {
            None
        }
    }

    /// Its row.
    pub fn def(self) -> &'static FactDef {
        table::row(self.index())
    }

    /// Its name in rules, files and columns.
    pub fn name(self) -> &'static str {
        self.def().name
    }

    /// All facts in dictionary order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..COUNT).filter_map(Self::from_index)
    }
}

impl fmt::Debug for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The recorded facts in their fixed order (the order of `missing`).
pub fn dictionary() -> &'static [FactDef] {
    &table::ROWS
}

/// The fact of this name.
pub fn find(name: &str) -> Option<FactId> {
    FactId::all().find(|id| id.name() == name)
}

/// The recorded fact a derived name is computed from, for messages.
pub fn derived_from(name: &str) -> Option<&'static str> {
    match name {
        "age" | "months" => Some("birth_date"),
        "hukou_local" => Some("hukou_area"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B02; facts.md: the dictionary is one list with every column, small enough for a bit mask.
    #[test]
    fn every_row_is_complete_and_found_by_its_name() {
        const { assert!(COUNT <= 128) };
        for id in FactId::all() {
            let def = id.def();
            assert_eq!(find(def.name), Some(id), "{} stands twice", def.name);
            assert!(
                !def.zh.is_empty() && !def.says.is_empty() && !def.owner.is_empty(),
                "{def:?}"
            );
            assert!(
                def.name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{}",
                def.name
            );
            if let Kind::Word(words) = def.kind {
                for word in words {
                    assert!(
                        word_zh(id, word).is_some(),
                        "{} {word} has no label",
                        def.name
                    );
                }
            }
            assert_eq!(def.roll, def.absent().is_some(), "{}", def.name);
        }
        assert_eq!(FactId::BIRTH_DATE.name(), "birth_date");
        assert_eq!(find("age"), None);
    }

    /// engineering.md 2: a roll never settles these.
    #[test]
    fn a_roll_never_settles_who_somebody_is() {
        for name in ["alive", "birth_date", "sex", "hukou_area", "residence_area"] {
            assert!(find(name).is_some_and(|id| !id.def().roll), "{name}");
        }
    }
}
