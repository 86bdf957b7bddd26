//! The SM3 digest that every answer keeps: the same files give the same digest.

use crate::Files;
use sm3::{Digest, Sm3};

/// Over each file's name, length and text, by name.
pub(super) fn of_files(files: &Files) -> String {
    let mut hasher = Sm3::new();
    for (name, text) in files {
        hasher.update(format!("{name}\n{}\n", text.len()));
        hasher.update(text);
        hasher.update("\n");
    }
    hex(hasher.finalize().as_slice())
}

/// Over one text.
pub(super) fn of_text(text: &str) -> String {
    hex(Sm3::digest(text).as_slice())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GM/T 0004-2012, example 1.
    #[test]
    fn sm3_of_abc_is_the_standards() {
        assert_eq!(
            of_text("abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }

    /// engineering.md 6: a moved line between files is another digest.
    #[test]
    fn a_text_moved_between_files_changes_the_digest() {
        let files = |pairs: &[(&str, &str)]| -> Files {
            pairs
                .iter()
                .map(|(name, text)| ((*name).into(), (*text).into()))
                .collect()
        };
        let one = of_files(&files(&[("a", "x\n"), ("b", "y")]));
        assert_ne!(one, of_files(&files(&[("a", "x"), ("b", "\ny")])));
        assert_eq!(one, of_files(&files(&[("b", "y"), ("a", "x\n")])));
    }
}
