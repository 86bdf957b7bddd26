//! Secret columns: SM4-GCM with the key id in the text, and keyed blind indexes for equality.
//!
//! A sealed text is bound to its field, so a phone's ciphertext cannot be moved into another column.

use crate::{StoreError, StoreResult, secure_random};
use aes_gcm::aead::{Aead, KeyInit, Payload, consts::U12};
use hmac::Mac;
use sm3::{Digest, Sm3};

pub(crate) type Sm4Gcm = aes_gcm::AesGcm<sm4::Sm4, U12>;

/// A sealed value as it stands in a column: `1:<hex of nonce, ciphertext and tag>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(***)")
    }
}

/// The keys of one installation: one for sealing, one for blind indexes.
#[derive(Clone)]
pub struct Keys {
    id: String,
    sealing: [u8; 16],
    index: [u8; 32],
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.id)
    }
}

impl Keys {
    /// Fresh keys, as a key file's text.
    pub fn generate_file() -> StoreResult<String> {
        let (sealing, index) = (secure_random::bytes::<16>()?, secure_random::bytes::<32>()?);
        Ok(format!(
            "# laoyou key file: keep apart from the database and its backups\n1 {} {}\n",
            hex(&sealing),
            hex(&index)
        ))
    }

    /// Keys of a key file: a line `id sealing index` in hexadecimal.
    pub fn from_file(text: &str) -> StoreResult<Self> {
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty() && !line.starts_with('#'));
        let bad = || {
            StoreError::Other(
                "the key file should hold one line: id, 32 and 64 hexadecimal digits".to_owned(),
            )
        };
        let mut parts = line.ok_or_else(bad)?.split_whitespace();
        let (Some(id), Some(sealing), Some(index)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(bad());
        };
        Ok(Self {
            id: id.to_owned(),
            sealing: unhex(sealing)
                .and_then(|b| b.try_into().ok())
                .ok_or_else(bad)?,
            index: unhex(index)
                .and_then(|b| b.try_into().ok())
                .ok_or_else(bad)?,
        })
    }

    /// Seals `plain` for `field`.
    pub fn seal(&self, field: &str, plain: &str) -> StoreResult<Sealed> {
        let nonce = secure_random::bytes::<12>()?;
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: field.as_bytes(),
        };
        let sealed = self
            .cipher()?
            .encrypt(&nonce.into(), payload)
            .map_err(|error| secret(field, &error.to_string()))?;
        Ok(Sealed(format!(
            "{}:{}{}",
            self.id,
            hex(&nonce),
            hex(&sealed)
        )))
    }

    /// Opens what [`Keys::seal`] sealed for the same field.
    pub fn open(&self, field: &str, sealed: &Sealed) -> StoreResult<String> {
        let (id, body) = sealed
            .0
            .split_once(':')
            .ok_or_else(|| secret(field, "not a sealed text"))?;
        if id != self.id {
            return Err(secret(
                field,
                &format!("sealed with key {id}, the key file holds {}", self.id),
            ));
        }
        let bytes = unhex(body).ok_or_else(|| secret(field, "not hexadecimal"))?;
        let (nonce, sealed) = bytes
            .split_at_checked(12)
            .ok_or_else(|| secret(field, "too short"))?;
        let nonce: [u8; 12] = nonce
            .try_into()
            .map_err(|_error| secret(field, "too short"))?;
        let payload = Payload {
            msg: sealed,
            aad: field.as_bytes(),
        };
        let plain = self
            .cipher()?
            .decrypt(&nonce.into(), payload)
            .map_err(|_error| secret(field, "wrong key or changed text"))?;
        String::from_utf8(plain).map_err(|error| secret(field, &error.to_string()))
    }

    /// A keyed digest for equality: same field and text, same digest; 32 hexadecimal digits.
    pub fn blind(&self, field: &str, plain: &str) -> String {
        let Ok(mut mac) = <hmac::Hmac<Sm3> as KeyInit>::new_from_slice(&self.index) else {
            return String::new();
        };
        mac.update(field.as_bytes());
        mac.update(&[0]);
        mac.update(plain.as_bytes());
        hex(mac.finalize().into_bytes().get(..16).unwrap_or(&[]))
    }

    /// Which keys these are.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// A key for one stream of `field`, from the sealing key and the stream's salt.
    pub(crate) fn derived(&self, field: &str, salt: &[u8]) -> [u8; 16] {
        let mut key = [0_u8; 16];
        let Ok(mut mac) = <hmac::Hmac<Sm3> as KeyInit>::new_from_slice(&self.sealing) else {
            return key;
        };
        mac.update(field.as_bytes());
        mac.update(&[0]);
        mac.update(salt);
        for (to, from) in key.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        key
    }

    fn cipher(&self) -> StoreResult<Sm4Gcm> {
        Sm4Gcm::new_from_slice(&self.sealing).map_err(|error| StoreError::Other(error.to_string()))
    }
}

fn secret(field: &str, what: &str) -> StoreError {
    StoreError::Secret {
        field: field.to_owned(),
        what: what.to_owned(),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for half in [byte >> 4, byte & 15] {
            out.push(char::from(if half < 10 {
                b'0' + half
            } else {
                b'a' + half - 10
            }));
        }
    }
    out
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits?;
    if digits.len() % 2 != 0 {
        return None;
    }
    Some(
        digits
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |sum, half| sum * 16 + half))
            .collect(),
    )
}

/// SM3 of bytes, hexadecimal.
pub fn sm3_hex(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M05; engineering.md 4: secrets open only for their own field, with their own key, unchanged.
    #[test]
    fn secrets_open_only_where_they_belong() {
        let keys = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
        let sealed = keys.seal("phone", "19900001234").unwrap();
        assert!(!sealed.0.contains("1990000"));
        assert_ne!(sealed, keys.seal("phone", "19900001234").unwrap());
        assert_eq!(keys.open("phone", &sealed).unwrap(), "19900001234");
        assert!(keys.open("id_number", &sealed).is_err());
        let other = Keys::from_file(&Keys::generate_file().unwrap()).unwrap();
        assert!(other.open("phone", &sealed).is_err());
        let mut changed = sealed.0.clone();
        changed.replace_range(30..31, if &changed[30..31] == "0" { "1" } else { "0" });
        assert!(keys.open("phone", &Sealed(changed)).is_err());
        assert_eq!(keys.blind("phone", "1"), keys.blind("phone", "1"));
        assert_ne!(keys.blind("phone", "1"), keys.blind("last4", "1"));
        assert_ne!(keys.blind("phone", "1"), other.blind("phone", "1"));
    }

    #[test]
    fn sm3_of_abc_is_the_standard_vector() {
        assert_eq!(
            sm3_hex(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }
}
