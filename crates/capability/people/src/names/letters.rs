//! Pinyin initials, one letter a character, looked up while names are matched and never stored.

use pinyin::ToPinyin;
use std::sync::LazyLock;

/// Set where a character's initials go on after the letter with something nobody can type (`İ`).
const AND_MORE: u8 = 0x80;

/// The letters of all characters of two bytes, worked out once (64 KB for any number of people).
static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=u32::from(u16::MAX))
        .map(|code| char::from_u32(code).map_or(0, work_out))
        .collect()
});

/// The initials a character stands for: its reading's first letter, or the character itself without one.
/// 0 where that is not a letter from a to z.
fn work_out(c: char) -> u8 {
    let initial = c
        .to_pinyin()
        .and_then(|reading| reading.plain().chars().next())
        .unwrap_or(c);
    let mut lower = initial.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(letter @ 'a'..='z'), None) => letter as u8,
        (Some(letter @ 'a'..='z'), Some(_)) => letter as u8 | AND_MORE,
        _ => 0,
    }
}

/// Looks characters up.
#[derive(Clone, Copy)]
pub(super) struct Letters(&'static [u8]);

impl Letters {
    pub(super) fn get() -> Self {
        Self(&TABLE)
    }

    fn of(self, c: char) -> u8 {
        match self.0.get(c as usize) {
            Some(letter) => *letter,
            None => work_out(c),
        }
    }

    /// How the initials of a name answer to `text` (letters a to z): `Some(true)` when they are the text,
    /// `Some(false)` when they begin with it.
    pub(super) fn begin(self, name: &str, text: &[u8]) -> Option<bool> {
        let mut rest = text;
        for c in name.chars() {
            let Some((first, after)) = rest.split_first() else {
                return Some(false);
            };
            let letter = self.of(c);
            if letter & !AND_MORE != *first {
                return None;
            }
            if letter & AND_MORE != 0 {
                return after.is_empty().then_some(false);
            }
            rest = after;
        }
        rest.is_empty().then_some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::oracle::initials;

    /// The table says of every character what the initials of a name of one character say.
    #[test]
    fn the_letters_are_those_of_the_initials() {
        for c in '\0'..=char::MAX {
            let whole = initials(&c.to_string());
            let letter = Letters::get().of(c);
            let expect = match whole.as_bytes() {
                [one @ b'a'..=b'z'] => *one,
                [one @ b'a'..=b'z', ..] => *one | AND_MORE,
                _ => 0,
            };
            assert_eq!(letter, expect, "{c:?} {whole}");
        }
    }
}
