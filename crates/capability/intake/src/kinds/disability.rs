//! 残疾: the list of 残联 (row B04).

use crate::kind::{Col, Kind, SINCE, Shape, To, WHO, col};

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend([
        col(
            "disability_grade",
            "残疾等级",
            &["等级", "残疾级别"],
            To::Fact("disability_grade"),
            "二级",
            "一级至四级",
        )
        .required(),
        col(
            "disability_kind",
            "残疾类别",
            &["残疾类型", "残疾种类"],
            To::Fact("disability_kind"),
            "肢体",
            "视力、听力、言语、肢体、智力、精神、多重",
        ),
        col(
            "disability_card_until",
            "残疾人证有效期至",
            &["有效期至", "证件有效期", "有效期限"],
            To::Fact("disability_card_until"),
            "2030-12-31",
            "残疾人证的到期日期",
        ),
        SINCE,
    ]);
    Kind {
        key: "disability",
        title: "残疾",
        says: "残疾人证持证人名册：等级、类别、有效期",
        shape: Shape::Facts,
        columns,
        implied: &[],
        settles: &["disability_grade"],
        offices: &["残联"],
    }
}
