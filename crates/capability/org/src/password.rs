//! Passwords: argon2id hashes, the rule for new ones, first codes, and equal work for unknown logins.

use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt::Write;
use store::{StoreError, StoreResult, secure_random};

const SALT: usize = 16;
const OUTPUT: usize = 32;

/// What a hash costs: memory, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for HashCost {
    /// OWASP's second choice for argon2id: 19 MiB, 2 passes.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

impl HashCost {
    /// As cheap as argon2 allows, for tests.
    pub const CHEAP: Self = Self {
        memory_kib: 8,
        passes: 1,
    };
}

/// A salted hash as it is stored: `argon2id$memory$passes$salt$hash`.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

impl PasswordHash {
    /// Hashes a password with a fresh salt. Slow on purpose: not inside a transaction.
    pub fn of(password: &str, cost: HashCost) -> StoreResult<Self> {
        let salt = secure_random::bytes::<SALT>()?;
        let hash = derive(password, &salt, cost)?;
        let HashCost { memory_kib, passes } = cost;
        let (salt, hash) = (store::secret::hex(&salt), store::secret::hex(&hash));
        Ok(Self(format!(
            "argon2id${memory_kib}${passes}${salt}${hash}"
        )))
    }

    /// As read from the database.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the hash of `password`; a text that is no hash fits no password.
    pub fn fits(&self, password: &str) -> bool {
        let parts: Vec<&str> = self.0.split('$').collect();
        let ["argon2id", memory, passes, salt, hash] = parts[..] else {
            return false;
        };
        let (Ok(memory_kib), Ok(passes), Some(salt)) =
            (memory.parse(), passes.parse(), unhex(salt))
        else {
            return false;
        };
        let Ok(computed) = derive(password, &salt, HashCost { memory_kib, passes }) else {
            return false;
        };
        let Some(hash) = unhex(hash) else {
            return false;
        };
        hash.len() == computed.len()
            && hash
                .iter()
                .zip(computed)
                .fold(0, |sum, (a, b)| sum | (a ^ b))
                == 0
    }
}

fn derive(password: &str, salt: &[u8], cost: HashCost) -> StoreResult<[u8; OUTPUT]> {
    let wrong = |error: argon2::Error| StoreError::Other(format!("argon2: {error}"));
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(OUTPUT)).map_err(wrong)?;
    let mut out = [0_u8; OUTPUT];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon
        .hash_password_into(password.as_bytes(), salt, &mut out)
        .map_err(wrong)?;
    Ok(out)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    (0..text.len()).step_by(2).map(pair).collect()
}

/// Shortest password.
pub(crate) const SHORTEST: usize = 10;
/// Longest password: hashing a book helps nobody.
const LONGEST: usize = 128;

/// The commonest passwords long enough to pass the length rule.
const COMMONEST: [&str; 20] = [
    "1234567890",
    "0123456789",
    "0987654321",
    "9876543210",
    "12345678910",
    "1111111111",
    "0000000000",
    "6666666666",
    "8888888888",
    "qwertyuiop",
    "qwer123456",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "a123456789",
    "123456789a",
    "aa123456789",
    "abc1234567",
    "woaini1314520",
    "woaini1314",
    "password123",
];

/// What is wrong with a new password, in words for the form; `None` when it will do.
pub(crate) fn objection(password: &str, login: &str) -> Option<&'static str> {
    let small = password.to_lowercase();
    let length = password.chars().count();
    let mut letters = small.chars();
    let first = letters.next();
    if length < SHORTEST {
        Some("新密码至少 10 个字符")
    } else if length > LONGEST {
        Some("新密码最多 128 个字符")
    } else if small == login.to_lowercase() {
        Some("新密码不能与账号相同")
    } else if COMMONEST.contains(&small.as_str()) || letters.all(|letter| Some(letter) == first) {
        Some("这个密码太常见，容易被猜到，请换一个")
    } else {
        None
    }
}

/// Letters and digits that cannot be mistaken for each other on paper.
const ALPHABET: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A first code to hand over on paper: three groups of four, about 59 bits.
pub fn first_code() -> StoreResult<String> {
    let mut code = String::new();
    while code.len() < 14 {
        for byte in secure_random::bytes::<32>()? {
            // 248 is the last multiple of 31 below 256: beyond it letters would not be equally likely.
            if byte >= 248 || code.len() >= 14 {
                continue;
            }
            if code.len() % 5 == 4 {
                code.push('-');
            }
            let letter = ALPHABET
                .get(usize::from(byte) % ALPHABET.len())
                .copied()
                .map_or('x', char::from);
            if code.write_char(letter).is_err() {
                return Err(StoreError::Other("a code cannot be written".to_owned()));
            }
        }
    }
    Ok(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05: a hash opens for its password only, and the same password gives another hash.
    #[test]
    fn a_hash_fits_its_password_only() {
        let hash = PasswordHash::of("correct horse", HashCost::CHEAP).unwrap();
        assert!(hash.fits("correct horse"));
        assert!(!hash.fits("correct horsf") && !hash.fits(""));
        assert_ne!(
            hash,
            PasswordHash::of("correct horse", HashCost::CHEAP).unwrap()
        );
        for broken in [
            "",
            "!",
            "argon2id$8$1$zz$00",
            "argon2id$8$1$00",
            "argon2id$8$1$00$",
        ] {
            assert!(!PasswordHash::stored(broken.into()).fits(""), "{broken}");
        }
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        for weak in [
            "short",
            "Zhangmin01",
            "1234567890",
            "PASSWORD123",
            "aaaaaaaaaaaa",
            "万店万店万店万店万",
        ] {
            assert!(objection(weak, "zhangmin01").is_some(), "{weak}");
        }
        assert_eq!(objection("春风又绿江南岸2025", "zhangmin01"), None);
        assert!(objection(&"ab".repeat(65), "x").is_some());
    }

    #[test]
    fn first_codes_read_well_and_differ() {
        let (one, two) = (first_code().unwrap(), first_code().unwrap());
        assert_ne!(one, two);
        for code in [one, two] {
            assert_eq!(code.len(), 14, "{code}");
            assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
            assert!(objection(&code, "x").is_none());
        }
    }
}
