//! Small pure text helpers that pages share: grouped numbers, sizes of files and query-string encoding.

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

/// How much a file is, in words: 「1.2 MB」.
pub fn file_size(bytes: i64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} KB", (bytes + 999) / 1_000)
    }
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
    fn sizes_are_said_in_kilobytes_and_megabytes() {
        for (bytes, expect) in [
            (0, "0 KB"),
            (1, "1 KB"),
            (999_999, "1000 KB"),
            (1_000_000, "1.0 MB"),
            (12_345_678, "12.3 MB"),
        ] {
            assert_eq!(file_size(bytes), expect);
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
