//! Counts of the register by figure and place: what maps, money and drill-downs add up.
//!
//! Rows A20, C01; product.md 42. Written whole by the nightly job, so every page of a day shows the same
//! numbers as the tiles; the leaves are the codes of the register, sums are taken over them.

use entitle::api::Sum;
use kernel::area_code::{Level, ranges};
use kernel::{AreaCode, Day};
use people::api::ResidentsAt;
use std::collections::BTreeMap;
use store::{Reads, Sql, StoreResult, Tx, values};

/// What stands at one place for one figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amount {
    /// People, or findings.
    pub(crate) people: i64,
    /// Fen a cycle.
    pub(crate) fen: i64,
    /// Findings without an amount.
    pub(crate) unpriced: i64,
}

impl Amount {
    pub(crate) fn add(&mut self, other: Self) {
        self.people += other.people;
        self.fen += other.fen;
        self.unpriced += other.unpriced;
    }
}

/// Figure and place (`None`: no place registered) with what stands there.
pub(crate) type Leaves = BTreeMap<(String, Option<AreaCode>), Amount>;

/// The figure of what a programme comes to in one state.
pub(crate) fn of_programme(state: &str, programme: &str) -> String {
    format!("{state}:{programme}")
}

/// A column of a place's counts.
type Column = fn(&ResidentsAt) -> i64;

/// Figures that count residents, with their column.
const RESIDENTS: [(&str, Column); 5] = [
    ("residents", |at| at.people),
    ("dated", |at| at.dated),
    ("elders_60", |at| at.elders),
    ("elders_80", |at| at.eldest),
    ("children_under_3", |at| at.infants),
];

/// All leaves: residents by 常住地, findings by 户籍地 to the village, programmes by 户籍地 to the town.
pub(crate) fn leaves(residents: &[ResidentsAt], sums: &[Sum]) -> Leaves {
    let mut out = Leaves::new();
    let mut add = |figure: String, area: Option<AreaCode>, amount: Amount| {
        if amount.people != 0 {
            out.entry((figure, area)).or_default().add(amount);
        }
    };
    for at in residents {
        for (figure, column) in RESIDENTS {
            let people = column(at);
            let amount = Amount {
                people,
                ..Amount::default()
            };
            add(figure.to_owned(), at.area, amount);
        }
    }
    for sum in sums {
        let amount = Amount {
            people: sum.people,
            fen: sum.fen,
            unpriced: sum.unpriced,
        };
        if sum.state != "receiving" {
            add(sum.state.clone(), sum.area, amount);
        }
        let town = sum.area.map(|code| code.up_to(Level::Town));
        add(of_programme(&sum.state, &sum.programme), town, amount);
    }
    out
}

/// Writes them for a day; whether anything changed. The caller audits.
pub(crate) async fn replace(tx: &mut Tx, day: Day, leaves: &Leaves) -> StoreResult<bool> {
    if computed_on(tx).await? == Some(day) && all(tx).await? == *leaves {
        return Ok(false);
    }
    tx.run("DELETE FROM dashboard_rollup", vec![]).await?;
    let rows = leaves
        .iter()
        .map(|((figure, area), amount)| {
            values![
                figure.as_str(),
                area.map_or_else(String::new, |code| code.to_string()),
                amount.people,
                amount.fen,
                amount.unpriced,
                day.number(),
            ]
        })
        .collect();
    let columns = ["figure", "area", "people", "fen", "unpriced", "day"];
    tx.insert_many("dashboard_rollup", &columns, rows).await?;
    Ok(true)
}

/// The day they were counted for; none before the first time.
pub(crate) async fn computed_on(reads: &impl Reads) -> StoreResult<Option<Day>> {
    let row = reads
        .one("SELECT max(day) AS day FROM dashboard_rollup", vec![])
        .await?;
    row.map_or(Ok(None), |row| row.opt_day("day"))
}

const READ: &str = "SELECT figure, area, people, fen, unpriced FROM dashboard_rollup";

async fn read(reads: &impl Reads, sql: Sql) -> StoreResult<Leaves> {
    let (text, values) = sql.parts();
    let mut out = Leaves::new();
    for row in reads.all(&text, values).await? {
        let area = match row.text("area")?.as_str() {
            "" => None,
            _ => row.opt_area("area")?,
        };
        let amount = Amount {
            people: row.int("people")?,
            fen: row.int("fen")?,
            unpriced: row.int("unpriced")?,
        };
        out.insert((row.text("figure")?, area), amount);
    }
    Ok(out)
}

async fn all(reads: &impl Reads) -> StoreResult<Leaves> {
    read(reads, Sql::new(READ)).await
}

/// The leaves of one figure inside some areas; all of them, also outside and without a place, where no
/// area is given.
pub(crate) async fn of_figure(
    reads: &impl Reads,
    figure: &str,
    areas: &[AreaCode],
) -> StoreResult<Vec<(Option<AreaCode>, Amount)>> {
    let mut sql = Sql::new(READ);
    sql.push(" WHERE figure = ").bind(figure);
    for (place, (from, until)) in ranges(areas).into_iter().enumerate() {
        sql.push(if place == 0 { " AND ((" } else { " OR (" });
        sql.push("area >= ").bind(from);
        sql.push(" AND area < ").bind(until).push(")");
    }
    if !areas.is_empty() {
        sql.push(")");
    }
    let leaves = read(reads, sql).await?;
    Ok(leaves
        .into_iter()
        .map(|((_, area), amount)| (area, amount))
        .collect())
}

/// What programmes come to, by state, programme and town.
pub(crate) async fn money(reads: &impl Reads) -> StoreResult<Leaves> {
    let mut sql = Sql::new(READ);
    sql.push(" WHERE figure LIKE '%:%'");
    read(reads, sql).await
}

/// The sum of leaves inside these areas.
pub(crate) fn inside<'a>(
    leaves: impl IntoIterator<Item = (&'a Option<AreaCode>, &'a Amount)>,
    areas: &[AreaCode],
) -> Amount {
    let mut out = Amount::default();
    for (code, amount) in leaves {
        if code.is_some_and(|code| areas.iter().any(|area| area.contains(&code))) {
            out.add(*amount);
        }
    }
    out
}
