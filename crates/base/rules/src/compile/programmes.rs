//! Programmes: their own rule or that of their one item, and an order in which stacking is decided.

use super::rows::Rows;
use crate::Problem;
use crate::folder::{Cycle, Folder, PROGRAMMES, Programme, Unit};
use crate::list::{AmountExpr, CompiledProgramme, Item};

pub(super) fn compile(
    folder: &Folder,
    items: &[Item],
    rows: &mut Rows<'_>,
) -> Vec<CompiledProgramme> {
    let known = folder.programmes.iter();
    known
        .map(|programme| one(folder, programme, items, rows))
        .collect()
}

fn one(
    folder: &Folder,
    programme: &Programme,
    items: &[Item],
    rows: &mut Rows<'_>,
) -> CompiledProgramme {
    let item = match programme.fulfils.as_slice() {
        [no] => items.iter().find(|item| item.service.no == *no),
        _ => None,
    };
    let items_below = u16::try_from(items.len() + 1).unwrap_or(u16::MAX);
    let (says, conditions) = match (&programme.conditions, item) {
        (Some(own), _) => rows.conditions(own, programme.posthumous, items_below, PROGRAMMES),
        (None, Some(item)) => (item.says.clone(), item.conditions.clone()),
        (None, None) => {
            let what = format!(
                "待遇项目「{}」没有条件，也不是只对应一项清单",
                programme.name
            );
            let remedy = "写明 conditions，或让 fulfils 只有一项";
            rows.problems
                .push(Problem::at(PROGRAMMES, programme.line, what, remedy));
            (Vec::new(), Vec::new())
        }
    };
    let amount = match (&programme.amount, item) {
        (Some(formula), _) => rows.amount(formula, items_below, PROGRAMMES),
        (None, Some(item)) => inherited(programme, item, rows),
        (None, None) => None,
    };
    let place = |id: &String| folder.programmes.iter().position(|other| other.id == *id);
    let excludes = programme.excludes.iter().filter_map(place).collect();
    CompiledProgramme {
        programme: programme.clone(),
        says,
        conditions,
        amount,
        excludes,
    }
}

/// The item's amount, which is per unit: the cycle must be the same. What is given per meal or visit
/// has no amount per cycle, because it depends on how often it was used.
fn inherited(programme: &Programme, item: &Item, rows: &mut Rows<'_>) -> Option<AmountExpr> {
    let amount = item.amount.clone()?;
    let same = matches!(
        (programme.cycle, item.service.benefit.unit),
        (Cycle::Month, Unit::Month)
            | (Cycle::Quarter, Unit::Quarter)
            | (Cycle::Year, Unit::Year)
            | (Cycle::Once, Unit::Once)
    );
    if same {
        return Some(amount);
    }
    if matches!(item.service.benefit.unit, Unit::Meal | Unit::Visit) {
        return None;
    }
    let (cycle, unit) = (programme.cycle.zh(), item.service.benefit.unit.zh());
    let what = format!(
        "待遇项目「{}」{cycle}发放，清单金额按{unit}计",
        programme.name
    );
    let problem = Problem::at(
        PROGRAMMES,
        programme.line,
        what,
        "写明每个发放周期的 amount",
    );
    rows.problems.push(problem);
    None
}

/// The programmes so that each stands after those it gives way to; a circle is a problem.
pub(super) fn order(programmes: &[CompiledProgramme], problems: &mut Vec<Problem>) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::new();
    loop {
        let ready = programmes.iter().enumerate().find(|(place, programme)| {
            !order.contains(place) && programme.excludes.iter().all(|other| order.contains(other))
        });
        match ready {
            Some((place, _)) => order.push(place),
            None => break,
        }
    }
    for (place, programme) in programmes.iter().enumerate() {
        if !order.contains(&place) {
            let row = &programme.programme;
            let what = format!("待遇项目「{}」的 excludes 互相排除", row.name);
            problems.push(Problem::at(
                PROGRAMMES,
                row.line,
                what,
                "只在让位的一方写 excludes",
            ));
        }
    }
    order
}
