//! Reading anywhere: the chunk that holds a byte is opened, one at a time.

use crate::FIELD;
use crate::reader::Begun;
use std::fs::File;
use std::io::{Error, Read, Result, Seek, SeekFrom};
use std::path::Path;
use store::stream::{CHUNK, Stream, TAG};
use store::{Keys, StoreResult};

/// An open file that can be read and sought in; no more than one chunk of it stands in memory. A wrong key, a cut or
/// changed chunk is an error.
#[derive(Debug)]
pub struct Seeker {
    file: File,
    stream: Stream,
    /// Bytes before the first chunk.
    head: u64,
    chunks: u64,
    /// Plain bytes of the whole file.
    size: u64,
    at: u64,
    held: Option<(u64, Vec<u8>)>,
}

impl Seeker {
    pub(crate) fn open(keys: &Keys, path: &Path) -> StoreResult<Self> {
        let Begun { file, head, body } = Begun::of(path)?;
        let chunks = body.div_ceil((CHUNK + TAG) as u64).max(1);
        Ok(Self {
            stream: Stream::open(keys, FIELD, &head)?,
            head: head.len() as u64,
            chunks,
            size: body.saturating_sub(chunks * TAG as u64),
            file,
            at: 0,
            held: None,
        })
    }

    fn chunk(&mut self, number: u64) -> Result<&[u8]> {
        if self.held.as_ref().is_none_or(|held| held.0 != number) {
            let last = number + 1 == self.chunks;
            let plain = if last {
                self.size - number * CHUNK as u64
            } else {
                CHUNK as u64
            };
            let mut sealed = vec![0_u8; plain as usize + TAG];
            self.file
                .seek(SeekFrom::Start(self.head + number * (CHUNK + TAG) as u64))?;
            self.file.read_exact(&mut sealed)?;
            self.stream.go_to(number);
            let opened = self
                .stream
                .open_chunk(&sealed, last)
                .map_err(Error::other)?;
            self.held = Some((number, opened));
        }
        Ok(self.held.as_ref().map_or(&[], |held| held.1.as_slice()))
    }
}

impl Read for Seeker {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        if self.at >= self.size {
            return Ok(0);
        }
        let (number, skip) = (self.at / CHUNK as u64, (self.at % CHUNK as u64) as usize);
        let chunk = self.chunk(number)?;
        let rest = chunk.get(skip..).unwrap_or(&[]);
        let taken = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..taken), rest.get(..taken)) {
            to.copy_from_slice(from);
        }
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for Seeker {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let bad = || Error::other("before the beginning of the file");
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(bad)?;
        Ok(self.at)
    }
}
