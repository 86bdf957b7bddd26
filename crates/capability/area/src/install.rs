//! Writing a tree into the database: at the demo's birth and when an administrator loads a new one.

use kernel::area_code::Level;
use kernel::{AreaCode, Day};
use rules::folder::{Areas, PlanHead, Source};
use std::collections::BTreeMap;
use store::{Audit, Reads, StoreError, StoreResult, Tx, values};

/// One area of the national tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRow {
    /// Its code.
    pub code: AreaCode,
    /// Its official name.
    pub name: String,
}

/// One body with county powers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementRow {
    /// Its code in the plan, starting with `M`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its towns.
    pub towns: Vec<AreaCode>,
    /// 待当地确认.
    pub confirm: bool,
    /// Where it comes from, in words.
    pub source: String,
}

/// Both trees of a place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// The city and everything in it; each area's parent is the next shorter code.
    pub areas: Vec<AreaRow>,
    /// 管理区划.
    pub management: Vec<ManagementRow>,
}

impl Tree {
    /// The trees of a plan folder, with the plan's place as the root.
    pub fn of_plan(plan: &PlanHead, areas: &Areas) -> Self {
        Self::new(&plan.place, plan.area, areas)
    }

    /// The trees of `areas.toml` below this root.
    pub fn new(place: &str, root: AreaCode, areas: &Areas) -> Self {
        let row = |code: AreaCode, name: &str| AreaRow {
            code,
            name: name.to_owned(),
        };
        let mut rows = vec![row(root, place)];
        for county in &areas.counties {
            rows.push(row(county.code, &county.name));
            for town in &county.towns {
                rows.push(row(town.code, &town.name));
                rows.extend(
                    town.villages
                        .iter()
                        .map(|village| row(village.code, &village.name)),
                );
            }
        }
        let management = areas
            .management
            .iter()
            .map(|body| ManagementRow {
                code: body.code.clone(),
                name: body.name.clone(),
                towns: body.towns.clone(),
                confirm: body.confirm,
                source: words(&body.source),
            })
            .collect();
        Self {
            areas: rows,
            management,
        }
    }
}

fn words(source: &Source) -> String {
    match source {
        Source::Document {
            document,
            section,
            quote,
        } => format!("{document} {section}：{quote}"),
        Source::Basis { basis } => basis.clone(),
    }
}

/// Writes both trees as they are from `from` on. An area that is no longer there ends on that day and
/// keeps its name for old records; 管理区划 is replaced. Loading the same tree again changes nothing.
pub async fn install(tx: &mut Tx, tree: &Tree, from: Day) -> StoreResult<()> {
    check(tree)?;
    let mut old: BTreeMap<String, (String, bool)> = BTreeMap::new();
    for row in tx
        .all("SELECT code, name, valid_to FROM area_node", vec![])
        .await?
    {
        let ended = row.opt_day("valid_to")?.is_some();
        old.insert(row.text("code")?, (row.text("name")?, ended));
    }
    let mut fresh = Vec::new();
    for area in &tree.areas {
        match old.remove(area.code.as_str()) {
            None => fresh.push(values![
                area.code.as_str(),
                area.name.clone(),
                level_key(area.code.level()),
                area.code.parent().as_str(),
                from.number(),
                None::<i32>,
            ]),
            Some((name, false)) if name == area.name => {}
            Some((name, _)) => {
                if name != area.name {
                    let sql = "INSERT INTO area_former (code, name, until_day) VALUES ($1, $2, $3) ON CONFLICT (code, name) DO NOTHING";
                    tx.run(sql, values![area.code.as_str(), name, from.number()])
                        .await?;
                }
                let sql = "UPDATE area_node SET name = $1, valid_to = NULL WHERE code = $2";
                tx.run(sql, values![area.name.clone(), area.code.as_str()])
                    .await?;
            }
        }
    }
    let (added, mut ended) = (fresh.len(), 0);
    let columns = ["code", "name", "level", "parent", "valid_from", "valid_to"];
    tx.insert_many("area_node", &columns, fresh).await?;
    for (code, (_, already)) in old {
        if !already {
            let sql = "UPDATE area_node SET valid_to = $1 WHERE code = $2";
            tx.run(sql, values![from.number(), code]).await?;
            ended += 1;
        }
    }
    tx.run("DELETE FROM area_management_member", vec![]).await?;
    tx.run("DELETE FROM area_management", vec![]).await?;
    for body in &tree.management {
        tx.run(
            "INSERT INTO area_management (code, name, confirm, source) VALUES ($1, $2, $3, $4)",
            values![
                body.code.clone(),
                body.name.clone(),
                body.confirm,
                body.source.clone()
            ],
        )
        .await?;
        let towns = body
            .towns
            .iter()
            .map(|town| values![body.code.clone(), town.as_str()])
            .collect();
        tx.insert_many("area_management_member", &["management", "town"], towns)
            .await?;
    }
    tx.audit(
        Audit::new("area.install")
            .with("added", added)
            .with("ended", ended)
            .with("management", tree.management.len()),
    );
    Ok(())
}

/// A tree that would give wrong scopes is refused as a whole.
fn check(tree: &Tree) -> StoreResult<()> {
    let mut seen = std::collections::BTreeSet::new();
    for area in &tree.areas {
        if !seen.insert(area.code) {
            return Err(StoreError::Other(format!(
                "area {} stands twice in the tree",
                area.code
            )));
        }
    }
    let root = tree.areas.first().map(|root| root.code);
    for area in tree.areas.iter().skip(1) {
        if !seen.contains(&area.code.parent()) && root.is_none_or(|root| !root.contains(&area.code))
        {
            return Err(StoreError::Other(format!(
                "area {} has no parent in the tree",
                area.code
            )));
        }
    }
    let mut taken = std::collections::BTreeSet::new();
    for (body, town) in tree
        .management
        .iter()
        .flat_map(|b| b.towns.iter().map(move |t| (b, t)))
    {
        if !seen.contains(town) || town.level() != Level::Town {
            let text = format!("{} names {town}, which is no town of the tree", body.code);
            return Err(StoreError::Other(text));
        }
        if !taken.insert(*town) {
            return Err(StoreError::Other(format!(
                "town {town} belongs to two management areas"
            )));
        }
    }
    Ok(())
}

pub(crate) const fn level_key(level: Level) -> &'static str {
    match level {
        Level::Province => "province",
        Level::City => "city",
        Level::County => "county",
        Level::Town => "town",
        Level::Village => "village",
    }
}
