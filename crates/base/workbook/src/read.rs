//! Reads a workbook back as changes of the book it was made from.

use crate::changes::changes;
use crate::columns::{ABOUT, FINDINGS, MEASURES, ROWS, Sheet, VALUES};
use crate::figure::Find;
use crate::grid::{self, Grid};
use crate::line::{Lines, Problems};
use crate::row::Reading;
use crate::{CellProblem, figure, head, origin, words};
use figures::edit::Change;
use figures::{Book, Row};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// What a workbook changes. Rows that say what they said give no change; rows that are gone from a sheet
/// that is there are removed; a sheet that is not there means nothing about its rows.
pub fn read(bytes: &[u8], base: &Book) -> Result<Vec<Change>, Vec<CellProblem>> {
    let grids = grid::read(bytes).map_err(|problem| vec![problem])?;
    let problems: Problems = RefCell::new(Vec::new());
    right_file(&grids, base, &problems)?;
    let mut sheets: Vec<(&Sheet, Vec<Row>)> = Vec::new();
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let compound = words::compound(base);
    for sheet in &ROWS {
        let Some(grid) = grids.iter().find(|grid| grid.name == sheet.name) else {
            continue;
        };
        let Some(lines) = Lines::of(sheet, grid, &problems) else {
            continue;
        };
        let mut reading = Reading {
            base,
            sheet,
            compound: &compound,
            used: &mut used,
            names: &mut names,
        };
        let rows = lines.iter().filter_map(|line| reading.row(line)).collect();
        sheets.push((sheet, rows));
    }
    let find = |written: &str| {
        let id = names.get(written).map_or(written, String::as_str);
        let new = sheets
            .iter()
            .flat_map(|(_, rows)| rows)
            .find(|row| row.id == id);
        let there = |row: &&Row| {
            used.contains(id) || !sheets.iter().any(|(sheet, _)| sheet.key == row.kind.key())
        };
        match new.or_else(|| base.row(id).filter(there)) {
            Some(row) => Find::Row(row),
            None if used.contains(id) => Find::Unread,
            None => Find::Unknown,
        }
    };
    let values = grids.iter().find(|grid| grid.name == VALUES.name);
    let found = values
        .and_then(|grid| Lines::of(&VALUES, grid, &problems))
        .map(|lines| figure::read(&lines, base, find));
    let problems = problems.into_inner();
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(changes(base, sheets, found))
}

/// The workbook is one of this plan, and no sheet is called by a wrong name.
fn right_file(grids: &[Grid], base: &Book, problems: &Problems) -> Result<(), Vec<CellProblem>> {
    let refuse = |what: String, remedy: &str| {
        Err(vec![CellProblem {
            sheet: String::new(),
            row: 0,
            column: String::new(),
            what,
            remedy: remedy.to_owned(),
        }])
    };
    if let Some(origin) = origin::of(grids).filter(|origin| origin.slug != base.head.slug) {
        let what = format!("这是「{}」的文件，不是{}的", origin.slug, base.head.place);
        return refuse(what, "换成这个地区下载的文件");
    }
    let editable = || ROWS.iter().chain([&VALUES]);
    let all: Vec<&str> = editable().map(|sheet| sheet.name).collect();
    if !grids.iter().any(|grid| all.contains(&grid.name.as_str())) {
        return refuse(
            format!("没有 {} 中的任何一张工作表", all.join("、")),
            "先下载一份，在里面改，再上传",
        );
    }
    let other = [ABOUT, FINDINGS, MEASURES];
    for grid in grids
        .iter()
        .filter(|grid| !all.contains(&grid.name.as_str()) && !other.contains(&grid.name.as_str()))
    {
        let first = grid.rows.values().next();
        let ours = first.is_some_and(|line| {
            line.values()
                .any(|cell| [head::ID, head::ROW].contains(&cell.text.as_str()))
        });
        if ours {
            problems.borrow_mut().push(CellProblem {
                sheet: grid.name.clone(),
                row: 0,
                column: String::new(),
                what: "不认识这张工作表".to_owned(),
                remedy: format!("工作表只能叫 {}；不导入的删去", all.join("、")),
            });
        }
    }
    Ok(())
}
