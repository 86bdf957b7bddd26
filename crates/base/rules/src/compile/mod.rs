//! From a folder to a list that may be asked, or to all its problems: fails closed (invariant 4).

mod params;
mod programmes;
mod rows;
mod size;

use crate::Problem;
use crate::folder::{Folder, Overlay};
use crate::list::List;
use rows::Rows;

/// Compiles a folder; an overlay lays demo values over its parameters.
pub fn compile(folder: &Folder, overlay: Option<&Overlay>) -> Result<List, Vec<Problem>> {
    let (tables, mut problems) = params::tables(folder, overlay);
    let mut rows = Rows::new(folder, &tables);
    let items: Vec<_> = folder
        .services
        .iter()
        .map(|service| rows.item(service))
        .collect();
    let programmes = programmes::compile(folder, &items, &mut rows);
    let (rounding, leap) = (rows.rounding, rows.leap);
    problems.extend(rows.problems);
    let order = programmes::order(&programmes, &mut problems);
    let list = List {
        digest: folder.digest.clone(),
        overlay_digest: overlay.map(|overlay| overlay.digest.clone()),
        plan: folder.plan.clone(),
        head: folder.list.clone(),
        items,
        programmes,
        conditions: rows.conditions,
        params: tables,
        rounding,
        leap,
        order,
    };
    if problems.is_empty() {
        problems = size::check(&list);
    }
    if problems.is_empty() {
        Ok(list)
    } else {
        Err(problems)
    }
}
