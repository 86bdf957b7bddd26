//! Characters into GBK, each looked up once: the library's own tables are made for reading.

use std::collections::HashMap;

/// Encodes texts as GB18030 and remembers what it has encoded.
#[derive(Debug, Default)]
pub(crate) struct Gbk {
    known: HashMap<char, Vec<u8>>,
}

impl Gbk {
    /// Appends a text.
    pub(crate) fn add(&mut self, text: &str, out: &mut Vec<u8>) {
        for sign in text.chars() {
            if sign.is_ascii() {
                out.push(sign as u8);
                continue;
            }
            let bytes = self.known.entry(sign).or_insert_with(|| {
                let mut small = [0; 4];
                encoding_rs::GB18030
                    .encode(sign.encode_utf8(&mut small))
                    .0
                    .into_owned()
            });
            out.extend_from_slice(bytes);
        }
    }
}
