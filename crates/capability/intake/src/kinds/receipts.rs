//! 在享花名册: what is in payment, by programme (row B14).

use crate::kind::{Col, Kind, Shape, To, WHO, col};

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend([
        col(
            "programme",
            "发放项目",
            &["项目", "补贴项目", "待遇项目", "补贴类型", "补贴名称"],
            To::Programme,
            "高龄津贴",
            "与发放项目名称一致",
        )
        .required(),
        col(
            "from",
            "起发日期",
            &["起始日期", "享受起始日期", "开始日期", "发放起始日期"],
            To::From,
            "2024-01-01",
            "从哪一天起享受；不填的按名册日期",
        ),
        col(
            "until",
            "停发日期",
            &["终止日期", "截止日期", "发放截止日期"],
            To::LastDay,
            "",
            "最后一天；还在发的不填",
        ),
        col(
            "fen",
            "金额（元）",
            &[
                "发放标准",
                "发放金额",
                "补贴金额",
                "金额",
                "标准",
                "月发放标准",
            ],
            To::Fen,
            "100.00",
            "每期金额，元",
        )
        .required(),
    ]);
    Kind {
        key: "receipts",
        title: "在享花名册",
        says: "正在发放的津贴、补贴：项目、起止日期、金额",
        shape: Shape::Receipts,
        columns,
        implied: &[],
        settles: &[],
        offices: &["民政"],
    }
}
