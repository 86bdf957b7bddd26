//! A CSV in the encoding and with the separator it came in.

use super::{HOW, Lines, Returned, WHY, header_end, like_a_formula};
use crate::rows::{Got, Position, Record};
use crate::{Detected, Encoding, Kind, ReadError, Source, text};
use std::io::{self, BufWriter, Write};

pub(super) fn write<I: Iterator<Item = Returned>>(
    source: Box<dyn Source>,
    found: &Detected,
    returned: &mut Lines<I>,
    out: impl Write,
) -> Result<u64, ReadError> {
    let Kind::Csv {
        encoding,
        mark,
        delimiter,
    } = found.kind
    else {
        return Ok(0);
    };
    let mut reader = text::Reader::new(source, encoding, delimiter, Position::default())?;
    reader.set_width(found.header.len());
    let mut out = Out {
        inner: BufWriter::new(out),
        encoding,
        delimiter,
        line: String::new(),
        gbk: text::Gbk::default(),
        bytes: Vec::new(),
    };
    if mark {
        out.encode("\u{FEFF}")?;
    }
    let (mut record, mut rows) = (Record::default(), 0);
    let (header_end, width) = (header_end(found), found.header.len());
    loop {
        let line = match reader.read(&mut record)? {
            Got::End => break,
            Got::Row(line) => line,
            Got::Refused(refused) => refused.line,
        };
        if line < header_end {
            out.row(&record, 0, None)?;
        } else if line == header_end {
            out.row(&record, width, Some((WHY, HOW)))?;
        } else if let Some(returned) = returned.at(line) {
            out.row(&record, width, Some((&returned.why(), &returned.how())))?;
            rows += 1;
        }
        if line >= header_end && returned.is_done() {
            break;
        }
    }
    out.inner.flush()?;
    Ok(rows)
}

struct Out<W: Write> {
    inner: BufWriter<W>,
    encoding: Encoding,
    delimiter: char,
    line: String,
    gbk: text::Gbk,
    bytes: Vec<u8>,
}

impl<W: Write> Out<W> {
    fn row(&mut self, record: &Record, width: usize, more: Option<(&str, &str)>) -> io::Result<()> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        let mut count = 0;
        let cells = record
            .slots
            .iter()
            .map(|slot| slot.cell(&record.text, "").raw());
        let cells = cells.enumerate();
        // Empty cells behind the last heading would push the reasons out of their columns.
        let last = record
            .slots
            .iter()
            .rposition(|s| s.tag() != crate::rows::Tag::Empty);
        for (_, cell) in cells.take_while(|(at, _)| width == 0 || *at < width || Some(*at) <= last)
        {
            if count > 0 {
                line.push(self.delimiter);
            }
            self.cell(cell, &mut line);
            count += 1;
        }
        if let Some((why, how)) = more {
            // A delimiter fewer than cells: the first cell has none before it.
            let missing = width.max(1).saturating_sub(count.max(1));
            line.extend(std::iter::repeat_n(self.delimiter, missing));
            for added in [why, how] {
                line.push(self.delimiter);
                self.cell(added, &mut line);
            }
        }
        line.push_str("\r\n");
        let written = self.encode(&line);
        self.line = line;
        written
    }

    fn cell(&self, cell: &str, line: &mut String) {
        let guarded = like_a_formula(cell);
        let quoted = cell.contains([self.delimiter, '"', '\n', '\r'])
            || cell.starts_with(char::is_whitespace)
            || cell.ends_with(char::is_whitespace);
        if quoted {
            line.push('"');
        }
        if guarded {
            line.push('\'');
        }
        for sign in cell.chars().filter(|sign| *sign != '\0') {
            if sign == '"' {
                line.push('"');
            }
            line.push(sign);
        }
        if quoted {
            line.push('"');
        }
    }

    fn encode(&mut self, text: &str) -> io::Result<()> {
        match self.encoding {
            Encoding::Utf8 => self.inner.write_all(text.as_bytes()),
            Encoding::Gb18030 => {
                self.bytes.clear();
                self.gbk.add(text, &mut self.bytes);
                self.inner.write_all(&self.bytes)
            }
            Encoding::Utf16Le => {
                for unit in text.encode_utf16() {
                    self.inner.write_all(&unit.to_le_bytes())?;
                }
                Ok(())
            }
            Encoding::Utf16Be => {
                for unit in text.encode_utf16() {
                    self.inner.write_all(&unit.to_be_bytes())?;
                }
                Ok(())
            }
        }
    }
}
