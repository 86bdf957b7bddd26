//! What a file is, by its first bytes: never by what its name or sender says.

/// The first bytes, and the type they mean.
const SIGNS: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PAR1", "application/vnd.apache.parquet"),
];

/// Office files are zip archives that begin with this part.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The type of a file that begins with these bytes (a few hundred are enough).
pub fn sniff(first: &[u8]) -> &'static str {
    let known = SIGNS
        .iter()
        .find(|(sign, _)| first.starts_with(sign))
        .map(|(_, kind)| *kind);
    match known {
        Some("application/zip") if holds(first, b"[Content_Types].xml") || holds(first, b"xl/") => {
            XLSX
        }
        Some(kind) => kind,
        None => "application/octet-stream",
    }
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::sniff;

    #[test]
    fn the_first_bytes_decide() {
        for (first, kind) in [
            (&b"%PDF-1.7"[..], "application/pdf"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"PK\x03\x04.....readme.txt", "application/zip"),
            (b"#!/bin/sh", "application/octet-stream"),
            (b"", "application/octet-stream"),
        ] {
            assert_eq!(sniff(first), kind);
        }
        assert!(sniff(b"PK\x03\x04......[Content_Types].xml").ends_with("spreadsheetml.sheet"));
    }
}
