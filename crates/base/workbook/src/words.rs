//! How things are written in a cell, and read from it.

use crate::columns::BY;
use figures::{Book, Measure, Measures, Op};

/// 是 or nothing.
pub(crate) fn flag(on: bool) -> String {
    if on { "是".to_owned() } else { String::new() }
}

/// What 是 and nothing may also be written as.
pub(crate) fn read_flag(text: &str) -> Option<bool> {
    match text {
        "是" | "√" | "✓" | "Y" | "y" | "1" | "TRUE" | "true" => Some(true),
        "" | "否" | "×" | "N" | "n" | "0" | "FALSE" | "false" => Some(false),
        _ => None,
    }
}

/// A sign; nothing stands for "as printed".
pub(crate) fn read_op(text: &str) -> Option<Op> {
    Some(match text {
        "" | "=" | "＝" => Op::Equal,
        "≥" | ">=" | "＞=" | "以上" | "不低于" | "不少于" | "至少" => Op::AtLeast,
        ">" | "＞" | "超过" => Op::Above,
        "≤" | "<=" | "＜=" | "以内" | "不高于" | "不超过" => Op::AtMost,
        "<" | "＜" | "低于" => Op::Below,
        _ => return None,
    })
}

/// `year` as 按年度.
pub(crate) fn by(key: &str) -> String {
    BY.iter()
        .find(|(k, _)| *k == key)
        .map_or(key, |(_, zh)| zh)
        .to_owned()
}

/// A measure as it stands in a cell: `养老床位数（care_beds）`.
pub(crate) fn measure(measures: &Measures, id: &str) -> String {
    measures.get(id).map_or_else(|| id.to_owned(), label)
}

/// Name and id.
pub(crate) fn label(measure: &Measure) -> String {
    format!("{}（{}）", measure.name, measure.id)
}

/// The id in a cell: written as name and id, as the id, or as a name that only one measure has.
pub(crate) fn read_measure(measures: &Measures, text: &str) -> Option<String> {
    if measures.get(text).is_some() {
        return Some(text.to_owned());
    }
    let end = text.trim_end_matches(['）', ')']);
    if let Some((_, id)) = end
        .rsplit_once(['（', '('])
        .filter(|(_, id)| measures.get(id).is_some())
    {
        return Some(id.to_owned());
    }
    let mut named = measures.iter().filter(|measure| measure.name == text);
    named
        .next()
        .filter(|_| named.next().is_none())
        .map(|measure| measure.id.clone())
}

/// Departments, joined as documents do.
pub(crate) fn join(departments: &[String]) -> String {
    departments.join("、")
}

/// Names of departments that have a 、 of their own: 各县、市、区政府和管委会.
pub(crate) fn compound(book: &Book) -> Vec<String> {
    let rows = book
        .rows
        .iter()
        .flat_map(|row| row.lead.iter().chain(&row.with));
    let directory = book
        .head
        .departments
        .iter()
        .flat_map(|d| std::iter::once(&d.name).chain(&d.also));
    let mut names: Vec<String> = rows
        .chain(directory)
        .filter(|name| name.contains(SEPARATORS))
        .cloned()
        .collect();
    names.sort_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
    names.dedup();
    names
}

const SEPARATORS: [char; 6] = ['、', '；', ';', '，', ',', '\n'];

/// Departments of a cell; known names with a 、 of their own stay whole, brackets too.
pub(crate) fn split(text: &str, compound: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || SEPARATORS.contains(&c));
        if rest.is_empty() {
            return out;
        }
        let whole = compound.iter().find(|name| {
            rest.strip_prefix(name.as_str()).is_some_and(|after| {
                after.is_empty()
                    || after.trim_start().starts_with(SEPARATORS)
                    || after.starts_with('\n')
            })
        });
        let end = whole.map_or_else(|| end_of_name(rest), String::len);
        let (name, after) = rest.split_at(end);
        out.push(name.trim().to_owned());
        rest = after;
    }
}

fn end_of_name(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth = depth.saturating_sub(1),
            c if depth == 0 && SEPARATORS.contains(&c) => return at,
            _ => {}
        }
    }
    text.len()
}

/// Full-width digits, points and letters as their ordinary forms, for ids and numbers only.
pub(crate) fn half_width(text: &str) -> String {
    let plain = |c: char| match c {
        '！'..='～' => char::from_u32(c as u32 - '！' as u32 + '!' as u32).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.trim()
        .chars()
        .map(plain)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_are_split_but_not_within_a_name() {
        let known = vec!["各县、市、区政府和管委会".to_owned()];
        let text = "市民政局、各县、市、区政府和管委会；市残联（康复、就业）";
        assert_eq!(
            split(text, &known),
            [
                "市民政局",
                "各县、市、区政府和管委会",
                "市残联（康复、就业）"
            ]
        );
        assert_eq!(split(" 、 ", &known), [""; 0]);
    }

    #[test]
    fn full_width_digits_become_ordinary() {
        assert_eq!(half_width("　４．５０ "), "4.50");
    }

    #[test]
    fn a_measure_is_known_by_label_id_and_name() {
        let list = Measures::shared();
        for text in [
            "care_beds",
            "养老床位数（care_beds）",
            "养老床位数(care_beds)",
            "养老床位数",
        ] {
            assert_eq!(
                read_measure(list, text).as_deref(),
                Some("care_beds"),
                "{text}"
            );
        }
        assert_eq!(read_measure(list, "床位"), None);
    }
}
