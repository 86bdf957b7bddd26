//! Which column is which.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A column that an import knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The program's word, stable: `id_number`.
    pub key: &'static str,
    /// The heading in the template: 身份证号.
    pub title: &'static str,
    /// Other headings offices use: 公民身份号码, 证件号码.
    pub aliases: &'static [&'static str],
    /// Whether a file without it is refused.
    pub required: bool,
    /// A made-up example.
    pub example: &'static str,
    /// How to fill it in, one sentence.
    pub hint: &'static str,
}

/// Which column of the file is which of the import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Mapping {
    /// Key → column of the file, counted from 0.
    pub columns: BTreeMap<String, usize>,
    /// Columns that nothing claims: number and heading. Columns without a heading and those set aside
    /// by the saved mapping are not among them.
    pub unknown: Vec<(usize, String)>,
    /// Keys that are required and that no column has.
    pub missing: Vec<String>,
    /// Keys that more than one column fits equally well: key and the columns; the first is taken.
    pub doubled: Vec<(String, Vec<usize>)>,
}

impl Mapping {
    /// The column of a key.
    pub fn column(&self, key: &str) -> Option<usize> {
        self.columns.get(key).copied()
    }

    /// What to keep for the source: normalised heading → key. A column set aside by hand is kept as
    /// heading → `""` by the caller.
    pub fn to_save(&self, headings: &[String]) -> BTreeMap<String, String> {
        self.columns
            .iter()
            .filter_map(|(key, at)| Some((plain(headings.get(*at)?), key.clone())))
            .collect()
    }
}

/// A heading without spaces, line breaks, stars, brackets and what stands in them, and other signs, in
/// small letters: 「*身份证 号（必填）」 is 身份证号. What is nothing but a bracket keeps its inside.
pub fn plain(heading: &str) -> String {
    let heading = crate::value::narrow(heading);
    let outside = letters(&without_brackets(&heading));
    if outside.is_empty() {
        letters(&heading)
    } else {
        outside
    }
}

fn without_brackets(heading: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::with_capacity(heading.len());
    for sign in heading.chars() {
        match sign {
            '(' | '（' | '[' | '【' | '〔' | '{' => depth += 1,
            ')' | '）' | ']' | '】' | '〕' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(sign),
            _ => {}
        }
    }
    out
}

fn letters(text: &str) -> String {
    let kept = text.chars().filter(|c| c.is_alphanumeric() || *c == '_');
    kept.flat_map(char::to_lowercase).collect()
}

/// How well a heading fits; smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Saved,
    Title,
    Alias,
    /// The whole heading, brackets included: 「居住地（村）」 for an alias 居住地村.
    Bracket,
}

/// Maps headings to columns. `saved` (normalised heading → key, `""` for 「不导入」) wins over titles and
/// aliases; exact titles win over aliases.
pub fn map(
    headings: &[String],
    specs: &[ColumnSpec],
    saved: Option<&BTreeMap<String, String>>,
) -> Mapping {
    let mut claims: BTreeMap<&str, (Fit, Vec<usize>)> = BTreeMap::new();
    for (at, heading) in headings.iter().enumerate() {
        let short = plain(heading);
        if short.is_empty() {
            continue;
        }
        let kept = saved.and_then(|saved| saved.get(&short).or_else(|| saved.get(heading)));
        if kept.is_some_and(String::is_empty) {
            continue;
        }
        let by_hand = kept.and_then(|key| specs.iter().find(|spec| spec.key == *key));
        let whole = letters(&crate::value::narrow(heading));
        let found = by_hand.map(|spec| (spec, Fit::Saved)).or_else(|| {
            specs
                .iter()
                .filter_map(|spec| fit(spec, &short, &whole))
                .min_by_key(|f| f.1)
        });
        let Some((spec, fit)) = found else {
            continue;
        };
        let claim = claims.entry(spec.key).or_insert((fit, Vec::new()));
        match fit.cmp(&claim.0) {
            std::cmp::Ordering::Less => *claim = (fit, vec![at]),
            std::cmp::Ordering::Equal => claim.1.push(at),
            std::cmp::Ordering::Greater => {}
        }
    }
    let mut mapping = Mapping::default();
    for (key, (_, columns)) in claims {
        if let Some(first) = columns.first() {
            mapping.columns.insert(key.to_owned(), *first);
        }
        if columns.len() > 1 {
            mapping.doubled.push((key.to_owned(), columns));
        }
    }
    // A column that lost its key to a better fitting one is unknown again.
    for (at, heading) in headings.iter().enumerate() {
        let used = mapping.columns.values().any(|column| *column == at);
        let doubled = mapping
            .doubled
            .iter()
            .any(|(_, columns)| columns.contains(&at));
        let aside = saved
            .and_then(|saved| saved.get(&plain(heading)).or_else(|| saved.get(heading)))
            .is_some_and(String::is_empty);
        if !used && !doubled && !aside && !plain(heading).is_empty() {
            mapping.unknown.push((at, heading.clone()));
        }
    }
    let missing = specs
        .iter()
        .filter(|s| s.required && !mapping.columns.contains_key(s.key));
    mapping.missing = missing.map(|spec| spec.key.to_owned()).collect();
    mapping
}

fn fit<'a>(spec: &'a ColumnSpec, short: &str, whole: &str) -> Option<(&'a ColumnSpec, Fit)> {
    let same = |word: &str| plain(word) == short;
    if same(spec.title) || spec.key == short {
        return Some((spec, Fit::Title));
    }
    if spec.aliases.iter().any(|alias| same(alias)) {
        return Some((spec, Fit::Alias));
    }
    let all = std::iter::once(&spec.title).chain(spec.aliases);
    let bracket = whole != short && all.into_iter().any(|word| letters(word) == whole);
    bracket.then_some((spec, Fit::Bracket))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn spec(
        key: &'static str,
        title: &'static str,
        aliases: &'static [&'static str],
    ) -> ColumnSpec {
        ColumnSpec {
            key,
            title,
            aliases,
            required: true,
            example: "",
            hint: "",
        }
    }

    const SPECS: &[ColumnSpec] = &[
        spec("name", "姓名", &["老人姓名", "名字"]),
        spec(
            "id_number",
            "身份证号",
            &["公民身份号码", "证件号码", "身份证号码"],
        ),
        spec("area", "户籍地", &["户籍地址", "户口所在地"]),
        spec("amount", "发放标准", &["金额", "月标准"]),
    ];

    fn mapped(headings: &[&str], saved: Option<&BTreeMap<String, String>>) -> Mapping {
        let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
        map(&headings, SPECS, saved)
    }

    /// B01, M04: stars, spaces, brackets, units and line breaks in headings do not matter.
    #[test]
    fn headings_are_known_however_they_are_dressed() {
        let found = mapped(
            &[
                "序号",
                "*姓 名",
                "身份证号码\n（18位）",
                "户籍地址【到村】",
                "金额（元/月）",
                "",
            ],
            None,
        );
        assert_eq!(found.column("name"), Some(1));
        assert_eq!(found.column("id_number"), Some(2));
        assert_eq!(found.column("area"), Some(3));
        assert_eq!(found.column("amount"), Some(4));
        assert_eq!(found.unknown, [(0, "序号".to_owned())]);
        assert!(found.missing.is_empty() && found.doubled.is_empty());
    }

    /// M04: what is missing, doubled and unknown is told; a title beats an alias.
    #[test]
    fn what_does_not_fit_is_told() {
        let found = mapped(&["姓名", "姓名 ", "金额", "发放标准", "鞋码"], None);
        assert_eq!(found.doubled, [("name".to_owned(), vec![0, 1])]);
        assert_eq!(found.missing, ["id_number", "area"]);
        assert_eq!(found.column("amount"), Some(3));
        let unknown: Vec<usize> = found.unknown.iter().map(|(at, _)| *at).collect();
        assert_eq!(unknown, [2, 4]);
    }

    /// M04: what was saved for the source wins, and what was set aside stays aside.
    #[test]
    fn the_saved_mapping_wins() {
        let saved = BTreeMap::from([
            ("鞋码".to_owned(), "amount".to_owned()),
            ("发放标准".to_owned(), String::new()),
        ]);
        let found = mapped(
            &["姓名", "身份证号", "户籍地", "发放标准", "鞋码"],
            Some(&saved),
        );
        assert_eq!(found.column("amount"), Some(4));
        assert!(found.unknown.is_empty() && found.missing.is_empty());
        let headings: Vec<String> = ["姓名", "鞋码"].map(str::to_owned).to_vec();
        let again = map(&headings, SPECS, Some(&saved)).to_save(&headings);
        assert_eq!(again.get("鞋码").map(String::as_str), Some("amount"));
    }
}
