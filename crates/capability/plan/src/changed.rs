//! What differs between two versions of a list, item by item, in the words of the list.

use crate::params::{area_name, value_zh};
use rules::folder::{DatedValue, Folder, Param, Service};
use serde::Serialize;

/// A difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// The item, with its number; 「参数」 and its name for a value.
    pub item: String,
    /// What of it: 新增, 取消, 服务对象 …
    pub what: &'static str,
    /// Before; empty where it was not there.
    pub before: String,
    /// After; empty where it is not there any more.
    pub after: String,
}

/// The differences from one version to another: items by their names, then values by theirs.
pub fn changed(before: &Folder, after: &Folder) -> Vec<Changed> {
    let mut found = Vec::new();
    for service in &after.services {
        let old = of_name(before, &service.name);
        match old {
            Some(old) => item(old, service, &mut found),
            None => found.push(Changed {
                item: label(service),
                what: "新增项目",
                before: String::new(),
                after: service.content.clone(),
            }),
        }
    }
    for service in &before.services {
        if of_name(after, &service.name).is_none() {
            found.push(Changed {
                item: label(service),
                what: "取消项目",
                before: service.content.clone(),
                after: String::new(),
            });
        }
    }
    params(before, after, &mut found);
    found
}

fn of_name<'a>(folder: &'a Folder, name: &str) -> Option<&'a Service> {
    folder.services.iter().find(|service| service.name == name)
}

fn label(service: &Service) -> String {
    format!("{}. {}", service.no, service.name)
}

fn item(old: &Service, new: &Service, found: &mut Vec<Changed>) {
    let says = |service: &Service| {
        let clauses = service.conditions.iter();
        let says: Vec<&str> = clauses.map(|clause| clause.says.as_str()).collect();
        says.join("；")
    };
    let rule = |service: &Service| {
        let clauses = service.conditions.iter();
        let when: Vec<&str> = clauses.map(|clause| clause.when.trim()).collect();
        when.join(" and ")
    };
    let amount = |service: &Service| {
        let amount = service.amount.as_ref();
        amount.map_or_else(String::new, |amount| amount.text.trim().to_owned())
    };
    let mut tell = |what, before: String, after: String| {
        if before != after {
            found.push(Changed {
                item: label(new),
                what,
                before,
                after,
            });
        }
    };
    tell("序号", old.no.to_string(), new.no.to_string());
    tell("服务内容及标准", old.content.clone(), new.content.clone());
    tell("服务对象", old.audience.clone(), new.audience.clone());
    tell(
        "服务类型",
        old.service_type.clone(),
        new.service_type.clone(),
    );
    tell("牵头部门", old.lead.join("、"), new.lead.join("、"));
    tell("办理方式", old.access.clone(), new.access.clone());
    if says(old) == says(new) {
        tell("条件表达式", rule(old), rule(new));
    } else {
        tell("条件", says(old), says(new));
    }
    tell("金额", amount(old), amount(new));
}

fn params(before: &Folder, after: &Folder, found: &mut Vec<Changed>) {
    let lines = |folder: &Folder, param: &Param| {
        let line = |value: &DatedValue| {
            let whom = value
                .area
                .map_or_else(String::new, |area| area_name(folder, &area));
            let kind = match value.urban {
                Some(true) => "城镇",
                Some(false) => "农村",
                None => "",
            };
            format!(
                "{}起{whom}{kind} {}",
                value.from.zh(),
                value_zh(param.unit, &value.value)
            )
        };
        let lines: Vec<String> = param.values.iter().map(line).collect();
        if lines.is_empty() {
            "没有值".to_owned()
        } else {
            lines.join("；")
        }
    };
    let old = |name: &str| before.params.iter().find(|param| param.name == name);
    for param in &after.params {
        let (then, now) = (
            old(&param.name)
                .map(|param| lines(before, param))
                .unwrap_or_default(),
            lines(after, param),
        );
        if then != now {
            found.push(Changed {
                item: format!("参数 {}", param.name),
                what: if then.is_empty() {
                    "新增参数"
                } else {
                    "参数"
                },
                before: then,
                after: now,
            });
        }
    }
    for param in &before.params {
        if !after.params.iter().any(|now| now.name == param.name) {
            found.push(Changed {
                item: format!("参数 {}", param.name),
                what: "取消参数",
                before: lines(before, param),
                after: String::new(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::Files;

    fn small() -> Files {
        let folder = "../../../plans/suizhou";
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let names = ["plan.toml", "services.toml", "params.toml", "areas.toml"];
        let read = |name: &&str| {
            let text = std::fs::read_to_string(folder.join(name)).unwrap();
            ((*name).to_owned(), text)
        };
        names.iter().map(read).collect()
    }

    /// Row C01: each difference between two versions is named once, in the words of the list.
    #[test]
    fn each_difference_is_named_once() {
        let before = rules::folder::load(&small()).unwrap();
        assert_eq!(changed(&before, &before), Vec::new());
        let mut after = before.clone();
        after.services[2].conditions[1].says = "75周岁及以上".to_owned();
        after.services[2].conditions[1].when = "age >= 75".to_owned();
        after.services[4].audience = "所有老年人".to_owned();
        let gone = after.services.pop().unwrap();
        let param = after
            .params
            .iter_mut()
            .find(|param| param.name == "养老服务补贴");
        param.unwrap().values[0].value = rules::folder::ParamValue::Int(12_000);
        let found = changed(&before, &after);
        let short: Vec<(&str, &str)> = found
            .iter()
            .map(|one| (one.item.as_str(), one.what))
            .collect();
        let last = format!("{}. {}", gone.no, gone.name);
        assert_eq!(
            short,
            [
                ("3. 高龄津贴", "条件"),
                ("5. 养老顾问服务", "服务对象"),
                (last.as_str(), "取消项目"),
                ("参数 养老服务补贴", "参数"),
            ]
        );
        let value = found.last().unwrap();
        assert!(value.before.contains("100.00 元") && value.after.contains("120.00 元"));
        let back = changed(&after, &before);
        assert!(back.iter().any(|one| one.what == "新增项目"));
    }
}
