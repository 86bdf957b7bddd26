//! A change of the list in words, and the parameters of an item.

use kernel::Fen;
use plan::api::{Published, area_name, value_zh};
use rules::folder::Folder;
use rules::{Item, List, ParamTable, WhatIf};
use std::collections::BTreeSet;

/// The parameters that an item's conditions and amount read, in the order of the file.
pub(crate) fn params_of(list: &List, no: u16) -> Vec<&ParamTable> {
    let reads = |item: &Item| {
        let conditions = item.conditions.iter().filter_map(|id| list.condition(*id));
        let asks = conditions.map(|condition| &condition.asks);
        let asks = asks.chain(item.amount.iter().map(|amount| &amount.asks));
        asks.flat_map(|asks| asks.params.iter().copied())
            .collect::<BTreeSet<_>>()
    };
    let ids = list.item(no).map(reads).unwrap_or_default();
    ids.into_iter().filter_map(|id| list.param(id)).collect()
}

/// The values a parameter has now: 「100.00 元」, 「随县城镇 80.00 元、农村 60.00 元」.
pub(crate) fn values_now(published: &Published, table: &ParamTable) -> String {
    let day = published.in_force_from.max(published.published_at.day());
    let values = table.in_force(day);
    let words: Vec<String> = values
        .iter()
        .take(4)
        .map(|value| {
            let area = value
                .area
                .map_or_else(String::new, |area| area_name(&published.folder, &area));
            format!(
                "{area}{}{}",
                kind(value.urban),
                value_zh(table.unit, &value.value)
            )
        })
        .collect();
    match (words.is_empty(), values.len() > 4) {
        (true, _) => "没有值".to_owned(),
        (false, false) => words.join("、"),
        (false, true) => format!("{}等", words.join("、")),
    }
}

const fn kind(urban: Option<bool>) -> &'static str {
    match urban {
        Some(true) => "城镇 ",
        Some(false) => "农村 ",
        None => " ",
    }
}

/// A change in one line.
pub(crate) fn change_zh(folder: Option<&Folder>, change: &WhatIf) -> String {
    let item = |no: u16| {
        let place = usize::from(no).checked_sub(1);
        let found = place.and_then(|place| folder?.services.get(place));
        let name = found.map_or("", |service| service.name.as_str());
        (format!("第{no}项 {name}").trim_end().to_owned(), found)
    };
    match change {
        WhatIf::Value {
            param,
            from,
            area,
            urban,
            value,
        } => {
            let known =
                folder.and_then(|folder| folder.params.iter().find(|known| known.name == *param));
            let value = known.map_or_else(String::new, |known| value_zh(known.unit, value));
            let area = match (area, folder) {
                (Some(area), Some(folder)) => area_name(folder, area),
                (Some(area), None) => area.prefix().to_owned(),
                (None, _) => "全市".to_owned(),
            };
            let kind = kind(*urban).trim();
            format!("参数“{param}”自{}起{area}{kind}改为 {value}", from.zh())
        }
        WhatIf::Condition { no, place, clause } => {
            let (name, found) = item(*no);
            let old = place.and_then(|place| found?.conditions.get(place));
            let old = old.map_or("", |clause| clause.says.as_str());
            match (place, clause) {
                (Some(_), Some(asks)) => format!("{name}：“{old}”改为“{}”", asks.says),
                (Some(_), None) => format!("{name}：不再要求“{old}”"),
                (None, Some(asks)) => format!("{name}：增加条件“{}”", asks.says),
                (None, None) => name,
            }
        }
        WhatIf::Add {
            name,
            asks,
            fen,
            unit,
            ..
        } => {
            let money = fen.map_or_else(String::new, |fen| {
                format!("，{} 元/{}", Fen(fen), unit.zh())
            });
            format!("增加项目“{name}”：{}{money}", asks.says)
        }
        WhatIf::Remove { no } => format!("取消{}", item(*no).0),
    }
}

/// The expression that a change writes, beside the one it replaces.
pub(crate) fn expressions(folder: Option<&Folder>, change: &WhatIf) -> Option<String> {
    match change {
        WhatIf::Condition { no, place, clause } => {
            let at = usize::from(*no).checked_sub(1)?;
            let old = place.and_then(|place| {
                let clause = folder?.services.get(at)?.conditions.get(place)?;
                Some(clause.when.trim().to_owned())
            });
            let new = clause.as_ref().map(|asks| asks.when.trim().to_owned());
            Some(match (old, new) {
                (Some(old), Some(new)) => format!("{old} → {new}"),
                (Some(old), None) => format!("{old} →（去掉）"),
                (None, Some(new)) => new,
                (None, None) => return None,
            })
        }
        WhatIf::Add { asks, .. } => Some(asks.when.trim().to_owned()),
        WhatIf::Value { .. } | WhatIf::Remove { .. } => None,
    }
}
