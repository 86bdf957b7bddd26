//! Small pure text helpers that pages share: grouped numbers and query-string encoding.

use std::fmt::Write;

/// A whole number with thousands separators: `12345` becomes `12,345`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A text made safe to stand as a key or value of a query string.
pub fn query_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            other => {
                // Writing into a String cannot fail; the result is spelled out for the lint.
                if write!(out, "%{other:02X}").is_err() {
                    return out;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (2_047_923, "2,047,923"),
        ];
        for (number, expect) in cases {
            assert_eq!(grouped(number), expect);
        }
    }

    #[test]
    fn query_values_are_encoded_byte_by_byte() {
        assert_eq!(
            query_encode("a b&c=洛阳店"),
            "a%20b%26c%3D%E6%B4%9B%E9%98%B3%E5%BA%97"
        );
    }
}
