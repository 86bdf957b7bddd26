//! The parameters of a list: of the values in force on a day the most particular one wins.

use crate::Truth;
use crate::folder::{DatedValue, Param, ParamUnit, ParamValue, params::fits};
use kernel::{AreaCode, Day};

/// How percentages are rounded, by this parameter.
pub const ROUNDING: &str = "比例金额取整";
/// When somebody born on 29 February has a birthday in a common year, by this parameter
/// (`3月1日`, the default, or `2月28日`).
pub const LEAP_BIRTHDAY: &str = "闰日出生的平年生日";
/// The word of [`LEAP_BIRTHDAY`] that moves the birthday forward.
pub(crate) const FEBRUARY_28: &str = "2月28日";
/// The words [`LEAP_BIRTHDAY`] takes.
pub(crate) const LEAP_WORDS: [&str; 2] = ["3月1日", FEBRUARY_28];

/// A parameter with its values, the most particular first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamTable {
    /// Its name.
    pub name: String,
    /// What its values are.
    pub unit: ParamUnit,
    /// What it means.
    pub says: String,
    /// Whether its values come from a demo overlay (演示值).
    pub demo: bool,
    values: Vec<DatedValue>,
}

/// The value for one person on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup<'a> {
    /// It has this value.
    Known(&'a ParamValue),
    /// It has none.
    NoValue,
    /// It depends on the 户籍地 or 城乡, which are not known.
    Depends {
        /// The 户籍地 is asked and unknown.
        area: bool,
        /// 城乡 is asked and unknown.
        urban: bool,
    },
}

impl ParamTable {
    /// The table of a parameter as written.
    pub(crate) fn new(param: &Param) -> Self {
        let mut table = Self {
            name: param.name.clone(),
            unit: param.unit,
            says: param.says.clone(),
            demo: false,
            values: Vec::new(),
        };
        table.lay(param.values.clone());
        table
    }

    /// Takes these values instead of its own.
    pub(crate) fn lay(&mut self, mut values: Vec<DatedValue>) {
        // The longest area first, then one that names 城乡, then the latest day.
        let depth = |value: &DatedValue| value.area.map_or(0, |area| area.prefix().len());
        values.sort_by(|a, b| {
            (depth(b), b.urban.is_some(), b.from).cmp(&(depth(a), a.urban.is_some(), a.from))
        });
        self.values = values;
    }

    /// Whether it can have this value.
    pub(crate) fn takes(&self, value: &ParamValue) -> bool {
        fits(self.unit, value)
    }

    /// All values, the most particular first.
    pub fn values(&self) -> &[DatedValue] {
        &self.values
    }

    /// The values in force on a day: the first whose area and 城乡 hold for a person is theirs.
    pub fn in_force(&self, as_of: Day) -> Vec<&DatedValue> {
        let mut found: Vec<&DatedValue> = Vec::new();
        for value in self.values.iter().filter(|value| value.from <= as_of) {
            if !found
                .iter()
                .any(|v| (v.area, v.urban) == (value.area, value.urban))
            {
                found.push(value);
            }
        }
        found
    }

    /// Whether a value names an area.
    pub fn asks_area(&self) -> bool {
        self.values.iter().any(|value| value.area.is_some())
    }

    /// Whether a value names 城乡.
    pub fn asks_urban(&self) -> bool {
        self.values.iter().any(|value| value.urban.is_some())
    }

    /// The value for somebody of this 户籍地 and 城乡.
    pub(crate) fn lookup(
        &self,
        as_of: Day,
        area: Option<AreaCode>,
        urban: Option<bool>,
    ) -> Lookup<'_> {
        for value in self.values.iter().filter(|value| value.from <= as_of) {
            let here = value.area.map_or(Truth::True, |wanted| {
                Truth::of(area.map(|area| wanted.contains(&area)))
            });
            let kind = value.urban.map_or(Truth::True, |wanted| {
                Truth::of(urban.map(|urban| urban == wanted))
            });
            match here.and(kind) {
                Truth::True => return Lookup::Known(&value.value),
                Truth::False => {}
                Truth::Unknown => {
                    let (area, urban) = (here == Truth::Unknown, kind == Truth::Unknown);
                    return Lookup::Depends { area, urban };
                }
            }
        }
        Lookup::NoValue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn table() -> ParamTable {
        let mut table = ParamTable {
            name: "低保标准".into(),
            unit: ParamUnit::Fen,
            says: String::new(),
            demo: false,
            values: Vec::new(),
        };
        let value = |from: &str, area: &str, urban, fen| DatedValue {
            from: day(from),
            area: area.parse().ok(),
            urban,
            value: ParamValue::Int(fen),
            line: 1,
        };
        table.lay(vec![
            value("2024-01-01", "", None, 1),
            value("2025-01-01", "", None, 2),
            value("2024-01-01", "", Some(true), 3),
            value("2024-01-01", "421303", None, 4),
            value("2024-01-01", "421303", Some(true), 5),
            value("2025-07-01", "421303", Some(true), 6),
        ]);
        table
    }

    /// plan-format.md, params: longest area, then 城乡, then latest; unknown where it would depend.
    #[test]
    fn the_most_particular_value_in_force_wins() {
        let table = table();
        let known = |fen| Some(ParamValue::Int(fen));
        for (on, area, urban, wanted) in [
            ("2023-12-31", Some("421321"), Some(true), None),
            ("2024-06-01", Some("421321"), Some(false), known(1)),
            ("2025-06-01", Some("421321"), Some(false), known(2)),
            ("2025-06-01", Some("421321"), Some(true), known(3)),
            ("2025-06-01", Some("421303001001"), Some(false), known(4)),
            ("2025-06-01", Some("421303001001"), Some(true), known(5)),
            ("2025-07-01", Some("421303001001"), Some(true), known(6)),
        ] {
            let area = area.map(|area: &str| area.parse().unwrap());
            let found = match table.lookup(day(on), area, urban) {
                Lookup::Known(value) => Some(value.clone()),
                Lookup::NoValue => None,
                depends @ Lookup::Depends { .. } => panic!("{depends:?}"),
            };
            assert_eq!(found, wanted, "{on} {area:?} {urban:?}");
        }
        let area = "421303".parse().ok();
        let depends = |area, urban| Lookup::Depends { area, urban };
        assert_eq!(
            table.lookup(day("2025-06-01"), area, None),
            depends(false, true)
        );
        assert_eq!(
            table.lookup(day("2025-06-01"), None, Some(true)),
            depends(true, false)
        );
        assert_eq!(
            table.lookup(day("2025-06-01"), None, None),
            depends(true, true)
        );
        // Not 城镇: the first value cannot be theirs, the second depends on the area alone.
        assert_eq!(
            table.lookup(day("2025-06-01"), None, Some(false)),
            depends(true, false)
        );
        assert_eq!(table.in_force(day("2025-08-01")).len(), 4);
    }
}
