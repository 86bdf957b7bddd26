//! The keys of one installation: one that everything new is sealed with, and older ones that still open what was sealed
//! with them, until nothing is (`laoyou keys`).
//!
//! The key file holds a line for each key, the oldest first, and which one is current:
//!
//! ```text
//! 1 <32 hexadecimal digits> <64 hexadecimal digits>
//! 2 <32 hexadecimal digits> <64 hexadecimal digits>
//! current 2
//! ```
//!
//! A key seals (first half) and makes blind indexes (second half). A file with one key needs no line `current`.

use crate::secret::{Sm4Gcm, hex, unhex};
use crate::{StoreError, StoreResult, secure_random};
use aes_gcm::aead::KeyInit;
use sm3::Sm3;
use std::sync::Arc;

/// One key with its id.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) sealing: Sm4Gcm,
    /// The sealing key, for keys of streams.
    pub(crate) deriving: hmac::Hmac<Sm3>,
    pub(crate) index: hmac::Hmac<Sm3>,
}

/// The keys of one installation, the oldest first; cheap to clone.
#[derive(Clone)]
pub struct Keys {
    all: Arc<[Key]>,
    current: usize,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({:?}, current {})", self.ids(), self.current_id())
    }
}

fn bad(what: &str) -> StoreError {
    StoreError::Other(format!("the key file {what}"))
}

/// A line of the file that says something.
fn said(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with('#')
}

/// Whether a word can be the id of a key: it stands before `.` and `,` in columns and in patterns of statements.
fn is_id(word: &str) -> bool {
    (1..=16).contains(&word.len())
        && word != "current"
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn new_line(id: &str) -> StoreResult<String> {
    let (sealing, index) = (secure_random::bytes::<16>()?, secure_random::bytes::<32>()?);
    Ok(format!("{id} {} {}\n", hex(&sealing), hex(&index)))
}

impl Key {
    fn of_line(line: &str) -> StoreResult<Self> {
        let wrong = || bad("should hold lines of an id, 32 and 64 hexadecimal digits");
        let mut parts = line.split_whitespace();
        let (Some(id), Some(sealing), Some(index), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        let (sealing, index) = (
            unhex(sealing).filter(|bytes| bytes.len() == 16),
            unhex(index).filter(|bytes| bytes.len() == 32),
        );
        let (Some(sealing), Some(index), true) = (sealing, index, is_id(id)) else {
            return Err(wrong());
        };
        let unusable = |error: String| StoreError::Other(error);
        let mac = |bytes: &[u8]| {
            <hmac::Hmac<Sm3> as KeyInit>::new_from_slice(bytes)
                .map_err(|error| unusable(error.to_string()))
        };
        Ok(Self {
            id: id.to_owned(),
            sealing: Sm4Gcm::new_from_slice(&sealing)
                .map_err(|error| unusable(error.to_string()))?,
            deriving: mac(&sealing)?,
            index: mac(&index)?,
        })
    }
}

impl Keys {
    /// A fresh key, as a key file's text.
    pub fn generate_file() -> StoreResult<String> {
        Ok(format!(
            "# laoyou key file: keep apart from the database and its backups\n{}",
            new_line("1")?
        ))
    }

    /// Keys of a key file.
    pub fn from_file(text: &str) -> StoreResult<Self> {
        let (mut all, mut current) = (Vec::<Key>::new(), None);
        for line in text.lines().filter(|line| said(line)) {
            if let Some(id) = line.trim().strip_prefix("current ") {
                if current.replace(id.trim().to_owned()).is_some() {
                    return Err(bad("names two current keys"));
                }
                continue;
            }
            let key = Key::of_line(line)?;
            if all.iter().any(|other| other.id == key.id) {
                return Err(bad("holds two keys of one id"));
            }
            all.push(key);
        }
        let current = match (current, all.len()) {
            (_, 0) => return Err(bad("holds no key")),
            (None, 1) => 0,
            (None, _) => return Err(bad("holds several keys and does not say which is current")),
            (Some(id), _) => all
                .iter()
                .position(|key| key.id == id)
                .ok_or_else(|| bad("does not hold the key it calls current"))?,
        };
        Ok(Self {
            all: all.into(),
            current,
        })
    }

    /// The text of a key file with one more key, which is not current yet; and its id.
    pub fn with_new_key(text: &str) -> StoreResult<(String, String)> {
        let keys = Self::from_file(text)?;
        let numbers = keys
            .ids()
            .into_iter()
            .filter_map(|id| id.parse::<u32>().ok());
        let id = (numbers.max().unwrap_or(0) + 1).to_string();
        let mut lines = Self::key_lines(text);
        lines.push(new_line(&id)?);
        Ok((Self::file_of(text, &lines, keys.current_id()), id))
    }

    /// The text of a key file whose current key is this one.
    pub fn with_current(text: &str, id: &str) -> StoreResult<String> {
        if !Self::from_file(text)?.knows(id) {
            return Err(bad("does not hold that key"));
        }
        Ok(Self::file_of(text, &Self::key_lines(text), id))
    }

    /// The text of a key file without a key, which must not be the current one.
    pub fn without(text: &str, id: &str) -> StoreResult<String> {
        let keys = Self::from_file(text)?;
        if !keys.knows(id) || keys.current_id() == id {
            return Err(bad("does not hold that key beside the current one"));
        }
        let mut lines = Self::key_lines(text);
        lines.retain(|line| line.split_whitespace().next() != Some(id));
        Ok(Self::file_of(text, &lines, keys.current_id()))
    }

    fn key_lines(text: &str) -> Vec<String> {
        text.lines()
            .filter(|line| said(line) && !line.trim().starts_with("current "))
            .map(|line| format!("{}\n", line.trim()))
            .collect()
    }

    fn file_of(text: &str, lines: &[String], current: &str) -> String {
        let mut out = String::new();
        for line in text.lines().filter(|line| !said(line)) {
            out.push_str(line);
            out.push('\n');
        }
        out.extend(lines.iter().map(String::as_str));
        if lines.len() > 1 {
            out.push_str(&format!("current {current}\n"));
        }
        out
    }

    pub(crate) fn current(&self) -> StoreResult<&Key> {
        self.all
            .get(self.current)
            .ok_or_else(|| bad("holds no current key"))
    }

    pub(crate) fn of_id(&self, id: &str) -> Option<&Key> {
        self.all.iter().find(|key| key.id == id)
    }

    /// All keys, the current one first.
    pub(crate) fn current_first(&self) -> impl Iterator<Item = &Key> {
        let current = self.all.get(self.current);
        let others = self.all.iter().enumerate();
        current.into_iter().chain(
            others
                .filter(|(place, _)| *place != self.current)
                .map(|(_, key)| key),
        )
    }

    /// Ids of all keys, the oldest first.
    pub fn ids(&self) -> Vec<&str> {
        self.all.iter().map(|key| key.id.as_str()).collect()
    }

    /// The id of the key that everything new is sealed with.
    pub fn current_id(&self) -> &str {
        self.all.get(self.current).map_or("", |key| key.id.as_str())
    }

    /// Whether a key of this id is here.
    pub fn knows(&self, id: &str) -> bool {
        self.of_id(id).is_some()
    }

    /// Whether there are older keys beside the current one (or a newer one that waits).
    pub fn several(&self) -> bool {
        self.all.len() > 1
    }

    /// Whether `id` is of an older key than the current one.
    pub fn is_older(&self, id: &str) -> bool {
        self.all
            .iter()
            .position(|key| key.id == id)
            .is_some_and(|place| place < self.current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Sealed;

    /// Row M05: a key is added, becomes current, and the old one goes; what it sealed opens as long as it is there, and
    /// digests are known under both.
    #[test]
    fn a_key_is_added_becomes_current_and_the_old_one_goes() {
        let first = Keys::generate_file().unwrap();
        let old = Keys::from_file(&first).unwrap();
        assert_eq!((old.ids(), old.current_id()), (vec!["1"], "1"));
        let sealed = old.seal("phone", "19900001234").unwrap();
        let (second, id) = Keys::with_new_key(&first).unwrap();
        assert_eq!(id, "2");
        let both = Keys::from_file(&second).unwrap();
        assert_eq!((both.ids(), both.current_id()), (vec!["1", "2"], "1"));
        assert_eq!(both.reseal("phone", &sealed).unwrap(), None);
        let second = Keys::with_current(&second, "2").unwrap();
        let both = Keys::from_file(&second).unwrap();
        assert_eq!(both.current_id(), "2");
        assert!(both.is_older("1") && !both.is_older("2") && !both.is_older("3"));
        assert_eq!(both.open("phone", &sealed).unwrap(), "19900001234");
        let digests = both.blinds("phone", "19900001234");
        assert_eq!(digests.len(), 2);
        assert_eq!(digests[1], old.blind("phone", "19900001234"));
        assert_eq!(digests[0], both.blind("phone", "19900001234"));
        let anew = both.reseal("phone", &sealed).unwrap().unwrap();
        assert_eq!(anew.key_id(), Some("2"));
        let third = Keys::without(&second, "1").unwrap();
        let new = Keys::from_file(&third).unwrap();
        assert_eq!((new.ids(), new.current_id()), (vec!["2"], "2"));
        assert_eq!(new.open("phone", &anew).unwrap(), "19900001234");
        assert!(new.open("phone", &sealed).is_err());
        assert!(third.starts_with("# laoyou key file"), "{third}");
        // The next key bears a number that no key had.
        assert_eq!(Keys::with_new_key(&third).unwrap().1, "3");
        assert!(Keys::without(&third, "2").is_err(), "the current one stays");
        assert!(Keys::with_current(&third, "9").is_err());
    }

    /// Invariant 4: a key file that says two things is refused.
    #[test]
    fn a_key_file_that_is_not_clear_is_refused() {
        let line = |id: &str| format!("{id} {} {}\n", "a".repeat(32), "b".repeat(64));
        for text in [
            String::new(),
            "# nothing\n".to_owned(),
            "1 abc def\n".to_owned(),
            line("a%b"),
            line("current"),
            line("1") + &line("1") + "current 1\n",
            line("1") + &line("2"),
            line("1") + &line("2") + "current 3\n",
            line("1") + &line("2") + "current 1\ncurrent 2\n",
            line("1").trim_end().to_owned() + " more\n",
        ] {
            assert!(Keys::from_file(&text).is_err(), "{text}");
        }
        assert!(Keys::from_file(&line("1")).is_ok());
        let keys = Keys::from_file(&(line("1") + &line("2") + "current 2\n")).unwrap();
        let foreign = Sealed("7.abc".to_owned());
        let told = keys.open("phone", &foreign).unwrap_err().to_string();
        assert!(told.contains('7'), "{told}");
    }
}
