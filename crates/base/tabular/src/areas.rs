//! Areas by code, by old code, by name, by a path of names.

mod names;
#[cfg(test)]
mod tests;

use crate::Wrong;
use crate::value::{brief, narrow};
use kernel::AreaCode;
use names::{Rank, remainder_is_an_address, simple, variants, without_above};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// An area of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaEntry {
    /// Its code today.
    pub code: AreaCode,
    /// Its name: 东城街道.
    pub name: String,
    /// The area above it; by the code where it is `None`.
    pub parent: Option<AreaCode>,
    /// Codes it had earlier.
    pub old_codes: Vec<AreaCode>,
    /// Names it had earlier.
    pub old_names: Vec<String>,
}

#[derive(Debug)]
struct Node {
    code: AreaCode,
    name: String,
    parent: Option<usize>,
}

/// An area that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundArea {
    /// Its code today.
    pub code: AreaCode,
    /// By a code or a name that it, or an area above it, had earlier.
    pub formerly: bool,
}

type Answers = HashMap<(Option<AreaCode>, String), Result<FoundArea, Wrong>>;

/// Finds areas in what people write; remembers what it was asked.
#[derive(Debug)]
pub struct AreaIndex {
    nodes: Vec<Node>,
    by_code: HashMap<AreaCode, usize>,
    by_old_code: HashMap<AreaCode, Vec<usize>>,
    by_name: HashMap<String, Vec<Named>>,
    /// Areas that are gone, by code: name and last day, where nothing stands in their place.
    ended: HashMap<AreaCode, Ended>,
    answers: Mutex<Answers>,
}

/// Characters a text may have to be looked at.
const LONGEST: usize = 120;
/// Characters a name of an area may have.
const LONGEST_NAME: usize = 24;
/// Answers kept.
const KEPT: usize = 100_000;
/// Steps a path is followed.
const STEPS: u32 = 5_000;

/// A way to read a text as a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Reading {
    /// Sum of the ranks of its names.
    rank: u32,
    node: usize,
    /// A name in it is an earlier one.
    formerly: bool,
}

/// An area that goes by a name.
#[derive(Debug, Clone, Copy)]
struct Named {
    node: usize,
    rank: Rank,
    formerly: bool,
}

/// An area that is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The code it had.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Since when it is gone: 「2021年5月1日」.
    pub since: String,
}

/// A path as far as it was followed.
#[derive(Debug, Clone, Copy, Default)]
struct Followed {
    within: Option<usize>,
    rank: u32,
    formerly: bool,
}

impl AreaIndex {
    /// An index over a tree.
    pub fn new(entries: impl IntoIterator<Item = AreaEntry>) -> Self {
        let entries: Vec<AreaEntry> = entries.into_iter().collect();
        let by_code: HashMap<AreaCode, usize> = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| (entry.code, at))
            .collect();
        let mut by_old_code: HashMap<AreaCode, Vec<usize>> = HashMap::new();
        let mut by_name: HashMap<String, Vec<Named>> = HashMap::new();
        let mut nodes = Vec::with_capacity(entries.len());
        for (at, entry) in entries.into_iter().enumerate() {
            for old in entry.old_codes {
                by_old_code.entry(old).or_default().push(at);
            }
            let mut all: BTreeMap<String, (Rank, bool)> = BTreeMap::new();
            let names = std::iter::once((&entry.name, Rank::NAME, false))
                .chain(entry.old_names.iter().map(|name| (name, Rank::OLD, true)));
            for (name, rank, formerly) in names {
                for (variant, more) in variants(name) {
                    let named = (rank.plus(more), formerly);
                    let best = all.entry(variant).or_insert(named);
                    *best = named.min(*best);
                }
            }
            for (name, (rank, formerly)) in all {
                by_name.entry(name).or_default().push(Named {
                    node: at,
                    rank,
                    formerly,
                });
            }
            let above = match entry.parent {
                Some(parent) => by_code.get(&parent).copied(),
                None => above(entry.code, &by_code),
            };
            nodes.push(Node {
                code: entry.code,
                name: entry.name,
                parent: above.filter(|above| *above != at),
            });
        }
        Self {
            nodes,
            by_code,
            by_old_code,
            by_name,
            ended: HashMap::new(),
            answers: Mutex::default(),
        }
    }

    /// The same, with areas that are gone and that nothing stands for: who writes one hears so.
    pub fn with_ended(mut self, ended: impl IntoIterator<Item = Ended>) -> Self {
        self.ended = ended.into_iter().map(|area| (area.code, area)).collect();
        self
    }

    /// The area meant by a text: a code of 6, 9 or 12 digits (also an old one), a name, a short name, a
    /// path in any joining (「湖北省随州市曾都区东城街道」), also with a house number behind it. With
    /// a hint only areas inside it count. Refuses with `area.empty`, `area.unknown_code`,
    /// `area.unknown`, `area.ambiguous` (names the candidates), `area.outside` (fits, but not inside
    /// the hint). A number cell is asked by [`crate::Cell::shown`].
    pub fn find(&self, text: &str, hint: Option<AreaCode>) -> Result<AreaCode, Wrong> {
        self.found(text, hint).map(|found| found.code)
    }

    /// The same, and whether it goes by an earlier code or name.
    pub fn found(&self, text: &str, hint: Option<AreaCode>) -> Result<FoundArea, Wrong> {
        let key = (hint, text.to_owned());
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = answers.get(&key) {
            return answer.clone();
        }
        let answer = self.look(text, hint);
        if answers.len() >= KEPT {
            answers.clear();
        }
        if text.len() <= 4 * LONGEST {
            answers.insert(key, answer.clone());
        }
        answer
    }

    fn look(&self, text: &str, hint: Option<AreaCode>) -> Result<FoundArea, Wrong> {
        let narrow = narrow(text);
        let plain = simple(&narrow);
        if crate::value::is_nothing(&narrow) || plain.is_empty() {
            return Err(Wrong::new("area.empty", "没有填地区", "请填区划代码或名称"));
        }
        if plain.bytes().next().is_some_and(|b| b.is_ascii_digit()) {
            let digits = plain.bytes().take_while(u8::is_ascii_digit).count();
            let (code, rest) = plain.split_at(digits);
            // 421303001东城街道 says it twice; 3组 is no code.
            if rest.is_empty() || digits >= 6 {
                return self.by_digits(code, &narrow, hint);
            }
        }
        if plain.chars().count() > LONGEST {
            return Err(unknown(&narrow));
        }
        let direct = self.by_name.get(&plain);
        let mut readings: Vec<Reading> = direct
            .into_iter()
            .flatten()
            .map(|named| Reading {
                rank: named.rank.number(),
                node: named.node,
                formerly: named.formerly,
            })
            .collect();
        if readings.is_empty() {
            readings = self.paths(&plain);
        }
        if readings.is_empty() {
            let gone = self.ended.values().filter(|area| {
                let name = simple(&area.name);
                plain == name || plain.ends_with(&name)
            });
            return Err(match gone.min_by_key(|area| area.code) {
                Some(area) => ended(area),
                None => unknown(&narrow),
            });
        }
        self.choose(readings, hint, &narrow)
    }

    fn by_digits(
        &self,
        digits: &str,
        shown: &str,
        hint: Option<AreaCode>,
    ) -> Result<FoundArea, Wrong> {
        let unknown = |says: String| {
            Wrong::new(
                "area.unknown_code",
                says,
                "请对照区划代码表填 6、9 或 12 位代码，或写名称",
            )
        };
        if shown.contains(['E', 'e']) && shown.contains('+') || shown.contains('.') {
            return Err(unknown(format!(
                "区划代码「{}」的末几位已丢失，请把该列设为文本后重新导出",
                brief(shown)
            )));
        }
        let code: AreaCode = match digits.len() {
            2 | 4 | 6 | 9 | 12 => digits.parse().ok(),
            _ => None,
        }
        .ok_or_else(|| unknown(format!("「{}」不是 6、9 或 12 位区划代码", brief(shown))))?;
        if self.by_code.contains_key(&code) {
            return self.inside(code, false, hint, shown);
        }
        let old: Vec<Reading> = self
            .by_old_code
            .get(&code)
            .into_iter()
            .flatten()
            .map(|node| Reading {
                rank: 0,
                node: *node,
                formerly: true,
            })
            .collect();
        if let (true, Some(area)) = (old.is_empty(), self.ended.get(&code)) {
            return Err(ended(area));
        }
        if old.is_empty() {
            return Err(unknown(format!("区划代码表里没有「{}」", brief(shown))));
        }
        self.choose(old, hint, shown)
    }

    fn inside(
        &self,
        code: AreaCode,
        formerly: bool,
        hint: Option<AreaCode>,
        shown: &str,
    ) -> Result<FoundArea, Wrong> {
        match hint {
            Some(hint) if !self.is_within(code, hint) => {
                let place = self.path(hint).unwrap_or_else(|| hint.to_string());
                Err(Wrong::new(
                    "area.outside",
                    format!("「{}」不在{place}内", brief(shown)),
                    "请核对地区，或由管辖该地区的单位导入",
                ))
            }
            _ => Ok(FoundArea { code, formerly }),
        }
    }

    /// Whether an area lies in another, by the tree (or by its code where it is not in the tree).
    fn is_within(&self, code: AreaCode, hint: AreaCode) -> bool {
        let (Some(inner), Some(outer)) = (self.by_code.get(&code), self.by_code.get(&hint)) else {
            return hint.contains(&code);
        };
        self.up(*inner).any(|node| node == *outer)
    }

    /// A node and all above it.
    fn up(&self, from: usize) -> impl Iterator<Item = usize> {
        let above = move |node: &usize| self.nodes.get(*node).and_then(|node| node.parent);
        std::iter::successors(Some(from), above).take(12)
    }

    fn choose(
        &self,
        mut readings: Vec<Reading>,
        hint: Option<AreaCode>,
        shown: &str,
    ) -> Result<FoundArea, Wrong> {
        let code = |reading: &Reading| self.nodes.get(reading.node).map(|node| node.code);
        if let Some(hint) = hint {
            let all = readings.clone();
            readings.retain(|r| code(r).is_some_and(|code| self.is_within(code, hint)));
            if readings.is_empty() {
                return match all.first().and_then(code) {
                    Some(first) => self.inside(first, false, Some(hint), shown),
                    None => Err(unknown(shown)),
                };
            }
        }
        readings.sort();
        let best = readings.first().map_or(0, |reading| reading.rank);
        readings.retain(|reading| reading.rank == best);
        readings.dedup_by_key(|reading| reading.node);
        // 淅河 is the town where the town and a village in it are both called so.
        let above_all = readings.iter().find(|outer| {
            readings
                .iter()
                .all(|inner| self.up(inner.node).any(|node| node == outer.node))
        });
        if let Some(reading) = above_all
            && let Some(code) = code(reading)
        {
            let formerly = reading.formerly;
            return Ok(FoundArea { code, formerly });
        }
        let mut names: Vec<String> = readings
            .iter()
            .filter_map(|reading| self.path(code(reading)?))
            .collect();
        names.sort();
        let count = names.len();
        let more = if count > 5 { "等" } else { "" };
        names.truncate(5);
        Err(Wrong::new(
            "area.ambiguous",
            format!(
                "叫「{}」的有 {count} 个：{}{more}",
                brief(shown),
                names.join("、")
            ),
            "请写上所属的乡镇街道，或填 12 位区划代码",
        ))
    }

    /// All ways to read a text as a path of names, each inside the one before.
    fn paths(&self, plain: &str) -> Vec<Reading> {
        let mut out = Vec::new();
        let mut steps = 0;
        let start = Followed::default();
        self.follow(plain, start, &mut steps, &mut out);
        if out.is_empty() {
            // A province or city that the tree does not reach up to.
            for rest in without_above(plain) {
                self.follow(rest, start, &mut steps, &mut out);
                if !out.is_empty() {
                    break;
                }
            }
        }
        out
    }

    fn follow(&self, rest: &str, path: Followed, steps: &mut u32, out: &mut Vec<Reading>) {
        let within = path.within;
        let ends = within.filter(|node| {
            rest.is_empty()
                || self.nodes.get(*node).is_some_and(|node| {
                    node.code.level() == kernel::area_code::Level::Village
                        && remainder_is_an_address(rest)
                })
        });
        if let Some(node) = ends {
            out.push(Reading {
                rank: path.rank,
                node,
                formerly: path.formerly,
            });
        }
        if rest.is_empty() {
            return;
        }
        let ends = rest
            .char_indices()
            .skip(1)
            .map(|(at, _)| at)
            .chain([rest.len()]);
        for end in ends.take(LONGEST_NAME) {
            let Some(found) = rest.get(..end).and_then(|name| self.by_name.get(name)) else {
                continue;
            };
            for named in found {
                let node = &named.node;
                *steps += 1;
                if *steps > STEPS {
                    return;
                }
                let deeper = within.is_none_or(|within| {
                    *node != within && self.up(*node).any(|above| above == within)
                });
                if deeper {
                    let rest = rest.get(end..).unwrap_or("");
                    let path = Followed {
                        within: Some(*node),
                        rank: path.rank + named.rank.number(),
                        formerly: path.formerly || named.formerly,
                    };
                    self.follow(rest, path, steps, out);
                }
            }
        }
    }

    /// The path of names down to an area: 「随州市曾都区东城街道」.
    pub fn path(&self, code: AreaCode) -> Option<String> {
        let node = *self.by_code.get(&code)?;
        let names: Vec<&str> = self
            .up(node)
            .filter_map(|node| self.nodes.get(node))
            .map(|node| node.name.as_str())
            .collect();
        Some(names.into_iter().rev().collect())
    }
}

/// The nearest area above by code.
fn above(code: AreaCode, by_code: &HashMap<AreaCode, usize>) -> Option<usize> {
    let mut at = code;
    loop {
        let parent = at.parent();
        if parent == at {
            return None;
        }
        if let Some(found) = by_code.get(&parent) {
            return Some(*found);
        }
        at = parent;
    }
}

fn ended(area: &Ended) -> Wrong {
    Wrong::new(
        "area.ended",
        format!("「{}」（{}）{}起已撤销", area.name, area.code, area.since),
        "请填现在所属的村、社区",
    )
}

fn unknown(shown: &str) -> Wrong {
    Wrong::new(
        "area.unknown",
        format!("找不到叫「{}」的地区", brief(shown)),
        "请核对名称，或填 12 位区划代码",
    )
}
