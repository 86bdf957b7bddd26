//! The sealed stream as something to write into and to read from, in chunks of [`CHUNK`].

use crate::format::{FIELD, first_line, read_first_line};
use crate::{ArchiveError, ArchiveResult};
use std::fs::File;
use std::io::{BufReader, Error, Read, Write};
use std::path::Path;
use store::Keys;
use store::stream::{CHUNK, Stream, TAG};

/// Digits of the keyed digest by which an archive knows its keys.
const PROBE: usize = 32;

fn probe(keys: &Keys, archive: &str) -> String {
    keys.blind_short(FIELD, archive, PROBE)
}

/// Seals what is written and puts it into the file.
pub(crate) struct Out {
    file: File,
    stream: Stream,
    buffer: Vec<u8>,
}

impl Out {
    /// Begins an archive in an empty file.
    pub(crate) fn begin(mut file: File, keys: &Keys, archive: &str) -> std::io::Result<Self> {
        let (stream, head) = Stream::seal(keys, FIELD).map_err(Error::other)?;
        file.write_all(first_line(archive, &probe(keys, archive)).as_bytes())?;
        file.write_all(&head)?;
        Ok(Self {
            file,
            stream,
            buffer: Vec::with_capacity(CHUNK),
        })
    }

    /// Ends it and waits for the disk.
    pub(crate) fn end(mut self) -> std::io::Result<u64> {
        let rest = std::mem::take(&mut self.buffer);
        self.seal(&rest, true)?;
        self.file.sync_all()?;
        Ok(self.file.metadata()?.len())
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> std::io::Result<()> {
        let sealed = self.stream.seal_chunk(plain, last).map_err(Error::other)?;
        self.file.write_all(&sealed)
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // A full chunk waits until it is known that more follows: the last one says so.
        if self.buffer.len() == CHUNK {
            let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
            self.seal(&full, false)?;
        }
        let taken = (CHUNK - self.buffer.len()).min(bytes.len());
        self.buffer
            .extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Opens chunk after chunk.
pub(crate) struct In {
    file: BufReader<File>,
    stream: Stream,
    left: u64,
    plain: Vec<u8>,
    at: usize,
}

impl In {
    /// Opens an archive; its id.
    pub(crate) fn open(path: &Path, keys: &Keys) -> ArchiveResult<(Self, String)> {
        let disk = |error: Error| ArchiveError::disk(path, &error);
        let file = File::open(path).map_err(disk)?;
        let size = file.metadata().map_err(disk)?.len();
        let mut file = BufReader::with_capacity(CHUNK + TAG, file);
        let shown = path.display().to_string();
        let (archive, known) = read_first_line(&mut file, &shown)?;
        if !keys.blinds_short(FIELD, &archive, PROBE).contains(&known) {
            return Err(ArchiveError::OtherKeys);
        }
        let line = first_line(&archive, &known).len() as u64;
        let cut = |_end: Error| ArchiveError::damaged("开头不完整");
        let mut head = vec![0_u8; 5];
        file.read_exact(&mut head).map_err(cut)?;
        let whole = Stream::head_length(&head).map_err(ArchiveError::damaged)?;
        let mut rest = vec![0_u8; whole - head.len()];
        file.read_exact(&mut rest).map_err(cut)?;
        head.append(&mut rest);
        let sealed = Self {
            stream: Stream::open(keys, FIELD, &head).map_err(ArchiveError::damaged)?,
            left: size.saturating_sub(line + whole as u64),
            file,
            plain: Vec::new(),
            at: 0,
        };
        Ok((sealed, archive))
    }
}

impl Read for In {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.plain.len() {
            if self.left == 0 {
                return Ok(0);
            }
            let now = self.left.min((CHUNK + TAG) as u64);
            let mut sealed = vec![0_u8; now as usize];
            self.file.read_exact(&mut sealed)?;
            self.left -= now;
            let opened = self.stream.open_chunk(&sealed, self.left == 0);
            self.plain = opened.map_err(|_why| Error::other("有一段被改动，或文件被截短"))?;
            self.at = 0;
        }
        let rest = self.plain.get(self.at..).unwrap_or_default();
        let count = rest.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at += count;
        Ok(count)
    }
}
