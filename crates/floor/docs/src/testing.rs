//! What a DOCX says, for tests.

use std::io::{Cursor, Read};

/// The words of a DOCX without its tags; `None` where the bytes are none.
pub fn words(bytes: &[u8]) -> Option<String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut xml = String::new();
    let mut part = archive.by_name("word/document.xml").ok()?;
    part.read_to_string(&mut xml).ok()?;
    let mut inside = false;
    let words = xml.chars().filter(|c| {
        let tag = inside || *c == '<';
        inside = tag && *c != '>';
        !tag
    });
    Some(words.collect())
}
