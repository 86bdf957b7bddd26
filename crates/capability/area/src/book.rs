//! The book of areas: both trees in memory, immutable, answered without a query.

use crate::install::{AreaRow, ManagementRow, Tree};
use crate::names::plain;
use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use std::collections::{BTreeMap, HashMap};
use store::{Reads, Store, StoreError, StoreResult};

/// One area of the national tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Its official name.
    pub name: String,
    /// From this day on it is no longer there; its name stays for old records.
    pub ended: Option<Day>,
}

impl Area {
    /// The name as people say it: 龙头湾村.
    pub fn plain_name(&self) -> String {
        plain(&self.name)
    }
}

/// What kind of body decides and is ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExecutorKind {
    /// 县、市、区
    County,
    /// 管委会
    Management,
}

/// A body with county powers: a county without the towns that a 管委会 runs, or a 管委会.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executor {
    /// `421303000000` for a county, `M42130001` for a 管委会.
    pub key: String,
    /// Its name.
    pub name: String,
    /// County or 管委会.
    pub kind: ExecutorKind,
    /// 待当地确认: which towns belong to it.
    pub confirm: bool,
    /// Where that comes from; empty for a county.
    pub source: String,
    /// What it covers: the county's code when whole, otherwise its towns.
    pub areas: Vec<AreaCode>,
    /// The county it is (or lies in).
    pub county: AreaCode,
}

/// Both trees of the installation's place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AreaBook {
    areas: BTreeMap<AreaCode, Area>,
    children: BTreeMap<AreaCode, Vec<AreaCode>>,
    executors: Vec<Executor>,
    by_town: HashMap<AreaCode, usize>,
    by_name: HashMap<String, Vec<AreaCode>>,
    root: Option<AreaCode>,
    /// Names that codes had earlier.
    pub(crate) former: Vec<(AreaCode, String)>,
}

impl AreaBook {
    /// The book as the database holds it; areas that have ended by the store's day keep only their
    /// names.
    pub async fn load(store: &Store) -> StoreResult<Self> {
        let today = store.clock().today();
        let mut areas = Vec::new();
        for row in store
            .all(
                "SELECT code, name, valid_to FROM area_node ORDER BY code",
                vec![],
            )
            .await?
        {
            let code = row.opt_area("code")?.ok_or_else(|| StoreError::BadColumn {
                column: "area_node.code".to_owned(),
                what: "null".to_owned(),
            })?;
            let ended = row.opt_day("valid_to")?.filter(|day| *day <= today);
            areas.push(Area {
                code,
                name: row.text("name")?,
                ended,
            });
        }
        let mut management: BTreeMap<String, ManagementRow> = BTreeMap::new();
        let bodies = "SELECT code, name, confirm, source FROM area_management ORDER BY code";
        for row in store.all(bodies, vec![]).await? {
            let code = row.text("code")?;
            let body = ManagementRow {
                code: code.clone(),
                name: row.text("name")?,
                towns: Vec::new(),
                confirm: row.flag("confirm")?,
                source: row.text("source")?,
            };
            management.insert(code, body);
        }
        let members =
            "SELECT management, town FROM area_management_member ORDER BY management, town";
        for row in store.all(members, vec![]).await? {
            if let (Some(body), Some(town)) = (
                management.get_mut(&row.text("management")?),
                row.opt_area("town")?,
            ) {
                body.towns.push(town);
            }
        }
        let mut book = Self::build(areas, management.into_values().collect());
        let former = "SELECT code, name FROM area_former ORDER BY code, name";
        for row in store.all(former, vec![]).await? {
            if let Some(code) = row.opt_area("code")? {
                book.former.push((code, row.text("name")?));
            }
        }
        Ok(book)
    }

    /// The book of a tree that is not in a database (tests, commands on a plan folder).
    pub fn of_tree(tree: &Tree) -> Self {
        let area = |row: &AreaRow| Area {
            code: row.code,
            name: row.name.clone(),
            ended: None,
        };
        Self::build(
            tree.areas.iter().map(area).collect(),
            tree.management.clone(),
        )
    }

    fn build(areas: Vec<Area>, management: Vec<ManagementRow>) -> Self {
        let present = areas.iter().filter(|area| area.ended.is_none());
        let root = present.map(|area| area.code).min_by_key(AreaCode::level);
        let mut book = Self {
            root,
            ..Self::default()
        };
        for area in areas {
            if area.ended.is_none() && root != Some(area.code) {
                let parent = area.code.parent();
                book.children.entry(parent).or_default().push(area.code);
            }
            book.areas.insert(area.code, area);
        }
        for codes in book.children.values_mut() {
            codes.sort_unstable();
        }
        book.add_executors(management);
        book.index_names();
        book
    }

    fn add_executors(&mut self, management: Vec<ManagementRow>) {
        let taken = |town: &AreaCode| management.iter().any(|body| body.towns.contains(town));
        let counties: Vec<&Area> = self
            .areas
            .values()
            .filter(|area| area.code.level() == Level::County && area.ended.is_none())
            .collect();
        let mut executors = Vec::new();
        for county in counties {
            let towns = self.children.get(&county.code).cloned().unwrap_or_default();
            let (given, own): (Vec<_>, Vec<_>) = towns.into_iter().partition(&taken);
            executors.push(Executor {
                key: county.code.to_string(),
                name: county.name.clone(),
                kind: ExecutorKind::County,
                confirm: false,
                source: String::new(),
                areas: if given.is_empty() {
                    vec![county.code]
                } else {
                    own
                },
                county: county.code,
            });
        }
        for body in management {
            let Some(first) = body.towns.first() else {
                continue;
            };
            let county = first.up_to(Level::County);
            let place = executors.len();
            for town in &body.towns {
                self.by_town.insert(*town, place);
            }
            executors.push(Executor {
                key: body.code,
                name: body.name,
                kind: ExecutorKind::Management,
                confirm: body.confirm,
                source: body.source,
                areas: body.towns,
                county,
            });
        }
        self.executors = executors;
    }

    fn index_names(&mut self) {
        let mut index: HashMap<String, Vec<AreaCode>> = HashMap::new();
        for area in self.areas.values() {
            let code = area.code;
            let mut names = vec![
                area.name.clone(),
                area.plain_name(),
                self.full_name(&code),
                self.short_name(&code),
            ];
            names.sort_unstable();
            names.dedup();
            for name in names {
                index.entry(name).or_default().push(code);
            }
        }
        self.by_name = index;
    }

    /// The topmost area: the installation's place.
    pub fn root(&self) -> Option<&Area> {
        self.root.and_then(|code| self.areas.get(&code))
    }

    /// The area of this code, also one that has ended.
    pub fn area(&self, code: &AreaCode) -> Option<&Area> {
        self.areas.get(code)
    }

    /// All areas that ever were, by code.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// Its official name.
    pub fn name(&self, code: &AreaCode) -> Option<&str> {
        self.areas.get(code).map(|area| area.name.as_str())
    }

    /// Whether the code lies in the installation's place.
    pub fn is_local(&self, code: &AreaCode) -> bool {
        self.root.is_some_and(|root| root.contains(code))
    }

    /// 「曾都区万店镇龙头湾村」 without the city; a code outside is 「外地（441900）」.
    pub fn full_name(&self, code: &AreaCode) -> String {
        self.chain(code, Level::County)
    }

    /// 「万店镇龙头湾村」: without the county, for lists where the county is clear.
    pub fn short_name(&self, code: &AreaCode) -> String {
        self.chain(
            code,
            if code.level() >= Level::Town {
                Level::Town
            } else {
                Level::County
            },
        )
    }

    /// Names from `top` down to the code; above `top` its own name.
    fn chain(&self, code: &AreaCode, top: Level) -> String {
        let mut out = String::new();
        let mut lacking = false;
        for level in [Level::County, Level::Town, Level::Village] {
            if level < top || level > code.level() {
                continue;
            }
            match self.areas.get(&code.up_to(level)) {
                Some(area) => out.push_str(&area.plain_name()),
                None => lacking = true,
            }
        }
        if code.level() < Level::County {
            return match self.areas.get(code) {
                Some(area) => area.name.clone(),
                None => outside(code),
            };
        }
        if !lacking {
            return out;
        }
        if out.is_empty() && !self.is_local(code) {
            return outside(code);
        }
        format!("{out}（区划代码 {}）", code.prefix())
    }

    /// The areas directly inside, sorted by code.
    pub fn children(&self, code: &AreaCode) -> Vec<&Area> {
        let codes = self.children.get(code).map_or(&[][..], Vec::as_slice);
        codes
            .iter()
            .filter_map(|code| self.areas.get(code))
            .collect()
    }

    /// All villages inside (itself when it is one), sorted by code.
    pub fn villages(&self, code: &AreaCode) -> Vec<&Area> {
        self.inside(code, Level::Village)
    }

    /// All towns inside (itself when it is one), sorted by code.
    pub fn towns(&self, code: &AreaCode) -> Vec<&Area> {
        self.inside(code, Level::Town)
    }

    /// All counties, sorted by code.
    pub fn counties(&self) -> Vec<&Area> {
        self.root
            .map_or_else(Vec::new, |root| self.inside(&root, Level::County))
    }

    fn inside(&self, code: &AreaCode, level: Level) -> Vec<&Area> {
        self.areas
            .range(code.up_to(code.level())..)
            .take_while(|(inner, _)| code.contains(inner))
            .map(|(_, area)| area)
            .filter(|area| area.code.level() == level && area.ended.is_none())
            .collect()
    }

    /// Bodies with county powers: counties first, then 管委会, each by code.
    pub fn executors(&self) -> &[Executor] {
        &self.executors
    }

    /// The body of this key; a county's key may be written with 6 digits.
    pub fn executor(&self, key: &str) -> Option<&Executor> {
        let padded = key
            .parse::<AreaCode>()
            .map_or_else(|_management| key.to_owned(), |c| c.to_string());
        self.executors
            .iter()
            .find(|executor| executor.key == padded)
    }

    /// The body that decides for this county, town or village; none for a city or a code outside.
    pub fn executor_of(&self, code: &AreaCode) -> Option<&Executor> {
        if let Some(place) = self.by_town.get(&code.up_to(Level::Town)) {
            return self.executors.get(*place);
        }
        if code.level() < Level::County {
            return None;
        }
        self.executor(self.areas.get(&code.up_to(Level::County))?.code.as_str())
    }

    /// What a body covers: the county's code when whole, otherwise its towns; empty for an unknown key.
    pub fn executor_scope(&self, key: &str) -> Vec<AreaCode> {
        self.executor(key)
            .map(|executor| executor.areas.clone())
            .unwrap_or_default()
    }

    /// Areas of this name, sorted by code: official name, plain name, 「万店镇龙头湾村」 or
    /// 「曾都区万店镇龙头湾村」, with or without the city in front; or the code itself.
    pub fn find_by_name(&self, text: &str) -> Vec<&Area> {
        let text: String = text.split_whitespace().collect();
        if let Some(area) = text
            .parse()
            .ok()
            .and_then(|code: AreaCode| self.areas.get(&code))
        {
            return vec![area];
        }
        let city = self.root().map_or("", |root| root.name.as_str());
        let tail = match text.find(city) {
            Some(at) if !city.is_empty() => text.get(at + city.len()..).unwrap_or_default(),
            _ => "",
        };
        let codes = self
            .by_name
            .get(&text)
            .or_else(|| self.by_name.get(&plain(&text)));
        let codes = codes
            .or_else(|| self.by_name.get(tail))
            .or_else(|| self.by_name.get(&plain(tail)));
        codes
            .into_iter()
            .flatten()
            .filter_map(|code| self.areas.get(code))
            .collect()
    }
}

/// A place of which only the code is known, never shorter than the six digits people know.
fn outside(code: &AreaCode) -> String {
    let digits = code.prefix().len().max(6);
    format!(
        "外地（{}）",
        code.as_str().get(..digits).unwrap_or_default()
    )
}
