//! Digits against quotes, quotes against documents.

use super::Facts;
use crate::finding::{Finding, FindingKind, Place, Severity};
use crate::model::Figure;
use rules::folder::Document;
use std::collections::BTreeMap;

/// Text without whitespace, full-width digits and brackets as their ordinary forms.
pub fn normal(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
        '．' => '.',
        '％' => '%',
        '〔' | '［' | '﹝' => '[',
        '〕' | '］' | '﹞' => ']',
        '（' => '(',
        '）' => ')',
        other => other,
    };
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(plain)
        .collect()
}

/// Full texts of documents, at hand only while checking (they stay out of the folder).
#[derive(Debug, Clone, Default)]
pub struct Texts(Vec<String>);

/// How far into a text its number or title must stand.
const HEAD: usize = 900;

impl Texts {
    /// Of the texts of files.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(texts.into_iter().map(normal).collect())
    }

    /// The text of a document: the one that has its number, or its title, at the beginning.
    fn of(&self, document: &Document) -> Option<&str> {
        let at_head = |needle: &str| {
            let needle = normal(needle);
            let mut found = self.0.iter().filter(|text| {
                let head: String = text.chars().take(HEAD).collect();
                head.contains(&needle)
            });
            found
                .next()
                .filter(|_| found.next().is_none())
                .map(String::as_str)
        };
        at_head(&document.number).or_else(|| at_head(&document.title))
    }
}

/// Whether these digits stand in the text as a number of their own.
fn has_number(text: &str, digits: &str) -> bool {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(digits)) {
        let (start, end) = (from + at, from + at + digits.len());
        let before = text.get(..start).and_then(|head| head.chars().next_back());
        let mut after = text.get(end..).unwrap_or_default().chars();
        let next = after.next();
        let goes_on = next.is_some_and(|c| c.is_ascii_digit())
            || (next == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()));
        if !before.is_some_and(|c| c.is_ascii_digit() || c == '.') && !goes_on {
            return true;
        }
        from = end;
    }
    false
}

fn missing(figure: &Figure, quote: &str) -> Option<String> {
    let quote = normal(quote);
    if let Some(says) = &figure.says {
        return (!quote.contains(&normal(says))).then(|| says.clone());
    }
    let upto = figure.upto.as_ref().map(|(upto, _)| upto.as_str());
    std::iter::once(figure.printed.as_str())
        .chain(upto)
        .find(|digits| !has_number(&quote, &normal(digits)))
        .map(str::to_owned)
}

/// Figures whose digits (or words) do not stand in their quote.
pub(super) fn values(facts: &Facts<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for fact in &facts.all {
        let quote = fact.row.quote_of(fact.figure);
        let Some(digits) = missing(fact.figure, quote) else {
            continue;
        };
        out.push(
            Finding::new(
                FindingKind::ValueNotInQuote,
                &format!("{}:{}:{digits}", fact.row.id, fact.figure.role.key()),
                Severity::Serious,
                format!("「{}」录入的 {digits} 不在引文「{quote}」里", fact.row.name),
                "照原文改正数字，或补全引文",
                vec![fact.place()],
            )
            .of_measure(&fact.measure.id, &fact.measure.domain),
        );
    }
    out.dedup_by(|a, b| a.id == b.id);
    out
}

/// Quotes that do not stand in their document.
pub(super) fn in_documents(facts: &Facts<'_>, texts: &Texts) -> Vec<Finding> {
    let head = &facts.book.head;
    let mut out = Vec::new();
    let mut at_hand: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for document in &head.documents {
        let text = texts.of(document);
        if text.is_none() {
            out.push(Finding::new(
                FindingKind::NoText,
                &document.number,
                Severity::Note,
                format!(
                    "{}《{}》没有原文可对，引文未核对",
                    document.number, document.title
                ),
                "把原文放进 --sources 的文件夹，文件开头要有文号或标题",
                Vec::new(),
            ));
        }
        at_hand.insert(&document.number, text);
    }
    for row in &facts.book.rows {
        let Some(Some(text)) = at_hand.get(row.source.document.as_str()) else {
            continue;
        };
        let own = row
            .figures
            .iter()
            .filter_map(|figure| figure.quote.as_deref());
        let quotes = std::iter::once(row.source.quote.as_str())
            .chain(own)
            .chain(row.text.as_deref())
            .chain(row.due_says.as_deref());
        for quote in quotes {
            if text.contains(&normal(quote)) {
                continue;
            }
            out.push(
                Finding::new(
                    FindingKind::QuoteNotInDocument,
                    &format!("{}:{}", row.id, quote.chars().take(12).collect::<String>()),
                    Severity::Serious,
                    format!("{} 里找不到「{quote}」", row.source.document),
                    "照原文改正引文",
                    vec![Place::row(row)],
                )
                .of_domain(&row.domain),
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 5 does not stand in 45.5, and 9０% is 90%.
    #[test]
    fn digits_stand_as_numbers_of_their_own() {
        assert!(!has_number(&normal("占比45.5%"), "5"));
        assert!(!has_number(&normal("占比45.5%"), "45"));
        assert!(has_number(&normal("培训达９０%以上"), "90"));
        assert!(has_number(&normal("至少 1 所"), "1"));
    }
}
