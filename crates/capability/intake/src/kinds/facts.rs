//! 其他情况: any fact of the dictionary in a column of its Chinese name (rows B04–B09).

use crate::kind::{Col, Kind, SINCE, Shape, To, WHO};
use rules::facts::{Kind as Value, dictionary};
use tabular::headers::ColumnSpec;

/// Facts that have a kind of their own, or that no list may set directly.
const NOT_HERE: &[&str] = &[
    "alive",
    "dead_on",
    "birth_date",
    "sex",
    "guardian_ids",
    "carer_of",
];

/// The kind.
pub(super) fn kind() -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.extend(
        dictionary()
            .iter()
            .filter(|def| !NOT_HERE.contains(&def.name))
            .map(|def| Col {
                spec: ColumnSpec {
                    key: def.name,
                    title: def.zh,
                    aliases: &[],
                    required: false,
                    example: match def.kind {
                        Value::Bool => "是",
                        Value::Int { .. } => "1",
                        Value::Day => "2025-01-01",
                        Value::Word(_) | Value::Area | Value::Text => "",
                    },
                    hint: def.says,
                },
                to: To::Fact(def.name),
            }),
    );
    columns.push(SINCE);
    Kind {
        key: "facts",
        title: "其他情况",
        says: "一列一项情况，列名用情况的名称；不填的格子不改动",
        shape: Shape::Facts,
        columns,
        implied: &[],
        settles: &[],
        offices: &["民政", "村级"],
    }
}
