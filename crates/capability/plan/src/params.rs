//! The parameters of a version for reading: values by day, area and 城乡, with their source.

use kernel::{AreaCode, Day, Fen};
use rules::List;
use rules::folder::{Folder, ParamUnit, ParamValue, Source};
use serde::Serialize;

/// A parameter as a page or command shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamRow {
    /// Its name.
    pub name: String,
    /// What it means.
    pub says: String,
    /// What its values are.
    pub unit: ParamUnit,
    /// 待当地确认.
    pub confirm: bool,
    /// The plan states a minimum; a county may raise it.
    pub floor: bool,
    /// Its values are demo values (演示值), not the plan's.
    pub demo: bool,
    /// Where it comes from.
    pub source: Source,
    /// Its values: the whole place first, then by area, 城乡 and day, latest first.
    pub values: Vec<ParamValueRow>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ParamValueRow {
    /// From this day.
    pub from: Day,
    /// For this area; `None` is the whole place.
    pub area: Option<AreaCode>,
    /// The name of that area; the whole place's where none is named.
    pub area_name: String,
    /// For 城镇 or 农村 only.
    pub urban: Option<bool>,
    /// The value.
    pub value: ParamValue,
    /// The value in words: 100.00 元, 20%, 80 周岁.
    pub zh: String,
    /// Whether it is the one in force on the asked day for its area and 城乡.
    pub in_force: bool,
}

/// All parameters of a version in file order, with the demo values the list was compiled with.
pub fn param_rows(folder: &Folder, list: &List, on: Day) -> Vec<ParamRow> {
    let row = |param: &rules::folder::Param| {
        let table = list.params().iter().find(|table| table.name == param.name);
        let in_force = table.map(|table| table.in_force(on)).unwrap_or_default();
        let mut values: Vec<_> = table
            .map(|table| table.values().to_vec())
            .unwrap_or_default();
        values.sort_by(|a, b| {
            (a.area, a.urban.map(|urban| !urban), b.from).cmp(&(
                b.area,
                b.urban.map(|urban| !urban),
                a.from,
            ))
        });
        let value = |value: &rules::folder::DatedValue| ParamValueRow {
            from: value.from,
            area: value.area,
            area_name: value.area.map_or_else(
                || folder.plan.place.clone(),
                |area| area_name(folder, &area),
            ),
            urban: value.urban,
            zh: value_zh(param.unit, &value.value),
            value: value.value.clone(),
            in_force: in_force.contains(&value),
        };
        ParamRow {
            name: param.name.clone(),
            says: param.says.clone(),
            unit: param.unit,
            confirm: param.confirm,
            floor: param.floor,
            demo: table.is_some_and(|table| table.demo),
            source: param.source.clone(),
            values: values.iter().map(value).collect(),
        }
    };
    folder.params.iter().map(row).collect()
}

/// A value in words.
pub fn value_zh(unit: ParamUnit, value: &ParamValue) -> String {
    match (unit, value) {
        (ParamUnit::Fen, ParamValue::Int(fen)) => format!("{} 元", Fen(*fen)),
        (ParamUnit::Percent, ParamValue::Int(number)) => format!("{number}%"),
        (ParamUnit::Level, ParamValue::Int(number)) => format!("{number} 级"),
        (ParamUnit::Age, ParamValue::Int(number)) => format!("{number} 周岁"),
        (_, ParamValue::Int(number)) => number.to_string(),
        (_, ParamValue::Flag(true)) => "是".to_owned(),
        (_, ParamValue::Flag(false)) => "否".to_owned(),
        (_, ParamValue::Word(word)) => word.clone(),
    }
}

/// The name of an area in the folder's own tree: 曾都区万店镇龙头湾村; otherwise its code.
pub fn area_name(folder: &Folder, code: &AreaCode) -> String {
    if *code == folder.plan.area {
        return folder.plan.place.clone();
    }
    let Some(county) = folder
        .areas
        .counties
        .iter()
        .find(|county| county.code.contains(code))
    else {
        return format!("区划代码 {}", code.prefix());
    };
    let mut name = county.name.clone();
    if county.code == *code {
        return name;
    }
    let Some(town) = county.towns.iter().find(|town| town.code.contains(code)) else {
        return format!("{name}（区划代码 {}）", code.prefix());
    };
    name.push_str(&town.name);
    if town.code == *code {
        return name;
    }
    match town.villages.iter().find(|village| village.code == *code) {
        Some(village) => name.push_str(&village.name),
        None => name.push_str(&format!("（区划代码 {}）", code.prefix())),
    }
    name
}
