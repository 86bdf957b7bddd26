//! Secret columns: SM4-GCM with the key id in the text, and keyed blind indexes for equality.
//!
//! A sealed text is bound to its field, so a phone's ciphertext cannot be moved into another column.

use crate::keys::Key;
use crate::{Keys, StoreError, StoreResult, secure_random};
use aes_gcm::aead::{Aead, Payload, consts::U12};
use hmac::Mac;
use sm3::{Digest, Sm3};

pub(crate) type Sm4Gcm = aes_gcm::AesGcm<sm4::Sm4, U12>;

/// A sealed value as it stands in a column: the key's id, how the text was packed (`.` as it is, `,` as digits, a
/// half byte each) and nonce, ciphertext and tag in base64. `:` begins the hexadecimal of the first version.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(***)")
    }
}

impl Sealed {
    /// The key it was sealed with; `None` where this is no sealed text.
    pub fn key_id(&self) -> Option<&str> {
        Some(self.0.split_at(self.0.find([':', '.', ','])?).0)
    }
}

impl Keys {
    /// Seals `plain` for `field`.
    pub fn seal(&self, field: &str, plain: &str) -> StoreResult<Sealed> {
        let nonce = secure_random::bytes::<12>()?;
        let digits = pack_digits(plain);
        let payload = Payload {
            msg: digits.as_deref().unwrap_or(plain.as_bytes()),
            aad: field.as_bytes(),
        };
        let key = self.current()?;
        let sealed = key
            .sealing
            .encrypt(&nonce.into(), payload)
            .map_err(|error| secret(field, &error.to_string()))?;
        let mut body = nonce.to_vec();
        body.extend_from_slice(&sealed);
        let form = if digits.is_some() { ',' } else { '.' };
        Ok(Sealed(format!("{}{form}{}", key.id, base64(&body))))
    }

    /// Opens what [`Keys::seal`] sealed for the same field.
    pub fn open(&self, field: &str, sealed: &Sealed) -> StoreResult<String> {
        let at = sealed
            .0
            .find([':', '.', ','])
            .ok_or_else(|| secret(field, "not a sealed text"))?;
        let (id, rest) = sealed.0.split_at(at);
        let (form, body) = rest.split_at(1);
        let key = self.of_id(id).ok_or_else(|| {
            let held = self.ids().join(", ");
            secret(
                field,
                &format!("sealed with key {id}, the key file holds {held}"),
            )
        })?;
        let bytes = match form {
            ":" => unhex(body),
            _ => unbase64(body),
        }
        .ok_or_else(|| secret(field, "not hexadecimal or base64"))?;
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
        let plain = key
            .sealing
            .decrypt(&nonce.into(), payload)
            .map_err(|_error| secret(field, "wrong key or changed text"))?;
        if form == "," {
            return Ok(unpack_digits(&plain));
        }
        String::from_utf8(plain).map_err(|error| secret(field, &error.to_string()))
    }

    /// Seals anew, with the current key, what an older one sealed; `None` where the current one did.
    pub fn reseal(&self, field: &str, sealed: &Sealed) -> StoreResult<Option<Sealed>> {
        if sealed.key_id() == Some(self.current_id()) {
            return Ok(None);
        }
        let plain = self.open(field, sealed)?;
        self.seal(field, &plain).map(Some)
    }

    /// A keyed digest for equality: same field and text, same digest; 32 hexadecimal digits. With the current key:
    /// what is written. What is looked for may still stand under another one ([`Keys::blinds`]).
    pub fn blind(&self, field: &str, plain: &str) -> String {
        self.current()
            .map(|key| key.blind(field, plain))
            .unwrap_or_default()
    }

    /// The digests of a text under every key, that of the current one first: by which it is looked for.
    pub fn blinds(&self, field: &str, plain: &str) -> Vec<String> {
        self.current_first()
            .map(|key| key.blind(field, plain))
            .collect()
    }

    /// The id of the key under which a text has this digest, or a digest that begins like this.
    pub fn of_digest(&self, field: &str, plain: &str, digest: &str) -> Option<&str> {
        self.current_first()
            .find(|key| !digest.is_empty() && key.blind(field, plain).starts_with(digest))
            .map(|key| key.id.as_str())
    }

    /// A key for one stream of `field`, from the sealing key of this id and the stream's salt.
    pub(crate) fn derived(&self, id: &str, field: &str, salt: &[u8]) -> StoreResult<[u8; 16]> {
        let mut mac = self
            .of_id(id)
            .ok_or_else(|| secret(field, &format!("sealed with key {id}, which is not here")))?
            .deriving
            .clone();
        let mut key = [0_u8; 16];
        mac.update(field.as_bytes());
        mac.update(&[0]);
        mac.update(salt);
        for (to, from) in key.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        Ok(key)
    }

    /// The first `digits` hexadecimal digits of [`Keys::blind`]: a column needs as many as keep different
    /// texts apart, and stands in every row and index.
    pub fn blind_short(&self, field: &str, plain: &str, digits: usize) -> String {
        let mut out = self.blind(field, plain);
        out.truncate(digits);
        out
    }

    /// As [`Keys::blinds`], as many digits of each.
    pub fn blinds_short(&self, field: &str, plain: &str, digits: usize) -> Vec<String> {
        let mut all = self.blinds(field, plain);
        for digest in &mut all {
            digest.truncate(digits);
        }
        all
    }
}

impl Key {
    fn blind(&self, field: &str, plain: &str) -> String {
        let mut mac = self.index.clone();
        mac.update(field.as_bytes());
        mac.update(&[0]);
        mac.update(plain.as_bytes());
        hex(mac.finalize().into_bytes().get(..16).unwrap_or(&[]))
    }
}

/// `0`–`9` and `X`, a half byte each, filled up with 15; `None` where another character stands.
fn pack_digits(plain: &str) -> Option<Vec<u8>> {
    let mut out = vec![0xff; plain.len().div_ceil(2)];
    for (place, byte) in plain.bytes().enumerate() {
        let half = match byte {
            b'0'..=b'9' => byte - b'0',
            b'X' => 10,
            _ => return None,
        };
        let slot = out.get_mut(place / 2)?;
        *slot = if place % 2 == 0 {
            (half << 4) | 15
        } else {
            (*slot & 0xf0) | half
        };
    }
    Some(out)
}

fn unpack_digits(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| match half {
            0..=9 => Some(char::from(b'0' + half)),
            10 => Some('X'),
            _ => None,
        })
        .collect()
}

/// The URL alphabet without padding (RFC 4648, 5).
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity((bytes.len() * 4).div_ceil(3));
    for group in bytes.chunks(3) {
        let word = group
            .iter()
            .fold(0_u32, |word, byte| (word << 8) | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let digit = (word >> (18 - 6 * place)) & 63;
            out.push(char::from(BASE64[digit as usize]));
        }
    }
    out
}

/// Bytes of a text in the URL alphabet of base64 without padding; `None` where it is none.
pub fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for group in text.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for byte in group {
            let digit = BASE64.iter().position(|known| known == byte)?;
            word = (word << 6) | u32::try_from(digit).ok()?;
        }
        word <<= 6 * (4 - group.len());
        let whole = match group.len() {
            4 => 3,
            3 => 2,
            2 => 1,
            _ => return None,
        };
        out.extend(word.to_be_bytes().iter().skip(1).take(whole));
    }
    Some(out)
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

pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
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

/// SM3 of a text that comes piece by piece.
#[derive(Clone, Default)]
pub struct Sm3Text(Sm3, bool);

impl std::fmt::Debug for Sm3Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sm3Text")
    }
}

impl Sm3Text {
    /// Adds a piece.
    pub fn push(&mut self, text: &str) {
        self.0.update(text.as_bytes());
        self.1 = true;
    }

    /// Whether nothing was added yet.
    pub const fn is_empty(&self) -> bool {
        !self.1
    }

    /// The digest, hexadecimal.
    pub fn finish(self) -> String {
        hex(&self.0.finalize())
    }
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

    /// Digits are packed, everything else stays as it is, and what the first version sealed still opens.
    #[test]
    fn any_text_comes_back_and_the_first_form_opens() {
        let keys = Keys::from_file(crate::testing::TEST_KEYS).unwrap();
        for plain in [
            "",
            "1",
            "12",
            "42990019400101123X",
            "19900001234",
            "随州",
            "1 2",
            "12345x",
            "a",
        ] {
            let sealed = keys.seal("phone", plain).unwrap();
            assert_eq!(keys.open("phone", &sealed).unwrap(), plain);
        }
        let number = keys.seal("id_number", "42990019400101123X").unwrap();
        assert_eq!(number.0.len(), 52, "{}", number.0);
        let sealed = keys.seal("phone", "随").unwrap();
        let body = unbase64(&sealed.0[2..]).unwrap();
        assert_eq!(
            keys.open("phone", &Sealed(format!("1:{}", hex(&body))))
                .unwrap(),
            "随"
        );
        for length in 0..9_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(77) ^ 0xa5).collect();
            assert_eq!(unbase64(&base64(&bytes)), Some(bytes));
        }
        assert_eq!(unbase64("a"), None);
        assert_eq!(unbase64("ab!d"), None);
    }

    #[test]
    fn sm3_of_abc_is_the_standard_vector() {
        assert_eq!(
            sm3_hex(b"abc"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
        );
    }
}
