//! Writing: bytes go in plain and reach the disk sealed, chunk by chunk.

use crate::{FIELD, io, sniff};
use std::fs::File;
use std::io::{Error, Write};
use std::path::{Path, PathBuf};
use store::stream::{CHUNK, Digester, Stream};
use store::{Keys, StoreResult};

/// First bytes kept for sniffing.
const FIRST: usize = 512;

/// A file that is being written; forgotten when dropped before [`Writer::finish`].
#[derive(Debug)]
pub struct Writer {
    file: File,
    temporary: Temporary,
    stream: Stream,
    digester: Digester,
    buffer: Vec<u8>,
    first: Vec<u8>,
    size: u64,
    most: u64,
}

/// A whole sealed file that has not been kept yet; removed when dropped.
#[derive(Debug)]
pub struct Sealed {
    temporary: Temporary,
    /// SM3 of its plain bytes.
    pub digest: String,
    /// Plain bytes.
    pub size: u64,
    /// What it is, by its first bytes.
    pub kind: &'static str,
}

/// A path that is removed with its owner.
#[derive(Debug)]
struct Temporary(Option<PathBuf>);

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, "a temporary file could not be removed");
        }
    }
}

impl Writer {
    pub(crate) fn create(keys: &Keys, path: PathBuf, most: u64) -> StoreResult<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let (stream, head) = Stream::seal(keys, FIELD)?;
        let mut file = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|error| io(&error))?;
        let temporary = Temporary(Some(path));
        file.write_all(&head).map_err(|error| io(&error))?;
        Ok(Self {
            file,
            temporary,
            stream,
            digester: Digester::default(),
            buffer: Vec::with_capacity(CHUNK),
            first: Vec::new(),
            size: 0,
            most,
        })
    }

    /// Ends the file.
    pub fn finish(mut self) -> StoreResult<Sealed> {
        let rest = std::mem::take(&mut self.buffer);
        self.seal(&rest, true).map_err(|error| io(&error))?;
        self.file.sync_all().map_err(|error| io(&error))?;
        Ok(Sealed {
            kind: sniff(&self.first),
            temporary: self.temporary,
            digest: self.digester.finish(),
            size: self.size,
        })
    }

    fn seal(&mut self, plain: &[u8], last: bool) -> std::io::Result<()> {
        let sealed = self.stream.seal_chunk(plain, last).map_err(Error::other)?;
        self.file.write_all(&sealed)
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.size += bytes.len() as u64;
        if self.size > self.most {
            return Err(Error::other(format!(
                "the file is larger than {} bytes",
                self.most
            )));
        }
        self.digester.update(bytes);
        let room = FIRST.saturating_sub(self.first.len());
        self.first.extend(bytes.iter().take(room));
        let mut left = bytes;
        while !left.is_empty() {
            // A full buffer waits until it is known that more follows: the last chunk says so.
            if self.buffer.len() == CHUNK {
                let full = std::mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK));
                self.seal(&full, false)?;
            }
            let taken = (CHUNK - self.buffer.len()).min(left.len());
            let (now, later) = left.split_at(taken);
            self.buffer.extend_from_slice(now);
            left = later;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Sealed {
    pub(crate) fn move_to(mut self, path: &Path) -> StoreResult<()> {
        if let Some(from) = &self.temporary.0 {
            std::fs::rename(from, path).map_err(|error| io(&error))?;
            self.temporary.0 = None;
        }
        Ok(())
    }
}
