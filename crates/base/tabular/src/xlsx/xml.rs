//! XML events in bounded memory.

use super::package::{Refusal, Unpacked, broken, of_io};
use crate::ReadError;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, escape};
use std::io::{self, BufRead, Read};

/// Bytes one tag or one stretch of text may take.
const MOST: usize = 1024 * 1024;
/// How deep elements may stand in each other.
const DEEPEST: u32 = 64;

/// Buffers a part and counts what one event takes.
struct Budget<R: Read> {
    inner: Unpacked<R>,
    block: Vec<u8>,
    from: usize,
    to: usize,
    left: usize,
}

impl<R: Read> Read for Budget<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let count = available.len().min(into.len());
        if let (Some(target), Some(from)) = (into.get_mut(..count), available.get(..count)) {
            target.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl<R: Read> BufRead for Budget<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(Refusal(broken("有一处内容过长"))));
        }
        if self.from >= self.to {
            self.from = 0;
            self.to = self.inner.read(&mut self.block)?;
        }
        Ok(self.block.get(self.from..self.to).unwrap_or(&[]))
    }

    fn consume(&mut self, count: usize) {
        self.from += count;
        self.left = self.left.saturating_sub(count);
    }
}

/// Reads events one after the other.
pub(crate) struct Xml<R: Read> {
    reader: Reader<Budget<R>>,
    buffer: Vec<u8>,
    depth: u32,
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(inner: Unpacked<R>) -> Self {
        let mut reader = Reader::from_reader(Budget {
            inner,
            block: vec![0; 64 * 1024],
            from: 0,
            to: 0,
            left: MOST,
        });
        reader.config_mut().allow_dangling_amp = true;
        Self {
            reader,
            buffer: Vec::new(),
            depth: 0,
        }
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, ReadError> {
        self.buffer.clear();
        self.reader.get_mut().left = MOST;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(quick_xml::Error::Io(error)) => return Err(of_io(&error)),
            Err(_not_xml) => return Err(broken("内容不是 XML").into()),
        };
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if self.depth > DEEPEST {
            return Err(broken("内容层次过深").into());
        }
        Ok(event)
    }

    /// Bytes of the file that are used up.
    pub(crate) fn used(&self) -> u64 {
        self.reader.get_ref().inner.used()
    }
}

/// The name of an element without its prefix.
pub(crate) fn name<'a>(element: &'a BytesStart<'_>) -> &'a str {
    element.local_name().into_inner()
}

/// An attribute by its name without prefix, entities resolved.
pub(crate) fn attribute(element: &BytesStart<'_>, wanted: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().into_inner() == wanted)
        .map(|attribute| {
            escape::unescape(&attribute.value).map_or_else(
                |_odd| attribute.value.to_string(),
                std::borrow::Cow::into_owned,
            )
        })
}

/// Appends what an event adds to a text: text, CDATA, entities.
pub(crate) fn add_text(event: &Event<'_>, into: &mut String) {
    match event {
        Event::Text(text) => into.push_str(text),
        Event::CData(text) => into.push_str(text),
        Event::GeneralRef(entity) => {
            if let Ok(Some(sign)) = entity.resolve_char_ref() {
                into.push(sign);
            } else {
                let name: &str = entity;
                if let Some(text) = escape::resolve_predefined_entity(name) {
                    into.push_str(text);
                } else {
                    into.push('&');
                    into.push_str(name);
                    into.push(';');
                }
            }
        }
        _ => {}
    }
}

/// Excel writes signs that XML cannot hold as `_x000D_`.
pub(crate) fn unescape_signs(text: &mut String, from: usize) {
    let added = text.get(from..).unwrap_or("");
    if !added.contains("_x") {
        return;
    }
    let mut out = String::with_capacity(added.len());
    let mut rest = added;
    while let Some(at) = rest.find("_x") {
        out.push_str(rest.get(..at).unwrap_or(""));
        let code = rest.get(at + 2..at + 6);
        let ends = rest.get(at + 6..at + 7) == Some("_");
        let sign = code
            .filter(|code| ends && code.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        if let Some(sign) = sign {
            out.push(sign);
            rest = rest.get(at + 7..).unwrap_or("");
        } else {
            out.push_str("_x");
            rest = rest.get(at + 2..).unwrap_or("");
        }
    }
    out.push_str(rest);
    text.truncate(from);
    text.push_str(&out);
}
