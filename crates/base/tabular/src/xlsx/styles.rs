//! Which cell styles show a number as a day.

use super::xml::{Xml, attribute, name};
use crate::ReadError;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::Read;

/// Styles and formats a workbook may have (Excel stops at 65,490).
const MOST: usize = 100_000;

/// By number of the style: whether it shows days.
#[derive(Default)]
pub(crate) struct Styles(Vec<bool>);

impl Styles {
    pub(crate) fn read<R: Read>(mut xml: Xml<R>) -> Result<Self, ReadError> {
        let mut formats: BTreeMap<u32, bool> = BTreeMap::new();
        let mut styles = Vec::new();
        let mut in_cells = false;
        loop {
            match xml.next()? {
                Event::Start(element) | Event::Empty(element) => match name(&element) {
                    "cellXfs" => in_cells = true,
                    "cellStyleXfs" => in_cells = false,
                    "numFmt" if formats.len() < MOST => {
                        let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                        let code = attribute(&element, "formatCode");
                        if let (Some(id), Some(code)) = (id, code) {
                            formats.insert(id, is_day(&code));
                        }
                    }
                    "xf" if in_cells && styles.len() < MOST => {
                        let id = attribute(&element, "numFmtId").and_then(|id| id.parse().ok());
                        styles.push(id.unwrap_or(0));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().into_inner() == "cellXfs" => {
                    in_cells = false;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let day = |id: &u32| {
            formats
                .get(id)
                .copied()
                .unwrap_or_else(|| is_day_number(*id))
        };
        Ok(Self(styles.iter().map(day).collect()))
    }

    pub(crate) fn is_day(&self, style: usize) -> bool {
        self.0.get(style).copied().unwrap_or(false)
    }
}

/// Formats every Excel knows by number; 27–36 and 50–58 are those of Chinese Excel.
const fn is_day_number(id: u32) -> bool {
    matches!(id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58)
}

/// Whether a format shows a day: a year or a day of the month outside quotes and brackets.
fn is_day(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    for sign in code.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match sign {
            '"' => quoted = !quoted,
            '\\' | '_' | '*' if !quoted => escaped = true,
            '[' if !quoted => bracket = true,
            ']' if !quoted => bracket = false,
            'y' | 'Y' | 'd' | 'D' | '年' | '日' if !quoted && !bracket => return true,
            ';' if !quoted => return false,
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// B01: a number is a day where Excel shows it as one.
    #[test]
    fn formats_that_show_days_are_known() {
        for code in [
            "yyyy-mm-dd",
            "yyyy\"年\"m\"月\"d\"日\"",
            "[$-804]yyyy\"年\"m\"月\";@",
            "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"",
            "m/d/yy h:mm",
            "d-mmm",
        ] {
            assert!(is_day(code), "{code}");
        }
        for code in [
            "General",
            "0.00E+00",
            "#,##0.00",
            "@",
            "[Red]0",
            "h:mm:ss",
            "[h]:mm",
            "0\"days\"",
            "0_);[Red]\\(0\\)",
        ] {
            assert!(!is_day(code), "{code}");
        }
        assert!(is_day_number(14) && is_day_number(31) && !is_day_number(2) && !is_day_number(45));
    }
}
