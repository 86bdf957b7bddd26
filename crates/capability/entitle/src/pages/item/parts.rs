//! The parts of an item's page: its parameters, programmes, examples and the versions that changed it.

use crate::connected::Connected;
use crate::pages::reasons;
use kernel::{AreaCode, Day};
use plan::api::{PlanBook, Published, param_rows};
use rules::folder::{AreaBasis, ParamUnit, Source};
use std::collections::BTreeSet;

/// One parameter the item or its programmes ask.
pub(super) struct Param {
    pub(super) name: String,
    pub(super) says: String,
    pub(super) values: Vec<Value>,
    pub(super) source: String,
    pub(super) confirm: bool,
    pub(super) demo: bool,
    pub(super) floor: bool,
}

/// One value of it.
pub(super) struct Value {
    pub(super) zh: String,
    pub(super) whom: String,
    pub(super) from: Day,
    pub(super) in_force: bool,
}

/// What the item's conditions and amount ask, and those of the programmes that fulfil it, in file order.
pub(super) fn params(published: &Published, no: u16, today: Day) -> Vec<Param> {
    let list = &published.list;
    let mut names: BTreeSet<&str> = BTreeSet::new();
    let mut add = |ids: &[rules::CondId], amount: Option<&rules::AmountExpr>| {
        let of_conditions = ids.iter().filter_map(|id| list.condition(*id));
        let asked = of_conditions
            .map(|condition| &condition.asks)
            .chain(amount.map(|amount| &amount.asks));
        for id in asked.flat_map(|asks| &asks.params) {
            names.extend(list.param(*id).map(|table| table.name.as_str()));
        }
    };
    if let Some(item) = list.item(no) {
        add(&item.conditions, item.amount.as_ref());
        let tiers: Vec<rules::CondId> = item.tiers.iter().map(|tier| tier.condition).collect();
        add(&tiers, None);
    }
    for row in list.programmes() {
        if row.programme.fulfils.contains(&no) {
            add(&row.conditions, row.amount.as_ref());
        }
    }
    param_rows(&published.folder, list, today)
        .into_iter()
        .filter(|row| names.contains(row.name.as_str()))
        .map(|row| Param {
            // Files count in fen, people in yuan: the words follow the values shown.
            says: if row.unit == ParamUnit::Fen {
                row.says.replace("，分/", "，元/")
            } else {
                row.says
            },
            values: row
                .values
                .into_iter()
                .map(|value| Value {
                    zh: value.zh,
                    whom: match value.urban {
                        Some(true) => format!("{}城镇", value.area_name),
                        Some(false) => format!("{}农村", value.area_name),
                        None => value.area_name,
                    },
                    from: value.from,
                    in_force: value.in_force,
                })
                .collect(),
            source: match &row.source {
                Source::Document { .. } => {
                    let (document, section, quote) = reasons::source_of(&row.source);
                    format!("{document} {section} “{quote}”")
                }
                Source::Basis { basis } => basis.clone(),
            },
            name: row.name,
            confirm: row.confirm,
            demo: row.demo,
            floor: row.floor,
        })
        .collect()
}

/// A programme that pays the item.
pub(super) struct Programme {
    pub(super) name: String,
    pub(super) steps: Vec<String>,
    pub(super) pays: String,
    pub(super) cycle: &'static str,
    pub(super) payee: &'static str,
    pub(super) basis: &'static str,
    pub(super) publicity: String,
    pub(super) proof: bool,
    pub(super) system: String,
    pub(super) connected: bool,
    pub(super) stacking: Vec<String>,
    pub(super) note: String,
    pub(super) confirm: bool,
}

/// The programmes that fulfil an item.
pub(super) fn programmes(
    published: &Published,
    no: u16,
    (connected, areas): (&Connected, &[AreaCode]),
) -> Vec<Programme> {
    let all = published.list.programmes();
    let name = |id: &str| {
        let found = all.iter().find(|row| row.programme.id == id);
        found.map_or("", |row| row.programme.name.as_str())
    };
    let one = |row: &rules::CompiledProgramme| {
        let programme = &row.programme;
        let mut stacking = Vec::new();
        if programme.highest_of.is_some() {
            let others: Vec<&str> = all
                .iter()
                .map(|other| &other.programme)
                .filter(|other| {
                    other.highest_of == programme.highest_of && other.id != programme.id
                })
                .map(|other| other.name.as_str())
                .collect();
            stacking.push(format!("与{}择高发放", others.join("、")));
        }
        if !programme.excludes.is_empty() {
            let others: Vec<&str> = programme.excludes.iter().map(|id| name(id)).collect();
            stacking.push(format!("不与{}同时享受", others.join("、")));
        }
        let losing: Vec<&str> = all
            .iter()
            .filter(|other| other.programme.excludes.contains(&programme.id))
            .map(|other| other.programme.name.as_str())
            .collect();
        if !losing.is_empty() {
            stacking.push(format!("享受本项的，不再享受{}", losing.join("、")));
        }
        Programme {
            name: programme.name.clone(),
            steps: programme
                .decides
                .split('→')
                .map(|step| step.trim().to_owned())
                .collect(),
            pays: programme.pays.clone(),
            cycle: programme.cycle.zh(),
            payee: programme.payee.zh(),
            basis: match programme.area_basis {
                AreaBasis::Hukou => "户籍地",
                AreaBasis::Residence => "常住地",
                AreaBasis::Facility => "机构所在地",
            },
            publicity: programme.publicity.clone(),
            proof: programme.proof_of_life,
            system: programme.system.clone(),
            connected: connected.within(&programme.id, areas),
            stacking,
            note: programme.note.clone().unwrap_or_default(),
            confirm: programme.confirm,
        }
    };
    all.iter()
        .filter(|row| row.programme.fulfils.contains(&no))
        .map(one)
        .collect()
}

/// An example of the item.
pub(super) struct Case {
    pub(super) says: String,
    pub(super) expected: &'static str,
    pub(super) word: &'static str,
    pub(super) pass: bool,
}

/// The examples of an item with their results.
pub(super) fn cases(published: &Published, no: u16) -> store::StoreResult<Vec<Case>> {
    let results = rules::run_cases(&published.folder).map_err(|problems| {
        store::StoreError::Other(format!("{} problems in a published list", problems.len()))
    })?;
    Ok(results
        .into_iter()
        .filter(|result| result.service == no)
        .map(|result| Case {
            expected: result.expected.zh(),
            word: result.expected.word(),
            pass: result.pass,
            says: result.says,
        })
        .collect())
}

/// A version in which the item was new or different.
pub(super) struct Change {
    pub(super) from: Day,
    pub(super) href: String,
    pub(super) what: String,
}

/// Versions that changed an item, the latest first.
pub(super) fn history(book: &PlanBook, no: u16) -> Vec<Change> {
    let versions = book.all();
    let mut out = Vec::new();
    let mut before: Option<&rules::folder::Service> = None;
    for version in versions.iter() {
        let now = version.folder.services.iter().find(|one| one.no == no);
        let what = match (before, now) {
            (None, Some(_)) => "列入清单".to_owned(),
            (Some(_), None) => "移出清单".to_owned(),
            (Some(before), Some(now)) => differing(before, now),
            (None, None) => String::new(),
        };
        if !what.is_empty() {
            out.push(Change {
                from: version.in_force_from,
                href: format!("/list/versions/{}", version.id),
                what,
            });
        }
        before = now;
    }
    out.reverse();
    out
}

fn differing(before: &rules::folder::Service, now: &rules::folder::Service) -> String {
    let clauses = |service: &rules::folder::Service| {
        let pair = |one: &rules::folder::Clause| (one.says.clone(), one.when.clone());
        service.conditions.iter().map(pair).collect::<Vec<_>>()
    };
    let amount = |service: &rules::folder::Service| {
        service.amount.as_ref().map(|amount| amount.text.clone())
    };
    let parts = [
        ("名称", before.name != now.name),
        ("服务内容", before.content != now.content),
        ("服务对象", before.audience != now.audience),
        ("类型", before.service_type != now.service_type),
        ("牵头单位", before.lead != now.lead),
        ("办理方式", before.access != now.access),
        ("户籍或常住", before.area_basis != now.area_basis),
        ("条件", clauses(before) != clauses(now)),
        ("标准", amount(before) != amount(now)),
        ("待当地确认", before.confirm != now.confirm),
    ];
    let changed: Vec<&str> = parts
        .iter()
        .filter(|(_, differs)| *differs)
        .map(|(name, _)| *name)
        .collect();
    if changed.is_empty() {
        String::new()
    } else {
        format!("改动：{}", changed.join("、"))
    }
}
