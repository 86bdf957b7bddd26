//! Where a record of a CSV ends.

use memchr::{memchr, memchr2};

/// Lines a quoted cell may go over; beyond it the quote was never meant.
const MOST_LINES: usize = 200;
/// Bytes a record may take.
pub(crate) const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Bytes a quoted cell may take.
const MOST_QUOTED: usize = 4 * crate::MOST_CHARACTERS + 2;

/// How the file is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// What separates columns.
    pub(crate) delimiter: u8,
    /// What ends a line: `\n`, or `\r` in files of old Macs.
    pub(crate) newline: u8,
    /// Whether a byte from 0x81 on takes the next with it.
    pub(crate) double_byte: bool,
}

/// What was found at the beginning of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// A record.
    Record {
        /// Bytes without the newline.
        length: usize,
        /// Bytes with it.
        used: usize,
        /// Newlines within.
        inner: usize,
        /// Whether any cell is quoted.
        quoted: bool,
    },
    /// A quote that does not close as it should; the line it stands on ends there.
    Quote {
        /// Bytes of the first line with its newline.
        used: usize,
        /// Bytes without.
        length: usize,
    },
    /// A line longer than any may be.
    TooLong,
    /// The window ends first.
    More,
    /// Nothing is left.
    End,
}

/// Finds the end of the record at the beginning of the window. `ended` says that nothing follows it.
pub(crate) fn record(window: &[u8], ended: bool, style: Style) -> Found {
    if window.is_empty() {
        return if ended { Found::End } else { Found::More };
    }
    let Some((length, used)) = line(window, ended, style.newline) else {
        return if window.len() > MOST_BYTES {
            Found::TooLong
        } else {
            Found::More
        };
    };
    let first = window.get(..length).unwrap_or(&[]);
    if length > MOST_BYTES {
        return Found::TooLong;
    }
    if memchr(b'"', first).is_none() {
        return Found::Record {
            length,
            used,
            inner: 0,
            quoted: false,
        };
    }
    match quoted(window, ended, style) {
        Quoted::Bad => Found::Quote { used, length },
        Quoted::More => Found::More,
        Quoted::Record {
            length,
            used,
            inner,
        } => Found::Record {
            length,
            used,
            inner,
            quoted: true,
        },
    }
}

/// The first line: bytes without and with its newline.
fn line(window: &[u8], ended: bool, newline: u8) -> Option<(usize, usize)> {
    match memchr(newline, window) {
        Some(at) => Some((bare(window, at), at + 1)),
        None if ended => Some((bare(window, window.len()), window.len())),
        None => None,
    }
}

/// The length without a carriage return before the newline.
fn bare(window: &[u8], at: usize) -> usize {
    match at.checked_sub(1).and_then(|last| window.get(last)) {
        Some(b'\r') => at - 1,
        _ => at,
    }
}

enum Quoted {
    Record {
        length: usize,
        used: usize,
        inner: usize,
    },
    Bad,
    More,
}

fn quoted(window: &[u8], ended: bool, style: Style) -> Quoted {
    let (mut at, mut inner) = (0, 0);
    loop {
        // At the beginning of a cell.
        if window.get(at) == Some(&b'"') {
            let open = at;
            at += 1;
            loop {
                let rest = window.get(at..).unwrap_or(&[]);
                let near = rest.get(..rest.len().min(MOST_QUOTED)).unwrap_or(&[]);
                let Some(close) = memchr(b'"', near) else {
                    let too_far = at - open + rest.len() > MOST_QUOTED
                        || newlines(window.get(open..).unwrap_or(&[]), style) > MOST_LINES;
                    return if too_far || ended {
                        Quoted::Bad
                    } else {
                        Quoted::More
                    };
                };
                at += close + 1;
                match window.get(at) {
                    Some(b'"') => at += 1,
                    Some(_) => break,
                    None if ended => break,
                    None => return Quoted::More,
                }
                if at - open > MOST_QUOTED {
                    return Quoted::Bad;
                }
            }
            inner += newlines(window.get(open..at).unwrap_or(&[]), style);
            if inner > MOST_LINES {
                return Quoted::Bad;
            }
        } else {
            match bare_cell(window, at, ended, style) {
                Some(end) => at = end,
                None => return Quoted::More,
            }
        }
        match window.get(at) {
            Some(byte) if *byte == style.delimiter => at += 1,
            Some(byte) if *byte == style.newline => {
                return Quoted::Record {
                    length: bare(window, at),
                    used: at + 1,
                    inner,
                };
            }
            Some(b'\r') => match window.get(at + 1) {
                Some(byte) if *byte == style.newline => {
                    return Quoted::Record {
                        length: at,
                        used: at + 2,
                        inner,
                    };
                }
                None if !ended => return Quoted::More,
                None => {
                    return Quoted::Record {
                        length: at,
                        used: at + 1,
                        inner,
                    };
                }
                Some(_) => return Quoted::Bad,
            },
            Some(_) => return Quoted::Bad,
            None if ended => {
                return Quoted::Record {
                    length: at,
                    used: at,
                    inner,
                };
            }
            None => return Quoted::More,
        }
    }
}

fn newlines(bytes: &[u8], style: Style) -> usize {
    memchr::memchr_iter(style.newline, bytes).count()
}

/// The end of a cell without quotes.
fn bare_cell(window: &[u8], from: usize, ended: bool, style: Style) -> Option<usize> {
    if style.double_byte && style.delimiter >= 0x40 {
        let mut at = from;
        loop {
            match window.get(at) {
                Some(byte) if *byte == style.delimiter || *byte == style.newline => {
                    return Some(at);
                }
                Some(0x81..=0xFE) => at += 2,
                Some(_) => at += 1,
                None => return ended.then_some(window.len()),
            }
        }
    }
    let rest = window.get(from..).unwrap_or(&[]);
    match memchr2(style.delimiter, style.newline, rest) {
        Some(end) => Some(from + before_return(rest, end, style)),
        None => ended.then_some(window.len()),
    }
}

/// A carriage return before the newline belongs to the newline.
fn before_return(rest: &[u8], end: usize, style: Style) -> usize {
    if rest.get(end) == Some(&style.newline) {
        bare(rest, end)
    } else {
        end
    }
}
