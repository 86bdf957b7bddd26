//! What only shows when the files are read together: numbering, references, assumed values.

use super::params::fits;
use super::{CASES, Folder, PARAMS, PROGRAMMES, SERVICES};
use crate::Problem;

/// The problems of a folder whose rows are all well formed.
pub(super) fn folder(folder: &Folder) -> Vec<Problem> {
    let mut problems = Vec::new();
    numbering(folder, &mut problems);
    classes(folder, &mut problems);
    programmes(folder, &mut problems);
    param_areas(folder, &mut problems);
    cases(folder, &mut problems);
    problems
}

fn numbering(folder: &Folder, problems: &mut Vec<Problem>) {
    for (service, no) in folder.services.iter().zip(1_u16..) {
        if service.no != no {
            let what = format!("项目编号是 {}，这里应为 {no}", service.no);
            problems.push(Problem::at(
                SERVICES,
                service.line,
                what,
                "从 1 起连续编号，不跳号、不重复",
            ));
            return;
        }
    }
}

fn classes(folder: &Folder, problems: &mut Vec<Problem>) {
    let mut next = 1;
    for class in &folder.list.classes {
        if class.from != next || class.until < class.from {
            let what = format!("类别「{}」应从第 {next} 项开始", class.name);
            problems.push(Problem::at(
                SERVICES,
                1,
                what,
                "类别按编号首尾相接，覆盖全部项目",
            ));
            return;
        }
        next = class.until + 1;
    }
    let count = folder.services.len();
    if !folder.list.classes.is_empty() && usize::from(next) != count + 1 {
        let what = format!("类别写到第 {} 项，清单有 {count} 项", next - 1);
        problems.push(Problem::at(SERVICES, 1, what, "类别要覆盖全部项目"));
    }
}

fn programmes(folder: &Folder, problems: &mut Vec<Problem>) {
    for programme in &folder.programmes {
        let mut problem = |what: String, remedy: &str| {
            problems.push(Problem::at(PROGRAMMES, programme.line, what, remedy));
        };
        for no in &programme.fulfils {
            if !folder.services.iter().any(|service| service.no == *no) {
                problem(format!("清单没有第 {no} 项"), "fulfils 只写清单里有的编号");
            }
        }
        for other in &programme.excludes {
            if *other == programme.id || !folder.programmes.iter().any(|p| p.id == *other) {
                problem(
                    format!("excludes 里没有待遇项目「{other}」"),
                    "写另一个待遇项目的 id",
                );
            }
        }
    }
}

fn param_areas(folder: &Folder, problems: &mut Vec<Problem>) {
    for value in folder.params.iter().flat_map(|param| &param.values) {
        if value
            .area
            .is_some_and(|area| !folder.plan.area.contains(&area))
        {
            let what = format!(
                "地区 {} 不在本规划范围内",
                value.area.map_or_else(String::new, |a| a.to_string())
            );
            problems.push(Problem::at(
                PARAMS,
                value.line,
                what,
                "写本市以内的区划代码",
            ));
        }
    }
}

fn cases(folder: &Folder, problems: &mut Vec<Problem>) {
    for case in &folder.cases {
        let mut problem = |what: String, remedy: &str| {
            problems.push(Problem::at(CASES, case.line, what, remedy));
        };
        if !folder
            .services
            .iter()
            .any(|service| service.no == case.service)
        {
            problem(
                format!("清单没有第 {} 项", case.service),
                "service 写清单里有的编号",
            );
        }
        for (name, value) in &case.params {
            match folder.params.iter().find(|param| param.name == *name) {
                None => problem(format!("没有参数「{name}」"), "写 params.toml 里的参数名"),
                Some(param) if !param.values.is_empty() => {
                    problem(
                        format!("参数「{name}」已有值"),
                        "案例只为没有值的参数假设值，去掉这一项",
                    );
                }
                Some(param) if !fits(param.unit, value) => {
                    problem(format!("参数「{name}」的值类型不对"), "按参数的 unit 写值");
                }
                Some(_) => {}
            }
        }
    }
}
