//! The figures of one row with the words they stand in: digits marked in the quote.

use super::rows_view::Value;
use figures::{Book, Figure, Row};

/// A figure, with what makes it another one.
pub(crate) struct Line {
    pub(crate) value: Value,
    /// 新增量, 含改建, 每年, 每个县 …
    pub(crate) flags: Vec<String>,
    pub(crate) class: String,
    /// Measure, area and what its words define differently; empty where the figure before says it.
    pub(crate) about: String,
    /// It says what is, and not of which year.
    pub(crate) undated: bool,
}

/// Figures that stand in one quote.
pub(crate) struct Quoted {
    pub(crate) lines: Vec<Line>,
    /// The quote in parts; `true` is a figure's digits.
    pub(crate) quote: Vec<(bool, String)>,
}

/// Figures by the quote they stand in, in the order of the row.
pub(crate) fn quoted(book: &Book, row: &Row) -> Vec<Quoted> {
    let mut groups: Vec<(&str, Vec<&Figure>)> = Vec::new();
    for figure in &row.figures {
        let quote = row.quote_of(figure);
        match groups.last_mut() {
            Some((known, figures)) if *known == quote => figures.push(figure),
            _ => groups.push((quote, vec![figure])),
        }
    }
    if groups.is_empty() {
        groups.push((&row.source.quote, Vec::new()));
    }
    let mut out: Vec<Quoted> = groups
        .into_iter()
        .map(|(quote, figures)| Quoted {
            quote: marked(quote, &words(&figures)),
            lines: figures
                .into_iter()
                .map(|figure| line(book, figure))
                .collect(),
        })
        .collect();
    // What the figures are about is said once, where it changes.
    let mut said = String::new();
    for line in out.iter_mut().flat_map(|group| &mut group.lines) {
        if line.about == said {
            line.about.clear();
        } else {
            said.clone_from(&line.about);
        }
    }
    out
}

fn line(book: &Book, figure: &Figure) -> Line {
    let measure = book.measures.get(&figure.measure);
    let mut flags: Vec<String> = Vec::new();
    for (on, words) in [
        (figure.flow, "新增量"),
        (figure.mixed, "含改建"),
        (figure.each_year, "每年"),
    ] {
        if on {
            flags.push(words.to_owned());
        }
    }
    flags.extend(figure.per.map(|per| per.zh().to_owned()));
    let mut about = measure.map_or_else(|| figure.measure.clone(), |m| m.name.clone());
    if measure.is_some_and(|m| m.own) {
        about.push_str("（本地口径）");
    }
    if let Some(area) = figure.area {
        about.push_str(&format!("，区划 {area}"));
    }
    if let Some(note) = &figure.note {
        about.push_str(&format!("；{note}"));
    }
    Line {
        value: Value::of(book, figure),
        flags,
        class: figure.class.clone().unwrap_or_default(),
        about,
        undated: figure.role.is_state() && figure.last_year().is_none(),
    }
}

/// What to mark: the words printed instead of digits, or the digits.
fn words<'a>(figures: &[&'a Figure]) -> Vec<&'a str> {
    let mut out = Vec::new();
    for figure in figures {
        if let Some(says) = &figure.says {
            out.push(says.as_str());
        } else {
            out.push(figure.printed.as_str());
            out.extend(figure.upto.as_ref().map(|(upto, _)| upto.as_str()));
        }
    }
    out
}

/// The quote cut at these words, each marked once; digits only where no other digit touches them.
fn marked(quote: &str, words: &[&str]) -> Vec<(bool, String)> {
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let after = taken.last().map_or(0, |(_, end)| *end);
        let mut found: Vec<(usize, usize)> = quote
            .match_indices(word)
            .map(|(start, _)| (start, start + word.len()))
            .filter(|range| alone(quote, *range))
            .filter(|(start, end)| taken.iter().all(|(from, to)| end <= from || start >= to))
            .collect();
        // Behind the last one first: figures follow the order of the sentence.
        found.sort_by_key(|(start, _)| (*start < after, *start));
        taken.extend(found.first());
    }
    taken.sort_unstable();
    let mut out = Vec::new();
    let mut from = 0;
    for (start, end) in taken {
        out.push((false, quote.get(from..start).unwrap_or_default().to_owned()));
        out.push((true, quote.get(start..end).unwrap_or_default().to_owned()));
        from = end;
    }
    out.push((false, quote.get(from..).unwrap_or_default().to_owned()));
    out.retain(|(_, part)| !part.is_empty());
    out
}

fn alone(quote: &str, (start, end): (usize, usize)) -> bool {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let digits = quote
        .get(start..end)
        .is_some_and(|word| word.chars().all(number));
    let before = quote.get(..start).and_then(|text| text.chars().next_back());
    let after = quote.get(end..).and_then(|text| text.chars().next());
    !digits || !(before.is_some_and(number) || after.is_some_and(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row A02: the digits of baseline and target are found in the printed line, not its number.
    #[test]
    fn digits_are_marked() {
        let cases: [(&str, &[&str], &str); 5] = [
            ("5|床位数|40.3|45", &["40.3", "45"], "5|床位数|[40.3]|[45]"),
            ("1|率|100%|100%", &["100", "100"], "1|率|[100]%|[100]%"),
            ("到2025年达到25%", &["25"], "到2025年达到[25]%"),
            ("力争全覆盖", &["全覆盖"], "力争[全覆盖]"),
            ("没有这个数", &["7"], "没有这个数"),
        ];
        for (quote, words, expect) in cases {
            let said: String = marked(quote, words)
                .into_iter()
                .map(|(on, part)| if on { format!("[{part}]") } else { part })
                .collect();
            assert_eq!(said, expect);
        }
    }
}
