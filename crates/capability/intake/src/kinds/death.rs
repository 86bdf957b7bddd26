//! 死亡: deaths of the past, from 公安 and 殡葬 (row B14).

use crate::kind::{Col, Kind, Shape, To, WHO, col};

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.push(
        col(
            "dead_on",
            "死亡日期",
            &["去世日期", "死亡时间", "火化日期", "注销日期"],
            To::DeathDay,
            "2025-05-20",
            "去世的日期，不是登记的日期",
        )
        .required(),
    );
    Kind {
        key: "death",
        title: "死亡",
        says: "公安、殡葬登记的死亡；资格从去世之日起停",
        shape: Shape::Death,
        columns,
        implied: &[],
        settles: &[],
        offices: &["公安", "殡葬"],
    }
}
