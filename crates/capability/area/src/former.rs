//! Codes and names that areas had earlier: lists of the past still write them.

use crate::book::{Area, AreaBook};
use crate::names::plain;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use std::collections::BTreeMap;

/// What an area was written as earlier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Earlier {
    /// Codes that are gone and whose area it is now.
    pub codes: Vec<AreaCode>,
    /// Names that it, or an area it took over, had.
    pub names: Vec<String>,
}

/// An area that is gone and that no present one stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// The code it had.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Since when it is gone.
    pub since: Day,
}

impl AreaBook {
    /// What the present areas were written as earlier, by their code; and who is gone without anybody in their place.
    /// A code that is gone is that of the one present area of its level and county that goes, or went, by its name.
    pub fn earlier(&self) -> (BTreeMap<AreaCode, Earlier>, Vec<Gone>) {
        let mut out: BTreeMap<AreaCode, Earlier> = BTreeMap::new();
        for (code, name) in &self.former {
            out.entry(*code).or_default().names.push(name.clone());
        }
        let mut named: BTreeMap<(AreaCode, Level, String), Vec<AreaCode>> = BTreeMap::new();
        let mut add = |code: AreaCode, name: &str| {
            let key = (code.up_to(Level::County), code.level(), plain(name));
            let all = named.entry(key).or_default();
            if !all.contains(&code) {
                all.push(code);
            }
        };
        for area in self.all().filter(|area| area.ended.is_none()) {
            add(area.code, &area.name);
        }
        for (code, name) in &self.former {
            if self.area(code).is_some_and(|area| area.ended.is_none()) {
                add(*code, name);
            }
        }
        let mut gone = Vec::new();
        for area in self.all() {
            let Area {
                code,
                name,
                ended: Some(since),
            } = area
            else {
                continue;
            };
            let key = (code.up_to(Level::County), code.level(), plain(name));
            match named.get(&key).map(Vec::as_slice) {
                Some([now]) => {
                    let earlier = out.entry(*now).or_default();
                    earlier.codes.push(*code);
                    if self.name(now) != Some(name) {
                        earlier.names.push(name.clone());
                    }
                }
                _ => gone.push(Gone {
                    code: *code,
                    name: name.clone(),
                    since: *since,
                }),
            }
        }
        (out, gone)
    }
}
