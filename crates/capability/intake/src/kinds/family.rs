//! 计生特扶, 独生子女父母: the lists of 卫健 (row B04).

use crate::kind::{Col, Kind, SINCE, Shape, To, WHO, col};

/// The kinds.
pub(super) fn kinds() -> Vec<Kind> {
    let mut special: Vec<Col> = WHO.to_vec();
    special.extend([
        col(
            "special_family_kind",
            "特殊家庭类型",
            &["类型", "扶助类型", "伤残死亡类别"],
            To::Fact("special_family_kind"),
            "失独",
            "失独或伤残",
        ),
        col(
            "special_family_approved",
            "符合特别扶助条件",
            &["是否确认特扶", "特扶确认"],
            To::Fact("special_family_approved"),
            "是",
            "是或否",
        ),
        SINCE,
    ]);
    let mut parents: Vec<Col> = WHO.to_vec();
    parents.push(SINCE);
    vec![
        Kind {
            key: "special_family",
            title: "计生特扶",
            says: "计划生育特殊家庭成员名册：失独、伤残，是否确认特别扶助",
            shape: Shape::Facts,
            columns: special,
            implied: &[("special_family", "true")],
            settles: &["special_family"],
            offices: &["卫健"],
        },
        Kind {
            key: "only_child_parent",
            title: "独生子女父母",
            says: "独生子女父母名册",
            shape: Shape::Facts,
            columns: parents,
            implied: &[("only_child_parent", "true")],
            settles: &["only_child_parent"],
            offices: &["卫健"],
        },
    ]
}
