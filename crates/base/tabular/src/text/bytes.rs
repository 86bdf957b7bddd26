//! A window over the bytes of a text file; UTF-16 is turned into UTF-8 on the way.

use crate::{Encoding, Source};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes read at once.
const BLOCK: usize = 256 * 1024;

/// A window over a source: what was read and not yet used. In it ASCII signs are single bytes that are
/// never part of another character, `|` in GBK excepted.
pub(crate) struct Bytes {
    inner: Box<dyn Source>,
    window: Vec<u8>,
    from: usize,
    ended: bool,
    utf16: Option<Utf16>,
    /// Bytes of the file before the window.
    done: u64,
}

struct Utf16 {
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
}

impl Bytes {
    /// Begins at a byte of the file.
    pub(crate) fn at(
        mut inner: Box<dyn Source>,
        encoding: Encoding,
        byte: u64,
    ) -> io::Result<Self> {
        inner.seek(SeekFrom::Start(byte))?;
        let decoder = match encoding {
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE),
            Encoding::Utf8 | Encoding::Gb18030 => None,
        };
        Ok(Self {
            inner,
            window: Vec::with_capacity(2 * BLOCK),
            from: 0,
            ended: false,
            utf16: decoder.map(|encoding| Utf16 {
                decoder: encoding.new_decoder_without_bom_handling(),
                raw: vec![0; BLOCK],
            }),
            done: byte,
        })
    }

    /// What is read and not used.
    pub(crate) fn window(&self) -> &[u8] {
        self.window.get(self.from..).unwrap_or(&[])
    }

    /// Where in the file the window begins.
    pub(crate) fn position(&self) -> u64 {
        self.done
    }

    /// Whether everything is in the window.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Uses bytes of the window up.
    pub(crate) fn consume(&mut self, count: usize) {
        let count = count.min(self.window.len() - self.from);
        let used = self.window.get(self.from..self.from + count).unwrap_or(&[]);
        self.done += if self.utf16.is_some() {
            let units: usize = used.iter().map(|b| units_of(*b)).sum();
            2 * units as u64
        } else {
            count as u64
        };
        self.from += count;
    }

    /// Reads more into the window; `false` when there is no more.
    pub(crate) fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.window.drain(..self.from);
        self.from = 0;
        let before = self.window.len();
        match &mut self.utf16 {
            None => {
                let mut block = (&mut self.inner).take(BLOCK as u64);
                if block.read_to_end(&mut self.window)? == 0 {
                    self.ended = true;
                }
            }
            Some(utf16) => {
                let read = read_full(&mut self.inner, &mut utf16.raw)?;
                self.ended = read < utf16.raw.len();
                let raw = utf16.raw.get(..read).unwrap_or(&[]);
                let most = utf16
                    .decoder
                    .max_utf8_buffer_length(raw.len())
                    .unwrap_or(4 * BLOCK);
                self.window.resize(before + most, 0);
                let space = self.window.get_mut(before..).unwrap_or_default();
                let (_, _, written, _) = utf16.decoder.decode_to_utf8(raw, space, self.ended);
                self.window.truncate(before + written);
            }
        }
        Ok(self.window.len() > before || !self.ended)
    }
}

/// UTF-16 units a byte of UTF-8 stands for: one for the first byte of a character, two for a long one.
const fn units_of(byte: u8) -> usize {
    match byte {
        0x80..=0xBF => 0,
        0xF0..=0xFF => 2,
        _ => 1,
    }
}

fn read_full(inner: &mut impl Read, into: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = into.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match inner.read(rest) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}

/// How many bytes a source has; leaves it at its beginning.
pub(crate) fn length(source: &mut dyn Source) -> io::Result<u64> {
    let length = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    Ok(length)
}
