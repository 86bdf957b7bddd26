//! The thread that reads: rows become lines, a chunk at a time.

use super::CHUNK;
use crate::line::{Line, LineReader};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tabular::{Detected, Source, Step, Wrong};
use tokio::sync::mpsc::Sender;

/// A row that was read, or what is wrong with it.
#[derive(Debug)]
pub(super) enum Read {
    /// It says something.
    Line(Box<Line>),
    /// It is word for word an earlier row.
    Twice,
    /// It cannot go in.
    Bad { line: u64, wrongs: Vec<Wrong> },
}

/// Rows that were read together.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) rows: Vec<Read>,
    /// How many rows there are, about.
    pub(super) about: i64,
}

/// A list to be read.
pub(super) struct Reading {
    pub(super) reader: LineReader,
    pub(super) source: Box<dyn Source>,
    pub(super) found: Detected,
    pub(super) stop: Arc<AtomicBool>,
}

impl Reading {
    /// Reads all of it; gives the reader's notes, or why the file cannot be read.
    pub(super) fn run(self, send: &Sender<Chunk>) -> Result<Vec<String>, Wrong> {
        let mut rows = tabular::open_in(self.source, &self.found, None).map_err(Wrong::from)?;
        let about = self.found.rows_about as i64;
        // Line and content of what was said about whom first.
        let mut seen: HashMap<u64, (u64, u64)> = HashMap::new();
        let mut chunk = Vec::with_capacity(CHUNK);
        while let Some(step) = rows.next().map_err(Wrong::from)? {
            chunk.push(match step {
                Step::Refused(refused) => Read::Bad {
                    line: refused.line,
                    wrongs: vec![refused.wrong],
                },
                Step::Row(row) => match self.reader.read(&row) {
                    Err(wrongs) => Read::Bad {
                        line: row.line,
                        wrongs,
                    },
                    Ok(line) => once(&mut seen, line),
                },
            });
            if chunk.len() == CHUNK {
                let rows = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK));
                if send.blocking_send(Chunk { rows, about }).is_err()
                    || self.stop.load(Ordering::Relaxed)
                {
                    return Ok(Vec::new());
                }
            }
        }
        let notes = rows.notes();
        let mut says = Vec::new();
        if notes.blank > 0 {
            says.push(format!("跳过空行 {} 行", notes.blank));
        }
        for (line, text) in notes.footers.iter().take(5) {
            says.push(format!("跳过第 {line} 行“{text}”"));
        }
        if notes.errors > 0 {
            says.push(format!("{} 个格子是公式错误，按没有填处理", notes.errors));
        }
        if notes.beyond > 0 {
            says.push(format!("表头以外的 {} 个格子没有读", notes.beyond));
        }
        if !chunk.is_empty() && send.blocking_send(Chunk { rows: chunk, about }).is_err() {
            return Ok(Vec::new());
        }
        Ok(says)
    }
}

/// A second row about the same is refused, unless it says the same.
fn once(seen: &mut HashMap<u64, (u64, u64)>, line: Line) -> Read {
    let (key, content) = (line.key(), line.content());
    match seen.get(&key) {
        Some((_, first)) if *first == content => Read::Twice,
        Some((first, _)) => Read::Bad {
            line: line.at,
            wrongs: vec![Wrong::new(
                "row.doubled",
                format!("和第 {first} 行是同一个人，内容不同"),
                "只留正确的一行",
            )],
        },
        None => {
            seen.insert(key, (line.at, content));
            Read::Line(Box::new(line))
        }
    }
}
