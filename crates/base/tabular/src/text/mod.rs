//! Texts with separated columns: CSV, TSV.

mod bytes;
mod encode;
mod scan;

pub(crate) use bytes::{Bytes, length};
pub(crate) use encode::Gbk;
pub(crate) use scan::Style;

use crate::rows::{Got, Position, Record, Refused, Tag};
use crate::{Encoding, MOST_CHARACTERS, MOST_COLUMNS, ReadError, Source, Wrong};
use memchr::{memchr, memchr_iter};
use scan::Found;
use std::io::Read;

/// Reads records one after the other.
pub(crate) struct Reader {
    bytes: Bytes,
    encoding: Encoding,
    style: Style,
    /// Lines that are done.
    line: u64,
    /// Columns a record over several lines must have to be believed.
    width: Option<usize>,
    decoded: String,
}

impl Reader {
    /// Begins at a position; `Position::default()` is the beginning, where a byte order mark is passed over.
    pub(crate) fn new(
        mut source: Box<dyn Source>,
        encoding: Encoding,
        delimiter: char,
        at: Position,
    ) -> Result<Self, ReadError> {
        let mut head = Vec::new();
        source.seek(std::io::SeekFrom::Start(0))?;
        (&mut source).take(64 * 1024).read_to_end(&mut head)?;
        let mark = match (encoding, head.as_slice()) {
            (Encoding::Utf8, [0xEF, 0xBB, 0xBF, ..]) => 3,
            (Encoding::Utf16Le, [0xFF, 0xFE, ..]) | (Encoding::Utf16Be, [0xFE, 0xFF, ..]) => 2,
            _ => 0,
        };
        let old_mac = memchr(b'\n', &head).is_none() && memchr(b'\r', &head).is_some();
        Ok(Self {
            bytes: Bytes::at(source, encoding, at.byte.max(mark))?,
            encoding,
            style: Style {
                delimiter: u8::try_from(delimiter).unwrap_or(b','),
                newline: if old_mac { b'\r' } else { b'\n' },
                double_byte: encoding == Encoding::Gb18030,
            },
            line: at.line,
            width: None,
            decoded: String::new(),
        })
    }

    /// Says how many columns there are.
    pub(crate) fn set_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// After the record last read.
    pub(crate) fn position(&self) -> Position {
        Position {
            byte: self.bytes.position(),
            line: self.line,
        }
    }

    /// Reads the next record.
    pub(crate) fn read(&mut self, record: &mut Record) -> Result<Got, ReadError> {
        loop {
            record.clear();
            let line = self.line + 1;
            match scan::record(self.bytes.window(), self.bytes.ended(), self.style) {
                Found::More => {
                    self.bytes.fill()?;
                }
                Found::End => return Ok(Got::End),
                Found::TooLong => {
                    self.skip_line()?;
                    let says = format!("第 {line} 行太长，不是表格里的一行");
                    return Ok(refused(
                        line,
                        "row.too_long",
                        says,
                        "请核对这一行是否漏了换行",
                    ));
                }
                Found::Quote { length, used } => {
                    self.split(length, false, record);
                    self.bytes.consume(used);
                    self.line += 1;
                    return Ok(unbalanced(line));
                }
                Found::Record {
                    length,
                    used,
                    inner,
                    quoted,
                } => {
                    let wrong = self.split(length, quoted, record);
                    let odd = inner > 0 && self.width.is_some_and(|width| !fits(record, width));
                    if odd {
                        // Quotes that happen to meet over many lines would swallow good rows.
                        let first = memchr(self.style.newline, self.bytes.window());
                        let first = first.unwrap_or(length);
                        record.clear();
                        self.split(first, false, record);
                        self.bytes.consume(first + 1);
                        self.line += 1;
                        return Ok(unbalanced(line));
                    }
                    self.bytes.consume(used);
                    self.line += 1 + inner as u64;
                    return Ok(match wrong {
                        Some(wrong) => Got::Refused(Refused { line, wrong }),
                        None => Got::Row(line),
                    });
                }
            }
        }
    }

    /// Passes over a line that does not fit into the window.
    fn skip_line(&mut self) -> Result<(), ReadError> {
        loop {
            let window = self.bytes.window();
            if let Some(at) = memchr(self.style.newline, window) {
                self.bytes.consume(at + 1);
                break;
            }
            let all = window.len();
            self.bytes.consume(all);
            if !self.bytes.fill()? {
                break;
            }
        }
        self.line += 1;
        Ok(())
    }

    /// Decodes the first bytes of the window and cuts them into cells; tells what is wrong.
    fn split(&mut self, length: usize, quoted: bool, record: &mut Record) -> Option<Wrong> {
        let Self {
            bytes,
            decoded,
            encoding,
            ..
        } = self;
        let raw = bytes.window().get(..length).unwrap_or(&[]);
        let delimiter = self.style.delimiter;
        let bad = if quoted {
            decoded.clear();
            let bad = decode(raw, *encoding, decoded);
            unquote(decoded, delimiter, record);
            bad
        } else {
            let bad = decode(raw, *encoding, &mut record.text);
            cut(delimiter, record);
            bad
        };
        let line = self.line + 1;
        if memchr(0, record.text.as_bytes()).is_some() {
            return Some(Wrong::new(
                "row.nul",
                format!("第 {line} 行里有空字符（NUL），文件可能损坏"),
                "请用 Excel 或 WPS 打开后另存，再上传",
            ));
        }
        if bad {
            return Some(Wrong::new(
                "row.bytes",
                format!("第 {line} 行有认不出的字（不是{}编码）", encoding.zh()),
                "请在原表里改正乱码的字，再上传",
            ));
        }
        if record.len() > MOST_COLUMNS {
            return Some(Wrong::new(
                "row.long",
                format!("第 {line} 行有 {} 列，最多 {MOST_COLUMNS} 列", record.len()),
                "请删去多余的列",
            ));
        }
        record
            .longest()
            .filter(|longest| *longest > MOST_CHARACTERS)
            .map(|longest| {
                Wrong::new(
                    "row.cell_long",
                    format!("第 {line} 行有一格 {longest} 字，最多 {MOST_CHARACTERS} 字"),
                    "请核对这一格，多余的内容删去",
                )
            })
    }
}

/// Whether a record has as many cells as there are headings, empty ones behind them aside.
fn fits(record: &Record, width: usize) -> bool {
    let beyond = record.slots.get(width..);
    beyond.is_some_and(|beyond| beyond.iter().all(|slot| slot.tag() == Tag::Empty))
}

fn refused(
    line: u64,
    code: &'static str,
    says: impl Into<std::borrow::Cow<'static, str>>,
    fix: &'static str,
) -> Got {
    Got::Refused(Refused {
        line,
        wrong: Wrong::new(code, says, fix),
    })
}

fn unbalanced(line: u64) -> Got {
    refused(
        line,
        "row.quotes",
        format!("第 {line} 行的引号不成对"),
        "请补上或删去这一行的英文双引号",
    )
}

/// Appends decoded bytes; `true` where some are no characters.
fn decode(raw: &[u8], encoding: Encoding, into: &mut String) -> bool {
    if let Ok(text) = std::str::from_utf8(raw) {
        let gbk = encoding == Encoding::Gb18030 && !raw.is_ascii();
        if !gbk {
            into.push_str(text);
            // UTF-16 that was no text came in as this sign.
            return encoding != Encoding::Utf8 && text.contains('\u{FFFD}');
        }
    }
    let decoder = match encoding {
        Encoding::Gb18030 => encoding_rs::GB18030,
        Encoding::Utf8 | Encoding::Utf16Le | Encoding::Utf16Be => encoding_rs::UTF_8,
    };
    let mut decoder = decoder.new_decoder_without_bom_handling();
    if let Some(most) = decoder.max_utf8_buffer_length(raw.len()) {
        into.reserve(most);
    }
    let (_, _, bad) = decoder.decode_to_string(raw, into, true);
    bad
}

/// Cuts a text without quotes.
fn cut(delimiter: u8, record: &mut Record) {
    let end = record.text.len();
    let mut from = 0;
    let Record { slots, text } = record;
    for at in memchr_iter(delimiter, text.as_bytes()) {
        push(slots, text, from, at);
        from = at + 1;
    }
    push(slots, text, from, end);
}

fn push(slots: &mut Vec<crate::rows::Slot>, text: &str, from: usize, to: usize) {
    // Most cells begin with a letter, a digit or a Chinese character, which no space does.
    let blank = match text.as_bytes().get(from) {
        _ if from == to => true,
        Some(0x21..=0x7E | 0xE4..=0xE9) => false,
        _ => text
            .get(from..to)
            .is_some_and(|cell| cell.trim().is_empty()),
    };
    let tag = if blank { Tag::Empty } else { Tag::Text };
    slots.push(crate::rows::Slot::new(tag, from, to));
}

/// Cuts a text with quotes, which [`scan`] has found to be in order.
fn unquote(decoded: &str, delimiter: u8, record: &mut Record) {
    let bytes = decoded.as_bytes();
    let Record { slots, text } = record;
    let mut at = 0;
    loop {
        let from = text.len();
        if bytes.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let rest = decoded.get(at..).unwrap_or("");
                let close = memchr(b'"', rest.as_bytes()).unwrap_or(rest.len());
                text.push_str(rest.get(..close).unwrap_or(""));
                at += close + 1;
                if bytes.get(at) == Some(&b'"') {
                    text.push('"');
                    at += 1;
                } else {
                    break;
                }
            }
        } else {
            let rest = decoded.get(at..).unwrap_or("");
            let end = memchr(delimiter, rest.as_bytes()).unwrap_or(rest.len());
            text.push_str(rest.get(..end).unwrap_or(""));
            at += end;
        }
        push(slots, text, from, text.len());
        if bytes.get(at) == Some(&delimiter) {
            at += 1;
        } else {
            break;
        }
    }
}
