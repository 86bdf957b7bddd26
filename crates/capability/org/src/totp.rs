//! Time-based one-time codes (RFC 6238) as phones compute them: SHA-1, six digits, thirty seconds.
//!
//! SHA-1 is what every authenticator app computes; as a keyed digest over a counter it is not weakened by collisions.

use hmac::{Hmac, KeyInit, Mac};
use kernel::Instant;
use sha1::Sha1;

/// Seconds that one code holds.
const STEP: i64 = 30;
/// Bytes of a secret: as long as the digest (RFC 4226, 4).
pub(crate) const SECRET: usize = 20;
/// RFC 4648 without padding.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The step that a moment lies in.
pub(crate) fn step_of(now: Instant) -> i64 {
    now.micros().div_euclid(STEP * 1_000_000)
}

/// The code of one step; `None` where the key cannot be used.
pub(crate) fn code(secret: &[u8], step: i64) -> Option<u32> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let from = usize::from(digest.last()? & 15);
    let four: [u8; 4] = digest.get(from..from + 4)?.try_into().ok()?;
    Some((u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000)
}

/// The step whose code was typed: the present one, the one before, the one after; only later ones than `last`, so
/// that a code opens once.
pub(crate) fn fits(secret: &[u8], typed: &str, now: Instant, last: i64) -> Option<i64> {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let typed: u32 = digits.parse().ok()?;
    let present = step_of(now);
    [present, present - 1, present + 1]
        .into_iter()
        .filter(|step| *step > last)
        .find(|step| code(secret, *step) == Some(typed))
}

/// The secret as it is typed into an app.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let mut out = String::new();
    for group in bytes.chunks(5) {
        let word = (0..5).fold(0_u64, |word, place| {
            (word << 8) | u64::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..(group.len() * 8).div_ceil(5) {
            let digit = (word >> (35 - 5 * place)) & 31;
            out.push(char::from(BASE32[digit as usize]));
        }
    }
    out
}

/// Read back; `None` where it is no such text.
pub(crate) fn unbase32(text: &str) -> Option<Vec<u8>> {
    let (mut word, mut bits, mut out) = (0_u64, 0, Vec::new());
    for byte in text.bytes() {
        let digit = BASE32.iter().position(|known| *known == byte)?;
        word = (word << 5) | digit as u64;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
            word &= (1 << bits) - 1;
        }
    }
    Some(out)
}

/// What the picture says to the app.
pub(crate) fn address(place: &str, login: &str, secret: &[u8]) -> String {
    let issuer = ui::query_encode(&format!("老幼通{place}"));
    format!(
        "otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
        ui::query_encode(login),
        base32(secret)
    )
}

/// The picture, as SVG for a page.
pub(crate) fn picture(address: &str) -> Option<String> {
    let code = qrcode::QrCode::new(address.as_bytes()).ok()?;
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(220, 220)
        .quiet_zone(true)
        .build();
    let from = svg.find("<svg")?;
    svg.get(from..)
        .map(|svg| svg.replacen("<svg", "<svg role=\"img\" aria-label=\"动态码二维码\"", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M03: the vectors of RFC 6238, appendix B (SHA-1), cut to six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expect) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            let step = step_of(Instant::from_micros(seconds * 1_000_000));
            assert_eq!(code(secret, step), Some(expect), "{seconds}");
        }
    }

    /// Row M03: a neighbour's step is forgiven, two steps are not, and no step opens twice.
    #[test]
    fn a_code_holds_one_step_around_and_once() {
        let secret = b"12345678901234567890";
        let now = Instant::from_micros(1_111_111_111_000_000);
        let step = step_of(now);
        let typed = |step| format!("{:06}", code(secret, step).unwrap());
        for near in [step - 1, step, step + 1] {
            assert_eq!(fits(secret, &typed(near), now, 0), Some(near));
            assert_eq!(fits(secret, &typed(near), now, near), None);
        }
        for far in [step - 2, step + 2] {
            assert_eq!(fits(secret, &typed(far), now, 0), None);
        }
        assert_eq!(fits(secret, " 050 471 ", now, 0), Some(step));
        for wrong in ["", "05047", "0504711", "o50471", "０５０４７１"] {
            assert_eq!(fits(secret, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_come_back_from_their_text() {
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI");
        for length in 0..21_u8 {
            let bytes: Vec<u8> = (0..length).map(|n| n.wrapping_mul(73) ^ 0x5a).collect();
            assert_eq!(unbase32(&base32(&bytes)), Some(bytes));
        }
        assert_eq!(unbase32("a1"), None);
        let address = address("随州市", "zhangmin", b"12345678901234567890");
        assert!(address.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
        let picture = picture(&address).unwrap();
        assert!(picture.starts_with("<svg role") && picture.ends_with("</svg>"));
    }
}
