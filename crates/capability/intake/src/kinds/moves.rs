//! 迁移: who lives or is registered elsewhere since a day (row B14).

use crate::kind::{Col, Kind, Shape, To, WHO, col};

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend([
        col(
            "residence_area",
            "新常住地",
            &["常住地", "迁往常住地", "现居住地", "迁入地"],
            To::Fact("residence_area"),
            "曾都区万店镇龙头湾村",
            "区划名称或代码；外地填 6 位县级代码",
        ),
        col(
            "hukou_area",
            "新户籍地",
            &["户籍地", "迁往户籍地"],
            To::Fact("hukou_area"),
            "",
            "户口也迁的才填",
        ),
        col(
            "since",
            "迁移日期",
            &["迁入日期", "变动日期", "搬迁日期"],
            To::Since,
            "2025-05-20",
            "从哪一天起",
        )
        .required(),
    ]);
    Kind {
        key: "move",
        title: "迁移",
        says: "常住地、户籍地的变动",
        shape: Shape::Move,
        columns,
        implied: &[],
        settles: &[],
        offices: &["公安", "村级"],
    }
}
