//! What of a name or number is shown where it must not stand in full.

/// 「张**」: the first character, a star for each other.
pub fn name(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(String::from).unwrap_or_default();
    chars.fold(first, |text, _| text + "*")
}

/// All but the last four characters, and never more than the half.
pub fn number(number: &str) -> String {
    let length = number.chars().count();
    let shown = 4.min(length / 2);
    number
        .chars()
        .enumerate()
        .map(|(place, c)| if place + shown >= length { c } else { '*' })
        .collect()
}
