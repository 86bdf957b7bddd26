//! Names: characters brought to one form, sounds beside them.

use super::evidence::Evidence;
use pinyin::ToPinyin;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Longer names are compared by their beginning.
const LONGEST: usize = 24;

/// What offices write where a character cannot be typed.
const UNTYPED: &[char] = &['?', '？', '*', '＊', '□', '■', '〓', '\u{fffd}'];

/// Stands for any character.
const ANY: char = '\0';

/// A character and the one it is brought to.
static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    include_str!("variants.txt")
        .split_whitespace()
        .filter_map(|pair| {
            let mut chars = pair.chars();
            Some((chars.next()?, chars.next()?))
        })
        .collect()
});

/// The sound of every character of two bytes, by number; 0 for none. Worked out once.
static SOUNDS: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut numbers: HashMap<&'static str, u16> = HashMap::new();
    (0..=u32::from(u16::MAX))
        .map(|code| {
            let reading = char::from_u32(code).and_then(|c| c.to_pinyin());
            reading.map_or(0, |reading| {
                let next = numbers.len() as u16 + 1;
                *numbers.entry(reading.plain()).or_insert(next)
            })
        })
        .collect()
});

/// The first letter of a character's reading, or the character itself.
fn letter(c: char) -> char {
    c.to_pinyin()
        .and_then(|reading| reading.plain().chars().next())
        .unwrap_or(c)
}

/// A character's sound; one without a reading sounds like itself.
fn sound(c: char) -> u32 {
    match SOUNDS.get(c as usize) {
        Some(0) | None => 0x10000 + c as u32,
        Some(number) => u32::from(*number),
    }
}

/// A name ready to be compared: no allocation, so that many can be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Folded {
    chars: [char; LONGEST],
    len: usize,
    /// Where the parts of a name with dots end: the length of the first, 0 for a name of one part.
    first: usize,
}

impl Folded {
    /// Brings a name to one form: characters simplified, dots, spaces and case left out.
    pub(crate) fn of(name: &str) -> Self {
        let mut out = Self {
            chars: [ANY; LONGEST],
            len: 0,
            first: 0,
        };
        for c in name.chars() {
            if matches!(c, '·' | '•' | '‧' | '・' | '．' | '.' | '●' | '﹒' | '∙') {
                if out.first == 0 {
                    out.first = out.len;
                }
                continue;
            }
            if c.is_whitespace() || c == '\u{3000}' {
                continue;
            }
            let c = if UNTYPED.contains(&c) || ('\u{e000}'..='\u{f8ff}').contains(&c) {
                ANY
            } else if c.is_alphabetic() && !c.is_ascii() {
                FORMS.get(&c).copied().unwrap_or(c)
            } else {
                c.to_ascii_uppercase()
            };
            if let Some(slot) = out.chars.get_mut(out.len) {
                *slot = c;
                out.len += 1;
            }
        }
        out
    }

    fn text(&self) -> &[char] {
        self.chars.get(..self.len).unwrap_or(&[])
    }

    /// The letter the surname begins with.
    pub(crate) fn surname_letter(&self) -> char {
        self.text().first().map_or(ANY, |c| letter(*c))
    }

    /// First letters of all characters in rising order: the same for every order of the parts.
    pub(crate) fn letters(&self) -> [char; LONGEST] {
        let mut out = [ANY; LONGEST];
        for (slot, c) in out.iter_mut().zip(self.text()) {
            *slot = letter(*c);
        }
        if let Some(used) = out.get_mut(..self.len) {
            used.sort_unstable();
        }
        out
    }

    /// The sounds of all characters, one after the other.
    pub(crate) fn sounds(&self) -> [u32; LONGEST] {
        let mut out = [0; LONGEST];
        for (slot, c) in out.iter_mut().zip(self.text()) {
            *slot = sound(*c);
        }
        out
    }

    /// What two names say of their being one.
    pub(crate) fn like(&self, raw: &str, other: &Self, other_raw: &str) -> Evidence {
        if raw == other_raw {
            return Evidence::NameSame;
        }
        let (a, b) = (self.text(), other.text());
        if a.is_empty() || b.is_empty() {
            return Evidence::NameOther;
        }
        if a.len() == b.len() {
            let differing = || a.iter().zip(b).filter(|(a, b)| !same(**a, **b));
            match differing().count() {
                0 => return Evidence::NameVariant,
                _ if differing().all(|(a, b)| sound(*a) == sound(*b)) => {
                    return Evidence::NamePinyin;
                }
                // Of two characters one is half the name, and the surname is all that is left.
                1 if a.len() > 2 => return Evidence::NameOne,
                _ => {}
            }
            let (mut sorted, mut other_sorted) = (self.chars, other.chars);
            sorted.sort_unstable();
            other_sorted.sort_unstable();
            if sorted == other_sorted {
                return Evidence::NameReordered;
            }
            return Evidence::NameOther;
        }
        let (long, short) = if a.len() > b.len() { (a, b) } else { (b, a) };
        let part = short.len() >= 2
            && (long.starts_with(short) || long.ends_with(short))
            && (self.first > 0 || other.first > 0 || short.len() >= 3);
        let left_out = long.len() == 3
            && short.len() == 2
            && long.first() == short.first()
            && long.contains(&short[1]);
        if part || left_out {
            Evidence::NamePart
        } else {
            Evidence::NameOther
        }
    }
}

fn same(a: char, b: char) -> bool {
    a == b || a == ANY || b == ANY
}
