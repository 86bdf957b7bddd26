//! Words in cells: which of the words that a column knows is meant. Pure.

use rules::facts::{FactId, Value, find, word_zh};
use tabular::Wrong;

/// The fact of one of some words: 优抚类别.
pub(super) fn one_of(words: &[(&'static str, &'static str)], word: &str) -> Result<FactId, Wrong> {
    let exact = words.iter().find(|(known, _)| *known == word);
    exact
        .or_else(|| words.iter().find(|(known, _)| word.contains(known)))
        .and_then(|(_, fact)| find(fact))
        .ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
            Wrong::new(
                "word.unknown",
                format!("没有「{word}」这一类"),
                format!("应为{}", known.join("、")),
            )
        })
}

/// A word of a fact, by its key or its label, or by a part that only one label has.
pub(super) fn word(fact: FactId, words: &[&'static str], text: &str) -> Result<Value, Wrong> {
    let label = |word: &&&'static str| word_zh(fact, word).unwrap_or(word);
    if let Some(found) = words
        .iter()
        .find(|word| **word == text || label(word) == text)
    {
        return Ok(Value::Word(found));
    }
    let mut parts = words.iter().filter(|word| label(word).contains(text));
    if let (Some(found), None) = (parts.next(), parts.next()) {
        return Ok(Value::Word(found));
    }
    let labels: Vec<&str> = words
        .iter()
        .map(|word| word_zh(fact, word).unwrap_or(word))
        .collect();
    Err(Wrong::new(
        "word.unknown",
        format!("「{text}」不是可填的内容"),
        format!("应为{}之一", labels.join("、")),
    ))
}
