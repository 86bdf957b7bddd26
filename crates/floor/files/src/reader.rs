//! Reading: sealed chunks come off the disk and leave opened, in order, to the last.

use crate::{FIELD, io};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;
use store::stream::{CHUNK, Stream, TAG};
use store::{Keys, StoreError, StoreResult};

/// The id of the key that a file was sealed with.
pub(crate) fn key_id(path: &Path) -> StoreResult<String> {
    Stream::key_id(&Begun::of(path)?.head)
}

/// A file whose head was read: what is sealed stands behind it.
pub(crate) struct Begun {
    pub(crate) file: File,
    pub(crate) head: Vec<u8>,
    /// Bytes behind the head.
    pub(crate) body: u64,
}

impl Begun {
    pub(crate) fn of(path: &Path) -> StoreResult<Self> {
        let cut = |_error: std::io::Error| StoreError::Other("file: the head is cut".to_owned());
        let mut file = File::open(path).map_err(|error| io(&error))?;
        let length = file.metadata().map_err(|error| io(&error))?.len();
        let mut head = vec![0_u8; 5];
        file.read_exact(&mut head).map_err(cut)?;
        let whole = Stream::head_length(&head)?;
        let mut rest = vec![0_u8; whole - head.len()];
        file.read_exact(&mut rest).map_err(cut)?;
        head.append(&mut rest);
        Ok(Self {
            file,
            head,
            body: length.saturating_sub(whole as u64),
        })
    }
}

/// An open file: an iterator over its plain chunks. A wrong key, a cut or changed file is an error,
/// never a short file.
#[derive(Debug)]
pub struct Reader {
    file: BufReader<File>,
    stream: Stream,
    left: u64,
    ended: bool,
}

impl Reader {
    pub(crate) fn open(keys: &Keys, path: &Path) -> StoreResult<Self> {
        let begun = Begun::of(path)?;
        Ok(Self {
            stream: Stream::open(keys, FIELD, &begun.head)?,
            left: begun.body,
            file: BufReader::with_capacity(CHUNK + TAG, begun.file),
            ended: false,
        })
    }

    fn chunk(&mut self) -> StoreResult<Vec<u8>> {
        let most = (CHUNK + TAG) as u64;
        let now = self.left.min(most);
        let mut sealed = vec![0_u8; now as usize];
        self.file
            .read_exact(&mut sealed)
            .map_err(|error| io(&error))?;
        self.left -= now;
        self.ended = self.left == 0;
        self.stream.open_chunk(&sealed, self.ended)
    }

    /// All of it at once, for what is known to be small.
    pub fn whole(self) -> StoreResult<Vec<u8>> {
        let mut out = Vec::new();
        for chunk in self {
            out.extend(chunk?);
        }
        Ok(out)
    }
}

impl Iterator for Reader {
    type Item = StoreResult<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let chunk = self.chunk();
        self.ended |= chunk.is_err();
        Some(chunk)
    }
}
