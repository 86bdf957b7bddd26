//! The shared texts of a workbook, in one piece of memory.

use super::xml::{Xml, add_text, name, unescape_signs};
use crate::{ReadError, Wrong};
use quick_xml::events::Event;
use std::io::Read;

/// Bytes all shared texts may take together.
const MOST_BYTES: usize = 256 * 1024 * 1024;
/// How many there may be.
const MOST: usize = 16 * 1024 * 1024;

/// All texts behind each other, and where each ends.
#[derive(Default)]
pub(crate) struct Strings {
    pub(crate) all: String,
    ends: Vec<u32>,
}

impl Strings {
    /// Reads them; `size` is what the part says it unpacks to.
    pub(crate) fn read<R: Read>(mut xml: Xml<R>, size: u64) -> Result<Self, ReadError> {
        let mut strings = Self::default();
        // An upper bound, so that the text never moves while it grows.
        let likely = usize::try_from(size).unwrap_or(MOST_BYTES).min(MOST_BYTES);
        strings.all.reserve(likely.min(64 * 1024 * 1024));
        let (mut in_text, mut phonetic) = (false, 0_u32);
        loop {
            match xml.next()? {
                Event::Start(element) => match name(&element) {
                    "t" => in_text = phonetic == 0,
                    "rPh" => phonetic += 1,
                    _ => {}
                },
                Event::End(element) => match element.local_name().into_inner() {
                    "t" => in_text = false,
                    "rPh" => phonetic = phonetic.saturating_sub(1),
                    "si" => strings.close()?,
                    _ => {}
                },
                Event::Empty(element) if name(&element) == "si" => strings.close()?,
                Event::Eof => break,
                event if in_text => {
                    add_text(&event, &mut strings.all);
                    if strings.all.len() > MOST_BYTES {
                        return Err(too_much().into());
                    }
                }
                _ => {}
            }
        }
        strings.all.shrink_to_fit();
        strings.ends.shrink_to_fit();
        Ok(strings)
    }

    fn close(&mut self) -> Result<(), Wrong> {
        if self.ends.len() >= MOST {
            return Err(too_much());
        }
        let from = self.ends.last().copied().unwrap_or(0) as usize;
        unescape_signs(&mut self.all, from);
        self.ends.push(self.all.len() as u32);
        Ok(())
    }

    /// Where a text stands.
    pub(crate) fn place(&self, index: usize) -> Option<(usize, usize)> {
        let to = *self.ends.get(index)? as usize;
        let before = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        Some((before.copied().unwrap_or(0) as usize, to))
    }
}

fn too_much() -> Wrong {
    Wrong::new(
        "file.texts",
        "这个 Excel 文件里的文字太多，一次读不下",
        "请另存为 csv，或拆成几个文件再上传",
    )
}
