//! «Is it perhaps …?»: the nearest known word to a misspelled one, for messages.

/// The candidate one or two letters away (one for short words), if one is near enough.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let near = if word.chars().count() < 5 { 1 } else { 2 };
    candidates
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, on the first 60 characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(60).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(60).enumerate() {
        let mut next = vec![i + 1];
        for ((to, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            let left = next.last().copied().unwrap_or(0);
            next.push(
                (diagonal + usize::from(from != *to))
                    .min(above + 1)
                    .min(left + 1),
            );
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_proposed() {
        let words = ["dibao", "dibao_household", "urban"];
        assert_eq!(
            nearest("dibao_houshold", words.into_iter()),
            Some("dibao_household")
        );
        assert_eq!(nearest("urbane", words.into_iter()), Some("urban"));
        assert_eq!(nearest("zz", words.into_iter()), None);
        assert_eq!(nearest("sxe", ["age", "sex"].into_iter()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
