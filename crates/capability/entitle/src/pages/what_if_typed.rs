//! Reads a change of the list as somebody typed it; what is wrong stands at its field.

use super::what_if::item_of;
use kernel::{AreaCode, Fen};
use plan::api::{Published, how_to_type, value_typed};
use rules::folder::{AreaBasis, Service, Unit};
use rules::{Asks, WhatIf};
use ui::Form;

/// Every field of the form.
pub(crate) const ASK: &[&str] = &[
    "no", "kind", "param", "value", "from", "area", "urban", "place", "says", "when", "drop",
    "name", "basis", "amount", "unit",
];

/// The change, or nothing with errors in the form.
pub(crate) fn typed(published: &Published, form: &mut Form) -> Option<WhatIf> {
    let kind = form.one_of(
        "kind",
        &["value", "condition", "remove", "add"],
        "请选择改什么",
    )?;
    if kind == "add" {
        return add(form);
    }
    let Some(item) = item_of(published, &form.data) else {
        form.errors.add("no", "请选择清单里的项目");
        return None;
    };
    match kind.as_str() {
        "value" => value(published, form),
        "condition" => condition(item, form),
        _ => Some(WhatIf::Remove { no: item.no }),
    }
}

fn add(form: &mut Form) -> Option<WhatIf> {
    let name = form.required("name", "请写项目名称");
    let asks = asks(form);
    let basis = form.one_of("basis", &["hukou", "residence"], "请选择按什么地算");
    let unit = form.one_of("unit", Unit::KEYS, "请选择每多久一次");
    let fen = match form.text("amount") {
        None => Some(None),
        Some(text) => {
            if let Some(fen) = Fen::from_yuan(&text) {
                Some(Some(fen.0))
            } else {
                form.errors
                    .add("amount", "金额写成元，最多两位小数，例如 120.50");
                None
            }
        }
    };
    Some(WhatIf::Add {
        name: name?,
        area_basis: AreaBasis::from_key(&basis?)?,
        asks: asks?,
        fen: fen?,
        unit: Unit::from_key(&unit?)?,
    })
}

fn asks(form: &mut Form) -> Option<Asks> {
    let says = form.required("says", "请写条件怎么说，例如：75周岁及以上");
    let when = form.required("when", "请写条件表达式，例如：age >= 75");
    Some(Asks {
        says: says?,
        when: when?,
    })
}

fn condition(item: &Service, form: &mut Form) -> Option<WhatIf> {
    let place = match form.data.get("place") {
        "new" => None,
        text => match text.parse::<usize>() {
            Ok(place) if place < item.conditions.len() => Some(place),
            _ => {
                form.errors.add("place", "请选择哪一个条件");
                return None;
            }
        },
    };
    if form.ticked("drop") {
        if place.is_none() {
            form.errors.add("drop", "增加条件时不能勾选不再要求");
            return None;
        }
        return Some(WhatIf::Condition {
            no: item.no,
            place,
            clause: None,
        });
    }
    let clause = asks(form)?;
    Some(WhatIf::Condition {
        no: item.no,
        place,
        clause: Some(clause),
    })
}

fn value(published: &Published, form: &mut Form) -> Option<WhatIf> {
    let param = form.required("param", "请选择参数");
    let text = form.required("value", "请写改成多少");
    let from = if let Some(from) = form.day("from") {
        Some(from)
    } else {
        if form.errors.of("from").is_none() {
            form.errors.add("from", "请写从哪天起");
        }
        None
    };
    let area: Option<AreaCode> = form.parse("area");
    let urban = match form.data.get("urban") {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    };
    let param = param?;
    let known = published
        .folder
        .params
        .iter()
        .find(|known| known.name == param);
    let Some(known) = known else {
        form.errors.add("param", "清单里没有这个参数，请重新选择");
        return None;
    };
    let value = value_typed(known.unit, &text?);
    if value.is_none() {
        form.errors.add("value", how_to_type(known.unit));
    }
    if form.has_errors() {
        return None;
    }
    Some(WhatIf::Value {
        param,
        from: from?,
        area,
        urban,
        value: value?,
    })
}
