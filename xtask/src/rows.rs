//! Rows of the requirements matrix and invariants of the design, and how a comment names them:
//! `Rows B01, C03–C09; invariants 8 and 10: …`.

use crate::source::words;
use std::collections::BTreeSet;

/// The rows in work now, with the matrix's own names.
pub(crate) const ROWS: &[(&str, &str)] = &[
    ("A01", "整体解决方案/实施方案/三年行动计划 登记"),
    ("A02", "指标库"),
    ("A03", "指标进度与差距"),
    ("A04", "年度床位/托位建设计划 (表1)"),
    ("A05", "兜底/普惠/市场化 三类供给结构"),
    ("A06", "重点任务与责任分工"),
    ("A07", "任务分解表 附件2"),
    ("A08", "2023 任务值"),
    ("A09", "2024 任务值"),
    ("A10", "2025 任务值"),
    ("A11", "阶段里程碑"),
    ("A12", "重大项目清单"),
    ("A14", "常态化督查与跟踪督促"),
    ("A16", "绩效考核与督查激励"),
    ("A18", "统计监测"),
    ("A19", "十件实事"),
    ("A20", "人口基线与预测"),
    ("A21", "口径冲突登记"),
    ("A22", "养老机构数 / 养老机构床位数"),
    ("A23", "每千名老年人养老床位数"),
    ("A24", "护理型养老床位占比"),
    ("A25", "兜底线 / 普惠性 床位占比"),
    ("A26", "社会力量床位/机构占比"),
    ("A27", "社区服务机构数 / 综合体"),
    ("A28", "社区日间照料覆盖率"),
    ("A29", "农村养老设施覆盖率"),
    ("A30", "居家社区养老服务(设施)覆盖率"),
    ("A31", "配套建设养老服务设施达标(配建)率"),
    ("A32", "特殊困难老年人月探访率"),
    ("A33", "探访制/失能帮扶/一刻钟 覆盖率"),
    ("A34", "有集中供养意愿特困集中供养率"),
    ("A35", "失能特困人员集中供养率"),
    ("A36", "老年人健康管理率 / 人均预期寿命"),
    ("A37", "基本养老保险参保率 / 参保人数"),
    ("A38", "基本医疗保险参保率"),
    ("A39", "家庭适老化改造完成"),
    ("A40", "养老产业规模及增加值 / 骨干企业"),
    ("A41", "养老护理人才与培训量"),
    ("A42", "社会工作者配备"),
    ("A43", "老年大学与老年教育参与"),
    ("A44", "老年志愿者注册占比 / 老年友好社区"),
    ("A45", "医养签约合作率"),
    ("A46", "新生儿访视率 / 婴幼儿健康管理率"),
    ("A47", "生长发育监测 / 接种 / 安全防护"),
    ("A48", "早期发展指导 / 科学育儿指导率"),
    ("A49", "托育机构数 / 备案 / 示范"),
    ("A50", "托位数 / 每千人口托位数"),
    ("A51", "普惠性托位占比 / 社区托育覆盖率 / 管理网络"),
    ("A52", "托育从业持证/培训率; 托幼一体占比"),
    ("A53", "目标-分解 一致性检查"),
    ("B01", "老年人信息及养老服务数据库"),
    ("B02", "婴幼儿信息库"),
    ("B03", "老年人和婴幼儿健康信息档案库"),
    ("B04", "特殊困难老年人 分类标签"),
    ("B05", "分类精准服务"),
    ("B06", "年龄段规则"),
    ("B07", "优抚对象登记"),
    ("B08", "优先托育儿童登记"),
    ("B09", "特困人员供养登记"),
    ("B10", "老年人能力综合评估"),
    ("B11", "需求综合评估 全市统一结果通认"),
    ("B12", "公办机构入住评估"),
    ("B13", "长期照护需求等级划分"),
    ("B14", "精准识别和动态管理"),
    ("B15", "定期巡访主动发现"),
    ("B16", "家庭赡养抚养责任督促"),
    ("B17", "建档立卡/低保/低收入农村老人 供养资格"),
    ("C01", "基本养老服务清单"),
    ("C02", "基本养老托育服务清单 适时调整"),
    ("C03", "资格自动匹配"),
    ("C04", "1-2 养老保险待遇"),
    ("C05", "3 高龄津贴"),
    ("C06", "4-5 活动场所/养老顾问"),
    ("C07", "6-7 就医便利/老年教育"),
    ("C08", "8 免费公交"),
    ("C09", "9 景点优惠"),
    ("C11", "10-11 能力评估/健康管理"),
    ("C12", "12 法律援助"),
    ("C13", "13 优抚集中供养"),
    ("C14", "14 分散特困供养"),
    ("C15", "15 集中特困供养"),
    ("C16", "16 低保重点保障"),
    ("C17", "17 养老服务补贴"),
    ("C18", "18 养老护理补贴"),
    ("C19", "19-20 残疾人两项补贴"),
    ("C20", "21 家庭适老化改造补贴"),
    ("C21", "22 家庭照护培训补贴"),
    ("C22", "23 优先入住机构"),
    ("C23", "24-25 居家探访/流浪救助"),
    ("C24", "26 计生特殊家庭扶助金"),
    ("C25", "27 残疾人辅助器具服务"),
    ("C26", "28 老年人助餐补贴"),
    ("C27", "津补贴衔接与叠加规则"),
    ("C28", "资金+服务 补贴"),
    ("C29", "政府购买服务 保障对象"),
    ("C30", "生育二孩及以上住院分娩补助"),
    ("C31", "育儿假/护理假"),
    ("C32", "优先入托减免"),
    ("C33", "待遇发放与核查"),
    ("K01", "智慧养老信息平台"),
    ("K03", "政务服务事项清单/办事指南"),
    ("K04", "好差评"),
    ("K06", "审批程序和时限公开"),
    ("M01", "领导小组/联席会议"),
    ("M02", "专班与责任部门"),
    ("M03", "市-县-镇-村 分级权限"),
    ("M04", "部门数据共享"),
    ("M05", "审计留痕"),
];

/// The invariants in short.
pub(crate) const INVARIANTS: &[(u8, &str)] = &[
    (1, "the plan is data"),
    (2, "a conflict in the plan is shown, never merged"),
    (3, "unknown is not no"),
    (4, "fail closed"),
    (5, "facts are dated twice"),
    (6, "money is integer fen in a double-entry ledger"),
    (7, "a bed, a place, a shift cannot be given twice"),
    (8, "whose area"),
    (9, "a listed item is not a payment programme"),
    (10, "scope is in the query"),
    (11, "every decision keeps its reasons"),
    (12, "clock, randomness and ids are inputs"),
    (13, "one binary, both databases"),
    (14, "pages work before JavaScript"),
];

/// What a comment names.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) rows: BTreeSet<String>,
    pub(crate) invariants: BTreeSet<u8>,
}

impl Named {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.invariants.is_empty()
    }
}

/// Reads a comment. The words `row(s)` and `invariant(s)` begin a list; commas, `and` and dashes go on
/// with it, anything else ends it.
pub(crate) fn named(comment: &str) -> Named {
    let mut found = Named::default();
    let all: Vec<(usize, &str)> = words(comment).collect();
    for (place, (_, word)) in all.iter().enumerate() {
        let list = all.get(place + 1..).unwrap_or_default();
        match word.to_lowercase().as_str() {
            "row" | "rows" => {
                let ids = read_list(comment, list, |word| row_id(word).map(|_| word.to_owned()));
                for (from, to) in ids {
                    found.rows.extend(row_range(&from, to.as_deref()));
                }
            }
            "invariant" | "invariants" => {
                let numbers = read_list(comment, list, |word| {
                    word.parse::<u8>().ok().filter(|n| (1..=14).contains(n))
                });
                for (from, to) in numbers {
                    found.invariants.extend(from..=to.unwrap_or(from));
                }
            }
            _ => {}
        }
    }
    found
}

/// Single entries and ranges (`C03–C09`) until something else comes.
fn read_list<T>(
    text: &str,
    list: &[(usize, &str)],
    read: impl Fn(&str) -> Option<T>,
) -> Vec<(T, Option<T>)> {
    let mut found: Vec<(T, Option<T>)> = Vec::new();
    let mut gap_from: Option<usize> = None;
    for (at, word) in list {
        let gap = gap_from
            .map_or("", |from| text.get(from..*at).unwrap_or_default())
            .trim();
        if *word == "and" && gap.is_empty() {
            continue;
        }
        let Some(value) = read(word) else { break };
        let gap = gap.trim_start_matches("and").trim();
        match (gap, found.last_mut()) {
            ("–" | "-" | "—" | "…" | "to", Some(last)) if last.1.is_none() => {
                last.1 = Some(value);
            }
            ("" | "," | "、" | ", and" | "/", _) => found.push((value, None)),
            _ => break,
        }
        gap_from = Some(at + word.len());
    }
    found
}

/// Letter and number of `C03`.
fn row_id(word: &str) -> Option<(char, u32)> {
    let mut chars = word.chars();
    let letter = chars.next().filter(char::is_ascii_uppercase)?;
    let digits = chars.as_str();
    (digits.len() == 2).then_some(())?;
    Some((letter, digits.parse().ok()?))
}

fn row_range(from: &str, to: Option<&str>) -> Vec<String> {
    match (row_id(from), to.and_then(row_id)) {
        (Some((letter, first)), Some((same, last))) if letter == same => (first..=last)
            .map(|number| format!("{letter}{number:02}"))
            .collect(),
        _ => [Some(from), to]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Named, named};

    fn is(comment: &str, rows: &[&str], invariants: &[u8]) {
        let expected = Named {
            rows: rows.iter().map(|row| (*row).to_owned()).collect(),
            invariants: invariants.iter().copied().collect(),
        };
        assert_eq!(named(comment), expected, "{comment}");
    }

    #[test]
    fn rows_and_invariants_are_read_from_a_sentence() {
        is(
            "Rows B01, M03; invariant 10: names are found",
            &["B01", "M03"],
            &[10],
        );
        is(
            "Row B17; invariant 8: five bodies decide, and 3 more",
            &["B17"],
            &[8],
        );
        is(
            "Rows M03, M05; invariants 8 and 10: both",
            &["M03", "M05"],
            &[8, 10],
        );
        is(
            "Rows C01, C03–C06, B14.",
            &["C01", "C03", "C04", "C05", "C06", "B14"],
            &[],
        );
        is("invariants 1–3, 7 and 9: 4 people", &[], &[1, 2, 3, 7, 9]);
        is(
            "paid after a death (rows C05, B14; invariant 9).",
            &["C05", "B14"],
            &[9],
        );
        is(
            "Row B14; invariant 3; engineering.md 2: after",
            &["B14"],
            &[3],
        );
        is("invariant 5 (facts are dated twice), 3 of them", &[], &[5]);
    }

    #[test]
    fn other_sentences_name_nothing() {
        is("Rows shown, 第 21–40 条", &[], &[]);
        is("Rows are counted up to 10", &[], &[]);
        is("invariant 15 does not exist; see B01", &[], &[]);
    }
}
