//! The thread that reads: rows become lines, a chunk at a time.

use super::CHUNK;
use crate::line::{Line, LineReader, Meant};
use area::api::AreaBook;
use kernel::AreaCode;
use std::collections::{BTreeMap, HashMap};
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
    /// It cannot go in; who is meant may be readable all the same.
    Bad {
        line: u64,
        wrongs: Vec<Wrong>,
        meant: Option<Meant>,
    },
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
    pub(super) names: Arc<AreaBook>,
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
        let mut formerly = Formerly::default();
        while let Some(step) = rows.next().map_err(Wrong::from)? {
            chunk.push(match step {
                Step::Refused(refused) => Read::Bad {
                    line: refused.line,
                    wrongs: vec![refused.wrong],
                    meant: None,
                },
                Step::Row(row) => match self.reader.read(&row) {
                    Err(unread) => Read::Bad {
                        line: row.line,
                        wrongs: unread.wrongs,
                        meant: unread.meant,
                    },
                    Ok(line) => {
                        formerly.note(&line);
                        once(&mut seen, line)
                    }
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
        says.extend(formerly.says(&self.names));
        if notes.beyond > 0 {
            says.push(format!("表头以外的 {} 个格子没有读", notes.beyond));
        }
        if !chunk.is_empty() && send.blocking_send(Chunk { rows: chunk, about }).is_err() {
            return Ok(Vec::new());
        }
        Ok(says)
    }
}

/// Areas that were written by an earlier code or name, and on how many rows.
#[derive(Default)]
struct Formerly(BTreeMap<(String, AreaCode), i64>);

/// Earlier names that are told one by one.
const TOLD: usize = 8;
/// Different earlier names that are counted.
const COUNTED: usize = 10_000;

impl Formerly {
    fn note(&mut self, line: &Line) {
        for one in &line.formerly {
            if self.0.len() < COUNTED || self.0.contains_key(one) {
                *self.0.entry(one.clone()).or_default() += 1;
            }
        }
    }

    fn says(self, names: &AreaBook) -> Vec<String> {
        let more = self.0.len().saturating_sub(TOLD);
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let told = all.iter().take(TOLD).map(|((text, code), rows)| {
            let rows = ui::grouped(rows.unsigned_abs());
            format!(
                "旧地名、旧代码“{text}”按现在的{}登记，{rows} 行",
                names.full_name(code)
            )
        });
        let rest = (more > 0).then(|| format!("另有 {more} 个旧地名、旧代码按现在的地区登记"));
        told.chain(rest).collect()
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
            meant: None,
        },
        None => {
            seen.insert(key, (line.at, content));
            Read::Line(Box::new(line))
        }
    }
}
