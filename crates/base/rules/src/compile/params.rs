//! The parameter tables of a folder, with an overlay laid over them.

use crate::Problem;
use crate::folder::{Folder, OVERLAY_FILE, Overlay, PARAMS, ParamUnit, ParamValue};
use crate::nearest::nearest;
use crate::param::{LEAP_BIRTHDAY, LEAP_WORDS, ParamTable, ROUNDING};
use crate::rounding::Rounding;

/// The tables by their place in the folder, and what is wrong with them.
pub(super) fn tables(
    folder: &Folder,
    overlay: Option<&Overlay>,
) -> (Vec<ParamTable>, Vec<Problem>) {
    let mut tables: Vec<ParamTable> = folder.params.iter().map(ParamTable::new).collect();
    let mut problems = Vec::new();
    for laid in overlay.into_iter().flat_map(|overlay| &overlay.values) {
        let known = folder.params.iter().map(|param| param.name.as_str());
        let Some(table) = tables.iter_mut().find(|table| table.name == laid.name) else {
            let remedy = nearest(&laid.name, known).map_or_else(
                || "演示值只能给 params.toml 里的参数".to_owned(),
                |near| format!("是不是 {near}？"),
            );
            let what = format!("没有参数「{}」", laid.name);
            problems.push(Problem::at(OVERLAY_FILE, laid.line, what, remedy));
            continue;
        };
        for value in laid
            .values
            .iter()
            .filter(|value| !table.takes(&value.value))
        {
            let what = format!(
                "参数「{}」的值与 unit = \"{}\" 不符",
                laid.name,
                table.unit.key()
            );
            problems.push(Problem::at(
                OVERLAY_FILE,
                value.line,
                what,
                "按参数的 unit 写值",
            ));
        }
        table.lay(laid.values.clone());
        table.demo = true;
    }
    for table in &tables {
        let file = if table.demo { OVERLAY_FILE } else { PARAMS };
        let line = folder
            .params
            .iter()
            .find(|p| p.name == table.name)
            .map_or(1, |p| p.line);
        problems.extend(reserved(table, file, line));
    }
    (tables, problems)
}

/// The parameters the language itself asks take only its words.
fn reserved(table: &ParamTable, file: &str, line: usize) -> Vec<Problem> {
    let words: Vec<&str> = match table.name.as_str() {
        ROUNDING => Rounding::ALL
            .iter()
            .flat_map(|way| [way.zh(), way.key()])
            .collect(),
        LEAP_BIRTHDAY => LEAP_WORDS.to_vec(),
        _ => return Vec::new(),
    };
    let mut problems = Vec::new();
    if table.unit != ParamUnit::Word {
        problems.push(Problem::at(
            file,
            line,
            format!("参数「{}」应为选项", table.name),
            "写 unit = \"word\"",
        ));
    }
    for value in table.values() {
        let known =
            matches!(&value.value, ParamValue::Word(word) if words.contains(&word.as_str()));
        if !known {
            let what = format!("参数「{}」没有这个选项", table.name);
            problems.push(Problem::at(
                file,
                value.line,
                what,
                format!("应为 {} 之一", words.join("、")),
            ));
        }
        if table.name == LEAP_BIRTHDAY && (value.area.is_some() || value.urban.is_some()) {
            let what = format!("参数「{}」不能分地区、城乡", table.name);
            problems.push(Problem::at(file, value.line, what, "去掉 area 和 urban"));
        }
    }
    problems
}
