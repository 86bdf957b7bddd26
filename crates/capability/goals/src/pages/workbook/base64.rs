//! Bytes in a hidden field between preview and saving: base64 in the letters that forms send as they are
//! (RFC 4648, section 5, without padding).

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes as text.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() / 3 * 4 + 4);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..=chunk.len() {
            let letter = LETTERS.get((bits >> (18 - 6 * place)) as usize & 63);
            out.extend(letter.map(|letter| char::from(*letter)));
        }
    }
    out
}

/// Text as bytes; `None` where it is not from [`encode`].
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    for chunk in text.as_bytes().chunks(4) {
        let mut bits = 0_u32;
        for place in 0..4 {
            let value = match chunk.get(place) {
                Some(letter) => value(*letter)?,
                None => 0,
            };
            bits = bits << 6 | value;
        }
        let bytes = [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8];
        out.extend(bytes.iter().take(chunk.len().checked_sub(1)?));
    }
    Some(out)
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_bytes_come_back() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for length in [0, 1, 2, 3, 4, 255, 256] {
            let text = encode(&bytes[..length]);
            assert_eq!(decode(&text).as_deref(), Some(&bytes[..length]), "{text}");
            assert_eq!(ui::query_encode(&text), text);
        }
        assert_eq!(encode(b"\xff\xfe\xfd"), "__79");
        assert_eq!(decode("a+/b"), None);
    }
}
