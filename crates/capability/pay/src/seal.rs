//! The seal of bank files: an SM2 signature (GM/T 0003.2, digest SM3, the standard's identity) over the digest file, which
//! names the body and its SM3. The bank checks it with the public key; the same file is sealed the same again.

use sm2::SecretKey;
use sm2::dsa::signature::{Signer, Verifier};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::sec1::ToSec1Point;
use std::fmt;
use std::sync::Arc;
use store::StoreResult;
use store::secret::hex;

/// The identity the standard gives where nothing else was agreed.
const IDENTITY: &str = "1234567812345678";

/// The key that bank files are sealed with; without one they carry their digest only.
#[derive(Clone, Default)]
pub struct BankSeal(Option<Arc<SigningKey>>);

impl fmt::Debug for BankSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "BankSeal(key)"
        } else {
            "BankSeal(none)"
        })
    }
}

impl BankSeal {
    /// From the text of a key file: 64 hexadecimal digits.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || "SM2 私钥应是 64 位十六进制数；用 laoyou pay seal-key 生成".to_owned();
        let bytes = bytes(text.trim()).ok_or_else(wrong)?;
        let secret = SecretKey::from_slice(&bytes).map_err(|_not_a_key| wrong())?;
        let key = SigningKey::new(IDENTITY, &secret).map_err(|_not_a_key| wrong())?;
        Ok(Self(Some(Arc::new(key))))
    }

    /// A new key: its file's text.
    pub fn new_text() -> StoreResult<String> {
        loop {
            let text = hex(&store::secure_random::bytes::<32>()?);
            if Self::from_text(&text).is_ok() {
                return Ok(format!("{text}\n"));
            }
        }
    }

    /// The public key: `04`, x and y in hexadecimal digits.
    pub fn public(&self) -> Option<String> {
        let key = self.0.as_ref()?;
        let point = key.verifying_key().to_sec1_point(false);
        Some(hex(point.as_bytes()))
    }

    /// r and s in hexadecimal digits.
    pub fn sign(&self, text: &[u8]) -> Option<String> {
        let signature: Signature = self.0.as_ref()?.try_sign(text).ok()?;
        Some(hex(&signature.to_bytes()))
    }
}

/// Whether a seal holds, as the bank asks.
pub fn holds(public: &str, text: &[u8], seal: &str) -> bool {
    let key = bytes(public).and_then(|point| VerifyingKey::from_sec1_bytes(IDENTITY, &point).ok());
    let signature = bytes(seal).and_then(|seal| Signature::from_slice(&seal).ok());
    match (key, signature) {
        (Some(key), Some(signature)) => key.verify(text, &signature).is_ok(),
        _ => false,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| {
            text.get(at..at + 2)
                .and_then(|two| u8::from_str_radix(two, 16).ok())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C33; invariant 6: a seal holds for the very text and no other, is the same made again, and a key that is none is
    /// refused in words.
    #[test]
    fn a_seal_holds_for_one_text() {
        let seal = BankSeal::from_text(&BankSeal::new_text().unwrap()).unwrap();
        let (public, text) = (seal.public().unwrap(), b"SM3 66c7f0f4  a.txt\r\n");
        let signed = seal.sign(text).unwrap();
        assert_eq!(Some(&signed), seal.sign(text).as_ref());
        assert_eq!((public.len(), signed.len()), (130, 128));
        assert!(holds(&public, text, &signed));
        assert!(!holds(&public, b"SM3 66c7f0f5  a.txt\r\n", &signed));
        let other = BankSeal::from_text(&BankSeal::new_text().unwrap()).unwrap();
        assert!(!holds(&other.public().unwrap(), text, &signed));
        for text in ["", "00", "xx", &"0".repeat(64), &"f".repeat(64)] {
            assert!(
                BankSeal::from_text(text).unwrap_err().contains("SM2 私钥"),
                "{text}"
            );
        }
        assert_eq!(BankSeal::default().sign(text), None);
    }
}
