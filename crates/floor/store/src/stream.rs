//! Sealing of what is too large for one piece: a file in chunks, each SM4-GCM with its number and
//! whether it is the last, so that a cut, swapped or changed chunk does not open.
//!
//! A stream has a key of its own, derived from the sealing key and a random salt in its head; the
//! number of the chunk is the nonce.

use crate::secret::{Sm4Gcm, hex};
use crate::{Keys, StoreError, StoreResult, secure_random};
use aes_gcm::aead::{Aead, KeyInit, Payload};

/// Plain bytes of every chunk but the last.
pub const CHUNK: usize = 64 * 1024;
/// What sealing adds to a chunk.
pub const TAG: usize = 16;
/// First bytes of a sealed stream.
const MAGIC: &[u8; 4] = b"LYF1";
const SALT: usize = 16;

/// Seals the chunks of one stream, or opens them, in order.
pub struct Stream {
    cipher: Sm4Gcm,
    field: &'static str,
    next: u64,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Stream({}, chunk {})", self.field, self.next)
    }
}

impl Stream {
    /// Begins to seal for `field`; the head stands before the chunks.
    pub fn seal(keys: &Keys, field: &'static str) -> StoreResult<(Self, Vec<u8>)> {
        let salt = secure_random::bytes::<SALT>()?;
        let id = keys.current_id().as_bytes();
        let length = u8::try_from(id.len()).map_err(|_long| bad(field, "the key's id is long"))?;
        let mut head = MAGIC.to_vec();
        head.push(length);
        head.extend_from_slice(id);
        head.extend_from_slice(&salt);
        Ok((Self::of(keys, keys.current_id(), field, &salt)?, head))
    }

    /// How many bytes the head has, from its first five.
    pub fn head_length(first: &[u8]) -> StoreResult<usize> {
        match first.split_at_checked(MAGIC.len()) {
            Some((magic, [length, ..])) if magic == MAGIC => {
                Ok(MAGIC.len() + 1 + usize::from(*length) + SALT)
            }
            _ => Err(bad("stream", "not a sealed file")),
        }
    }

    /// Begins to open a stream with this head.
    pub fn open(keys: &Keys, field: &'static str, head: &[u8]) -> StoreResult<Self> {
        let length = Self::head_length(head)?;
        let rest = head.get(MAGIC.len() + 1..length);
        let Some((id, salt)) = rest.and_then(|rest| rest.split_at_checked(rest.len() - SALT))
        else {
            return Err(bad(field, "the head is cut"));
        };
        let id = std::str::from_utf8(id).map_err(|_other| bad(field, "the head is changed"))?;
        Self::of(keys, id, field, salt)
    }

    /// The id of the key that a stream with this head was sealed with.
    pub fn key_id(head: &[u8]) -> StoreResult<String> {
        let length = Self::head_length(head)?;
        head.get(MAGIC.len() + 1..length - SALT)
            .and_then(|id| std::str::from_utf8(id).ok())
            .map(ToOwned::to_owned)
            .ok_or_else(|| bad("stream", "the head is cut"))
    }

    fn of(keys: &Keys, id: &str, field: &'static str, salt: &[u8]) -> StoreResult<Self> {
        let key = keys.derived(id, field, salt)?;
        let cipher =
            Sm4Gcm::new_from_slice(&key).map_err(|error| StoreError::Other(error.to_string()))?;
        Ok(Self {
            cipher,
            field,
            next: 0,
        })
    }

    /// Seals the next chunk.
    pub fn seal_chunk(&mut self, plain: &[u8], last: bool) -> StoreResult<Vec<u8>> {
        let (nonce, field) = (self.nonce(last), self.field);
        let payload = Payload {
            msg: plain,
            aad: field.as_bytes(),
        };
        self.cipher
            .encrypt(&nonce.into(), payload)
            .map_err(|error| bad(field, &error.to_string()))
    }

    /// Opens the next chunk; it must be the last exactly when the stream ended with it.
    pub fn open_chunk(&mut self, sealed: &[u8], last: bool) -> StoreResult<Vec<u8>> {
        let (nonce, field) = (self.nonce(last), self.field);
        let payload = Payload {
            msg: sealed,
            aad: field.as_bytes(),
        };
        self.cipher
            .decrypt(&nonce.into(), payload)
            .map_err(|_error| bad(field, "wrong key, or the file is cut or changed"))
    }

    /// Goes to a chunk, counted from 0: the next one sealed or opened is that.
    pub fn go_to(&mut self, chunk: u64) {
        self.next = chunk;
    }

    fn nonce(&mut self, last: bool) -> [u8; 12] {
        let mut nonce = [0_u8; 12];
        if let Some(place) = nonce.get_mut(..8) {
            place.copy_from_slice(&self.next.to_be_bytes());
        }
        if let Some(end) = nonce.last_mut() {
            *end = u8::from(last);
        }
        self.next += 1;
        nonce
    }
}

/// SM3 of a stream, hexadecimal when it ends.
#[derive(Debug, Default, Clone)]
pub struct Digester(sm3::Sm3);

impl Digester {
    /// Takes further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        sm3::Digest::update(&mut self.0, bytes);
    }

    /// The digest of all bytes.
    pub fn finish(self) -> String {
        hex(&sm3::Digest::finalize(self.0))
    }
}

fn bad(field: &str, what: &str) -> StoreError {
    StoreError::Secret {
        field: field.to_owned(),
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05; engineering.md 4, 12: a chunk opens only in its place, with its key, as what it was.
    #[test]
    fn chunks_open_only_in_their_place() {
        let keys = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
        let (mut out, head) = Stream::seal(&keys, "file").unwrap();
        let one = out.seal_chunk(b"first", false).unwrap();
        let two = out.seal_chunk(b"second", true).unwrap();
        let opened = |keys: &Keys, chunks: &[(&[u8], bool)]| -> StoreResult<Vec<Vec<u8>>> {
            let mut stream = Stream::open(keys, "file", &head)?;
            chunks
                .iter()
                .map(|(chunk, last)| stream.open_chunk(chunk, *last))
                .collect()
        };
        let whole = opened(&keys, &[(&one, false), (&two, true)]).unwrap();
        assert_eq!(whole, [b"first".to_vec(), b"second".to_vec()]);
        assert!(
            opened(&keys, &[(&two, true)]).is_err(),
            "a chunk is lacking"
        );
        assert!(
            opened(&keys, &[(&one, true)]).is_err(),
            "cut after the first"
        );
        let other = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
        assert!(opened(&other, &[(&one, false)]).is_err(), "another key");
        assert!(Stream::head_length(b"PK\x03\x04\x05").is_err());
    }
}
