//! Filling the columns: narrow rows in the order of ids, many in one text.
//!
//! A row a person costs the driver more than the database: two million of them took ten seconds with four
//! columns. So the database joins the columns of a person, and the people of a chunk, into one text.

use super::traits::{Traits, UNKNOWN_DAY, flags_sql};
use crate::names::Inner;
use crate::store::intake::of_keys;
use crate::store::person::BY_ID;
use host::PersonKey;
use kernel::AreaCode;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::{Reads, Sql, StoreError, StoreResult, values};

/// Between people, and between columns of a person; neither can be typed, and neither is let through.
const RECORD: char = '\u{1e}';
const UNIT: char = '\u{1f}';

/// One person as the database joined them.
pub(crate) struct Line<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) household: Option<&'a str>,
    pub(crate) traits: Traits,
}

fn select() -> String {
    let flags = flags_sql();
    format!(
        "SELECT p.id AS id, p.id || '{UNIT}' || coalesce(p.hukou_area, '') || '{UNIT}' || \
         coalesce(p.residence_area, '') || '{UNIT}' || coalesce(CAST(p.birth_date AS TEXT), '') || '{UNIT}' || \
         CAST({flags} AS TEXT) || '{UNIT}' || coalesce(replace(p.household, '{RECORD}', ''), '') || '{UNIT}' || \
         replace(p.name, '{RECORD}', '') AS line"
    )
}

fn bad(what: &str) -> StoreError {
    StoreError::BadColumn {
        column: "people_person".to_owned(),
        what: what.to_owned(),
    }
}

fn line_of(text: &str) -> StoreResult<Line<'_>> {
    let mut parts = text.splitn(7, UNIT);
    let mut next = || parts.next().ok_or_else(|| bad("a line is too short"));
    let area = |text: &str| -> StoreResult<Option<AreaCode>> {
        match text {
            "" => Ok(None),
            text => match text.parse() {
                Ok(code) => Ok(Some(code)),
                Err(_not_an_area) => Err(bad(&format!("{text} is not an area"))),
            },
        }
    };
    let number = |text: &str| text.parse::<u32>().map_err(|error| bad(&error.to_string()));
    let id = next()?;
    let (hukou, residence) = (area(next()?)?, area(next()?)?);
    let birth = match next()? {
        "" => UNKNOWN_DAY,
        text => number(text)?,
    };
    let flags = number(next()?)?;
    let household = Some(next()?).filter(|text| !text.is_empty());
    Ok(Line {
        id,
        name: next()?,
        household,
        traits: Traits {
            hukou,
            residence,
            birth,
            flags,
        },
    })
}

fn lines(text: &str) -> impl Iterator<Item = StoreResult<Line<'_>>> {
    text.split(RECORD)
        .filter(|line| !line.is_empty())
        .map(line_of)
}

/// Fills an empty index.
pub(crate) struct Loader {
    inner: Inner,
    /// Households by a digest of 128 bits, for as long as the index is filled.
    houses: HashMap<[u32; 4], u32>,
}

fn digest(household: &str) -> [u32; 4] {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, household).hash(&mut hasher);
        let bits = hasher.finish();
        [bits as u32, (bits >> 32) as u32]
    };
    let ([a, b], [c, d]) = (half(1), half(2));
    [a, b, c, d]
}

impl Loader {
    pub(crate) fn new() -> Self {
        Self {
            inner: Inner::default(),
            houses: HashMap::new(),
        }
    }

    /// Reads everyone, a chunk at a time.
    pub(crate) async fn run(mut self, reads: &impl Reads, chunk: i64) -> StoreResult<Inner> {
        let sql = format!(
            "SELECT max(c.id) AS last, CAST(count(*) AS BIGINT) AS n, \
             coalesce(string_agg(c.line, '{RECORD}'), '') AS lines \
             FROM ({} FROM people_person p WHERE p.shard = $1 AND p.id > $2 ORDER BY p.id LIMIT $3) AS c",
            select()
        );
        // By key, which has an index: ids rise within each shard.
        for shard in crate::store::person::shards(reads).await? {
            let mut last = String::new();
            loop {
                let row = reads
                    .one(&sql, values![shard.as_str(), last.as_str(), chunk])
                    .await?;
                let Some(row) = row else { break };
                let text = row.text("lines")?;
                // The order inside a joined text is the database's.
                let mut read = lines(&text).collect::<StoreResult<Vec<_>>>()?;
                read.sort_unstable_by_key(|line| line.id);
                for line in &read {
                    self.put(line);
                }
                match row.opt_text("last")? {
                    Some(end) if row.int("n")? == chunk => last = end,
                    _ => break,
                }
            }
        }
        Ok(self.finish())
    }

    /// The next person, in the order of ids.
    pub(crate) fn put(&mut self, line: &Line<'_>) {
        let household = line.household.map_or(0, |household| {
            let next = self.houses.len() as u32 + 1;
            *self.houses.entry(digest(household)).or_insert(next)
        });
        self.inner
            .append(line.id, line.name, &line.traits, household);
    }

    pub(crate) fn finish(self) -> Inner {
        let Self { mut inner, houses } = self;
        inner.households = houses.len() as u32;
        drop(houses);
        inner.settle();
        inner
    }
}

/// Reads these people anew, known by id alone; `each` hears of every one.
pub(crate) async fn rows_of(
    reads: &impl Reads,
    ids: &[String],
    mut each: impl FnMut(&Line<'_>),
) -> StoreResult<()> {
    for ids in ids.chunks(500) {
        let mut sql = Sql::new(&format!("{} {BY_ID} WHERE p.id IN (", select()));
        for (place, id) in ids.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(id.as_str());
        }
        sql.push(")");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            each(&line_of(&row.text("line")?)?);
        }
    }
    Ok(())
}

/// The same, by key: each is looked up once.
pub(crate) async fn rows_of_keys(
    reads: &impl Reads,
    keys: &[PersonKey],
    mut each: impl FnMut(&Line<'_>),
) -> StoreResult<()> {
    for keys in keys.chunks(500) {
        let mut sql = Sql::new(&format!("{} FROM people_person p WHERE ", select()));
        sql.append(&of_keys("p.", "id", keys));
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            each(&line_of(&row.text("line")?)?);
        }
    }
    Ok(())
}

/// Members of these households by id, fifty of each at the most: a household has no number of its own to be found by.
pub(crate) async fn members_of(
    reads: &impl Reads,
    households: &BTreeSet<&str>,
) -> StoreResult<HashMap<String, Vec<String>>> {
    let mut out: HashMap<String, Vec<String>> = HashMap::new();
    let all: Vec<&str> = households.iter().copied().collect();
    for part in all.chunks(500) {
        let mut sql = Sql::new(
            "SELECT m.household, m.id FROM (SELECT p.household, p.id, \
             row_number() OVER (PARTITION BY p.household ORDER BY p.id) AS place \
             FROM people_person p WHERE p.household IN (",
        );
        for (place, household) in part.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " })
                .bind(*household);
        }
        sql.push(")) AS m WHERE m.place <= 50");
        let (text, values) = sql.parts();
        for row in reads.all(&text, values).await? {
            let members = out.entry(row.text("household")?).or_default();
            members.push(row.text("id")?);
        }
    }
    Ok(out)
}
