//! 优抚: the list of 退役军人事务 (row B07).

use crate::kind::{Col, Kind, SINCE, Shape, To, WHO, col};

const GROUPS: &[(&str, &str)] = &[
    ("烈士遗属", "merit_martyr_family"),
    ("因公牺牲军人遗属", "merit_fallen_family"),
    ("病故军人遗属", "merit_deceased_soldier_family"),
    ("残疾军人", "merit_disabled_soldier"),
    ("复员军人", "merit_demobilised"),
    ("在乡复员军人", "merit_demobilised"),
    ("退伍军人", "merit_discharged"),
    ("带病回乡退伍军人", "merit_discharged"),
    ("退役军人", "merit_veteran"),
    ("现役军人家属", "merit_serving_family"),
];

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend([
        col(
            "merit",
            "优抚类别",
            &["类别", "优抚对象类别", "人员类别", "对象类别"],
            To::OneOf(GROUPS),
            "残疾军人",
            "烈士遗属、因公牺牲军人遗属、病故军人遗属、残疾军人、复员军人、退伍军人、退役军人、现役军人家属；几类用、隔开",
        )
        .required(),
        col(
            "merit_pension",
            "享受国家定期抚恤补助",
            &["是否享受定期抚恤补助", "定期抚恤"],
            To::Fact("merit_pension"),
            "是",
            "是或否",
        ),
        SINCE,
    ]);
    Kind {
        key: "merit",
        title: "优抚",
        says: "优抚对象名册，一人可有几类",
        shape: Shape::Facts,
        columns,
        implied: &[],
        settles: &[
            "merit_martyr_family",
            "merit_fallen_family",
            "merit_deceased_soldier_family",
            "merit_disabled_soldier",
            "merit_demobilised",
            "merit_discharged",
            "merit_veteran",
            "merit_serving_family",
        ],
        offices: &["退役军人"],
    }
}
