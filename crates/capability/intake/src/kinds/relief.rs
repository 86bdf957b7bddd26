//! 低保, 低保边缘, 低收入, 特困: the lists of 民政 (rows B04, B09, B17).

use crate::kind::{Col, Kind, SINCE, Shape, To, WHO, col};

const CIVIL: &[&str] = &["民政"];

fn list(
    key: &'static str,
    title: &'static str,
    says: &'static str,
    implied: &'static [(&'static str, &'static str)],
    settles: &'static [&'static str],
    more: &[Col],
) -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend(more);
    columns.push(SINCE);
    Kind {
        key,
        title,
        says,
        shape: Shape::Facts,
        columns,
        implied,
        settles,
        offices: CIVIL,
    }
}

/// The kinds.
pub(super) fn kinds() -> Vec<Kind> {
    let urban = col(
        "urban",
        "城镇",
        &["是否城镇", "城镇低保"],
        To::Fact("urban"),
        "否",
        "救助认定的城乡类别：城镇填“是”，农村填“否”",
    );
    vec![
        list(
            "dibao",
            "低保",
            "最低生活保障对象名册",
            &[("dibao", "true"), ("dibao_household", "true")],
            &["dibao"],
            &[urban],
        ),
        list(
            "dibao_household",
            "低保家庭成员",
            "低保家庭的全部成员，含本人不是保障对象的",
            &[("dibao_household", "true")],
            &["dibao_household"],
            &[],
        ),
        list(
            "dibao_edge",
            "低保边缘",
            "低保边缘家庭成员名册",
            &[("dibao_edge", "true"), ("low_income", "true")],
            &["dibao_edge"],
            &[],
        ),
        list(
            "low_income",
            "低收入家庭",
            "低收入、低保边缘、刚性支出困难家庭成员名册",
            &[("low_income", "true")],
            &["low_income"],
            &[],
        ),
        list(
            "tekun",
            "特困人员",
            "特困人员名册，可带供养方式和自理能力",
            &[("tekun", "true")],
            &["tekun"],
            &[
                col(
                    "tekun_mode",
                    "供养方式",
                    &["实际供养方式"],
                    To::Fact("tekun_mode"),
                    "分散供养",
                    "分散供养或集中供养",
                ),
                col(
                    "tekun_choice",
                    "供养意愿",
                    &["集中供养意愿"],
                    To::Fact("tekun_choice"),
                    "分散供养",
                    "分散供养或集中供养",
                ),
                col(
                    "tekun_self_care",
                    "自理能力",
                    &["生活自理能力"],
                    To::Fact("tekun_self_care"),
                    "具备自理能力",
                    "按特困认定的自理能力",
                ),
            ],
        ),
    ]
}
