//! A list with one change, without a folder: what a question about next year is asked with (rows C02, C03).

use crate::folder::params::fits;
use crate::folder::{
    ACCESS, AreaBasis, Beneficiary, Benefit, BenefitKind, Clause, DatedValue, Folder, Formula,
    Overlay, PARAMS, ParamValue, SERVICE_TYPES, SERVICES, Service, Source, Unit,
};
use crate::list::List;
use crate::{Problem, compile};
use kernel::{AreaCode, Day};
use serde::{Deserialize, Serialize};

/// One change of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum WhatIf {
    /// A parameter has another value from a day on.
    Value {
        /// The parameter.
        param: String,
        /// In force from this day.
        from: Day,
        /// For this area only.
        area: Option<AreaCode>,
        /// For 城镇 (`true`) or 农村 (`false`) only.
        urban: Option<bool>,
        /// The value.
        value: ParamValue,
    },
    /// An item asks something else.
    Condition {
        /// The item.
        no: u16,
        /// The place of the condition that goes; `None` adds one.
        place: Option<usize>,
        /// What is asked in its place; `None` asks nothing.
        clause: Option<Asks>,
    },
    /// There is another item.
    Add {
        /// Its name.
        name: String,
        /// Whose area decides.
        area_basis: AreaBasis,
        /// What it asks.
        asks: Asks,
        /// Fen per unit; `None` for a service that is not money.
        fen: Option<i64>,
        /// Per what.
        unit: Unit,
    },
    /// An item is not there any more.
    Remove {
        /// The item.
        no: u16,
    },
}

/// A condition in words and as an expression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// In Chinese.
    pub says: String,
    /// The expression.
    pub when: String,
}

/// The list with the change made, its demo values laid over what is not changed. Problems name the row that
/// was typed: the file is the one it would stand in.
pub fn with_change(
    folder: &Folder,
    overlay: Option<&Overlay>,
    change: &WhatIf,
) -> Result<List, Vec<Problem>> {
    let mut folder = folder.clone();
    let mut overlay = overlay.cloned();
    let words = serde_json::to_string(change).unwrap_or_default();
    folder.digest = crate::folder::digest_of_text(&format!("{}\n{words}", folder.digest));
    let problem = |file, what: String, remedy: &str| Err(vec![Problem::at(file, 1, what, remedy)]);
    match change {
        WhatIf::Value {
            param: name,
            from,
            area,
            urban,
            value,
        } => {
            if area.is_some_and(|area| !folder.plan.area.contains(&area)) {
                return problem(PARAMS, "地区不在本市以内".to_owned(), "选本市的地区");
            }
            let Some(param) = folder.params.iter_mut().find(|param| param.name == *name) else {
                return problem(PARAMS, format!("没有参数「{name}」"), "选清单里有的参数");
            };
            if !fits(param.unit, value) {
                let what = format!("参数「{name}」的值与 unit = \"{}\" 不符", param.unit.key());
                return problem(PARAMS, what, "按这个参数的单位写值");
            }
            // Demo values stand in the place of a parameter's own: the change is made on them.
            if let Some(overlay) = &mut overlay
                && let Some(laid) = overlay.values.iter().find(|laid| laid.name == *name)
            {
                param.values.clone_from(&laid.values);
                overlay.values.retain(|laid| laid.name != *name);
            }
            put(&mut param.values, *from, *area, *urban, value);
        }
        WhatIf::Condition { no, place, clause } => {
            let Some(service) = service(&mut folder, *no) else {
                return problem(SERVICES, format!("清单没有第 {no} 项"), "选清单里有的项目");
            };
            let new = clause.as_ref().map(|asks| clause_of(asks, service.line));
            match (place, new) {
                (None, None) => return problem(SERVICES, "没有写条件".to_owned(), "写一个条件"),
                (None, Some(new)) => service.conditions.push(new),
                (Some(place), new) => {
                    if *place >= service.conditions.len() {
                        return problem(SERVICES, "没有这个条件".to_owned(), "选项目里有的条件");
                    }
                    service.conditions.splice(*place..=*place, new);
                }
            }
        }
        WhatIf::Add {
            name,
            area_basis,
            asks,
            fen,
            unit,
        } => {
            let new = added(&folder, name, *area_basis, asks, *fen, *unit);
            folder.services.push(new);
        }
        WhatIf::Remove { no } => {
            // Numbers stay, and what asks for the item finds nobody.
            let Some(service) = service(&mut folder, *no) else {
                return problem(SERVICES, format!("清单没有第 {no} 项"), "选清单里有的项目");
            };
            let nobody = Asks {
                says: "取消".to_owned(),
                when: "false".to_owned(),
            };
            service.conditions = vec![clause_of(&nobody, service.line)];
        }
    }
    compile(&folder, overlay.as_ref())
}

fn service(folder: &mut Folder, no: u16) -> Option<&mut Service> {
    let place = usize::from(no).checked_sub(1)?;
    folder.services.get_mut(place)
}

fn clause_of(asks: &Asks, line: usize) -> Clause {
    Clause {
        says: asks.says.clone(),
        when: asks.when.clone(),
        line,
    }
}

/// Puts a value where it wins over those that were in force, for every narrower area and 城乡 inside it.
fn put(
    values: &mut Vec<DatedValue>,
    from: Day,
    area: Option<AreaCode>,
    urban: Option<bool>,
    value: &ParamValue,
) {
    let inside = |known: &DatedValue| {
        area.is_none_or(|area| known.area.is_some_and(|known| area.contains(&known)))
            && urban.is_none_or(|urban| known.urban == Some(urban))
    };
    let mut whom: Vec<(Option<AreaCode>, Option<bool>)> = vec![(area, urban)];
    for known in values.iter().filter(|known| inside(known)) {
        if !whom.contains(&(known.area, known.urban)) {
            whom.push((known.area, known.urban));
        }
    }
    values.retain(|known| !(known.from >= from && whom.contains(&(known.area, known.urban))));
    for (area, urban) in whom {
        values.push(DatedValue {
            from,
            area,
            urban,
            value: value.clone(),
            line: 1,
        });
    }
}

fn added(
    folder: &Folder,
    name: &str,
    area_basis: AreaBasis,
    asks: &Asks,
    fen: Option<i64>,
    unit: Unit,
) -> Service {
    let line = folder.services.last().map_or(1, |last| last.line);
    Service {
        no: folder.services.len() as u16 + 1,
        name: name.to_owned(),
        content: name.to_owned(),
        audience: asks.says.clone(),
        service_type: SERVICE_TYPES[0].to_owned(),
        lead: Vec::new(),
        access: ACCESS[0].to_owned(),
        area_basis,
        beneficiary: Beneficiary::SelfPerson,
        benefit: Benefit {
            kind: if fen.is_some() {
                BenefitKind::Money
            } else {
                BenefitKind::InKind
            },
            unit,
        },
        conditions: vec![clause_of(asks, line)],
        amount: fen.map(|fen| Formula {
            text: fen.to_string(),
            line,
        }),
        tiers: Vec::new(),
        note: None,
        posthumous: false,
        confirm: false,
        source: Source::Basis {
            basis: "测算用的假设，不是清单的内容".to_owned(),
        },
        line,
    }
}
