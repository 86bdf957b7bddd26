//! `areas.toml`: 行政区划 for statistics and 管理区划 for who decides (invariant 8).

use super::reader::Row;
use super::source::{self, Source};
use kernel::AreaCode;
use kernel::area_code::Level;
use serde::Serialize;
use std::collections::BTreeSet;

/// The two trees over the same towns and villages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Areas {
    /// Where the codes come from; `None` for a folder without `areas.toml`.
    pub source: Option<Source>,
    /// Counties with their towns and villages.
    pub counties: Vec<County>,
    /// Areas with county powers over towns of other counties.
    pub management: Vec<Management>,
}

/// 县、市、区.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct County {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its towns.
    pub towns: Vec<Town>,
    /// The line it stands on.
    pub line: usize,
}

/// 街道、镇、乡.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Town {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its villages.
    pub villages: Vec<Village>,
    /// The line it stands on.
    pub line: usize,
}

/// 村、居委会.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Village {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// The line it stands on.
    pub line: usize,
}

/// A body with county powers that has no code of its own in the national tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Management {
    /// Its code in this plan, starting with `M`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its towns.
    pub towns: Vec<AreaCode>,
    /// 待当地确认.
    pub confirm: bool,
    /// Where it comes from.
    pub source: Source,
    /// The line it stands on.
    pub line: usize,
}

pub(super) const KEYS: &[&str] = &["source", "county", "management"];

pub(super) fn read(top: Row<'_>, documents: &[String], place: Option<AreaCode>) -> Areas {
    let mut seen = BTreeSet::new();
    let mut counties = Vec::new();
    for row in top.rows("county", &["code", "name", "town"]) {
        let towns = row.rows("town", &["code", "name", "villages"]);
        let (code, name) = (
            child(row, place, Level::County, &mut seen),
            row.text("name"),
        );
        let towns = towns
            .into_iter()
            .filter_map(|row| town(row, code, &mut seen))
            .collect();
        if let (Some(code), Some(name)) = (code, name) {
            counties.push(County {
                code,
                name,
                towns,
                line: row.line,
            });
        }
    }
    let management = management(top, documents, &counties);
    Areas {
        source: source::read(top, documents),
        counties,
        management,
    }
}

fn town(row: Row<'_>, county: Option<AreaCode>, seen: &mut BTreeSet<AreaCode>) -> Option<Town> {
    let (code, name) = (child(row, county, Level::Town, seen), row.text("name"));
    let code = code?;
    let mut villages = Vec::new();
    for (digits, name, line) in row.pairs("villages") {
        let village: Option<AreaCode> = format!("{}{digits}", code.prefix()).parse().ok();
        match village.filter(|village| digits.len() == 3 && village.level() == Level::Village) {
            Some(village) if seen.insert(village) => {
                villages.push(Village {
                    code: village,
                    name,
                    line,
                });
            }
            Some(village) => row.problem(line, format!("村级区划 {village} 重复"), "只留一个"),
            None => row.problem(
                line,
                format!("村级代码「{digits}」不对"),
                "写后三位数字，如 \"001\"",
            ),
        }
    }
    Some(Town {
        code,
        name: name?,
        villages,
        line: row.line,
    })
}

/// A code of this level inside its parent, seen for the first time.
fn child(
    row: Row<'_>,
    parent: Option<AreaCode>,
    level: Level,
    seen: &mut BTreeSet<AreaCode>,
) -> Option<AreaCode> {
    let code = row.area("code")?;
    let line = row.line_of("code");
    if code.level() != level || parent.is_some_and(|parent| !parent.contains(&code)) {
        row.problem(
            line,
            format!("区划代码 {code} 的层级或上级不对"),
            "核对统计用区划代码",
        );
        return None;
    }
    if !seen.insert(code) {
        row.problem(line, format!("区划代码 {code} 重复"), "只留一个");
    }
    Some(code)
}

fn management(top: Row<'_>, documents: &[String], counties: &[County]) -> Vec<Management> {
    let mut found: Vec<Management> = Vec::new();
    for row in top.rows(
        "management",
        &["code", "name", "towns", "confirm", "source"],
    ) {
        let (code, name, source) = (
            row.text("code"),
            row.text("name"),
            source::read(row, documents),
        );
        let mut towns = Vec::new();
        for text in row.texts("towns").unwrap_or_default() {
            let town: Option<AreaCode> = text.parse().ok();
            let known = |town: &AreaCode| {
                counties
                    .iter()
                    .any(|c| c.towns.iter().any(|t| t.code == *town))
            };
            let taken = |town: &AreaCode| found.iter().any(|other| other.towns.contains(town));
            match town.filter(known) {
                Some(town) if !taken(&town) && !towns.contains(&town) => towns.push(town),
                Some(town) => {
                    let what = format!("乡镇 {town} 已属于另一个管理区划");
                    row.problem(row.line_of("towns"), what, "一个乡镇只属于一个管理区划");
                }
                None => {
                    let what = format!("没有乡镇「{text}」");
                    row.problem(
                        row.line_of("towns"),
                        what,
                        "写 areas.toml 里有的 9 位乡镇代码",
                    );
                }
            }
        }
        let (Some(code), Some(name), Some(source)) = (code, name, source) else {
            continue;
        };
        if !code.starts_with('M') || found.iter().any(|other| other.code == code) {
            row.problem(
                row.line_of("code"),
                format!("管理区划代码「{code}」不能用"),
                "以 M 开头且不重复",
            );
        }
        let confirm = row.flag("confirm").unwrap_or(false);
        found.push(Management {
            code,
            name,
            towns,
            confirm,
            source,
            line: row.line,
        });
    }
    found
}
