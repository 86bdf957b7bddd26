//! Which encoding a text is in, decided over samples of the whole file.

use super::Note;
use crate::{Encoding, Source};
use std::io::{self, Read, SeekFrom};

/// Bytes looked at from the beginning.
const HEAD: u64 = 4 * 1024 * 1024;
/// Further samples, spread evenly.
const SAMPLES: u64 = 256;
/// Bytes of each.
const SAMPLE: u64 = 16 * 1024;

/// What was found about the characters.
pub(crate) struct Found {
    pub(crate) encoding: Encoding,
    pub(crate) mark: bool,
    pub(crate) notes: Vec<Note>,
}

/// Decides. `head` is how the file begins.
pub(crate) fn find(source: &mut dyn Source, head: &[u8], length: u64) -> io::Result<Found> {
    let marked = match head {
        [0xEF, 0xBB, 0xBF, ..] => Some(Encoding::Utf8),
        [0xFF, 0xFE, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => Some(Encoding::Utf16Be),
        _ => None,
    };
    if let Some(encoding) = marked {
        return Ok(Found {
            encoding,
            mark: true,
            notes: Vec::new(),
        });
    }
    if let Some(encoding) = bare_utf16(head) {
        return Ok(Found {
            encoding,
            mark: false,
            notes: Vec::new(),
        });
    }
    let mut counts = Counts::default();
    let first = read(source, 0, HEAD)?;
    counts.add(&first, (first.len() as u64) < length);
    if length > HEAD {
        let rest = length - HEAD;
        let step = (rest / SAMPLES).max(SAMPLE);
        let mut at = HEAD;
        while at < length {
            let block = read(source, at, SAMPLE)?;
            let ends = at + (block.len() as u64) >= length;
            counts.add(inner(&block, ends), !ends);
            at += step;
        }
        if counts.high == 0 {
            // Nothing but ASCII so far: a character that decides may stand anywhere.
            let mut at = HEAD;
            while at < length && counts.high == 0 {
                let block = read(source, at, HEAD)?;
                counts.add(inner(&block, false), true);
                at += HEAD;
            }
        }
    }
    let encoding = if counts.utf8_bad <= counts.gbk_bad {
        Encoding::Utf8
    } else {
        Encoding::Gb18030
    };
    let bad = counts.utf8_bad.min(counts.gbk_bad);
    let mut notes = Vec::new();
    if bad > 0 {
        notes.push(Note {
            code: "bad_bytes".to_owned(),
            says: format!(
                "按{}编码读，抽查中有 {bad} 处认不出的字，这些行会单独列出",
                encoding.zh()
            ),
        });
    }
    Ok(Found {
        encoding,
        mark: false,
        notes,
    })
}

fn read(source: &mut dyn Source, at: u64, most: u64) -> io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut block = Vec::new();
    source.take(most).read_to_end(&mut block)?;
    Ok(block)
}

/// A sample from the middle of a file, cut to whole lines where it has any.
fn inner(block: &[u8], ends: bool) -> &[u8] {
    let from = memchr::memchr(b'\n', block).map_or(0, |at| at + 1);
    let to = if ends {
        block.len()
    } else {
        memchr::memrchr(b'\n', block).map_or(block.len(), |at| at + 1)
    };
    block.get(from..to).unwrap_or(&[])
}

#[derive(Default)]
struct Counts {
    utf8_bad: u64,
    gbk_bad: u64,
    high: u64,
}

impl Counts {
    fn add(&mut self, bytes: &[u8], cut: bool) {
        if bytes.is_ascii() {
            return;
        }
        self.high += 1;
        self.utf8_bad += bad_utf8(bytes, cut);
        self.gbk_bad += bad_gbk(bytes, cut);
    }
}

fn bad_utf8(mut bytes: &[u8], cut: bool) -> u64 {
    let mut bad = 0;
    while let Err(error) = std::str::from_utf8(bytes) {
        match error.error_len() {
            None => return bad + u64::from(!cut),
            Some(skip) => {
                bad += 1;
                bytes = bytes.get(error.valid_up_to() + skip..).unwrap_or(&[]);
            }
        }
    }
    bad
}

/// Sequences that are no characters of GB18030; rare signs nobody uses in a table count too, so that
/// UTF-8, which mostly reads as such, does not pass.
fn bad_gbk(bytes: &[u8], cut: bool) -> u64 {
    let (mut at, mut bad) = (0, 0);
    while let Some(&lead) = bytes.get(at) {
        let next = (
            bytes.get(at + 1).copied(),
            bytes.get(at + 2).copied(),
            bytes.get(at + 3).copied(),
        );
        at += match (lead, next) {
            (0x00..=0x7F, _) => 1,
            (0x81..=0xFE, (Some(0x40..=0x7E | 0x80..=0xFE), _, _)) => 2,
            (0x81..=0xFE, (Some(0x30..=0x39), Some(0x81..=0xFE), Some(0x30..=0x39))) => 4,
            (0x81..=0xFE, (None, _, _)) => {
                bad += u64::from(!cut);
                1
            }
            _ => {
                bad += 1;
                1
            }
        };
    }
    bad
}

/// UTF-16 without a mark: every other byte of an ASCII text is zero.
fn bare_utf16(head: &[u8]) -> Option<Encoding> {
    let head = head.get(..head.len().min(4096) & !1)?;
    if head.len() < 8 {
        return None;
    }
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    let half = head.len() / 2;
    if odd * 10 >= half && even * 50 <= half && even * 8 < odd {
        Some(Encoding::Utf16Le)
    } else if even * 10 >= half && odd * 50 <= half && odd * 8 < even {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}
