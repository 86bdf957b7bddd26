//! 养老保险: the lists of 人社 (row B14).

use crate::kind::{Col, Kind, SINCE, Shape, WHO};

fn list(
    key: &'static str,
    title: &'static str,
    says: &'static str,
    implied: &'static [(&'static str, &'static str)],
    settles: &'static [&'static str],
) -> Kind {
    let mut columns: Vec<Col> = WHO.to_vec();
    columns.push(SINCE);
    Kind {
        key,
        title,
        says,
        shape: Shape::Facts,
        columns,
        implied,
        settles,
        offices: &["人社"],
    }
}

/// The kinds.
pub(super) fn kinds() -> Vec<Kind> {
    vec![
        list(
            "employee_pension",
            "职工养老保险",
            "符合领取职工基本养老保险待遇的人",
            &[("employee_pension", "true")],
            &["employee_pension"],
        ),
        list(
            "resident_pension",
            "城乡居民养老保险",
            "符合领取城乡居民基本养老保险待遇的人",
            &[("resident_pension", "true")],
            &["resident_pension"],
        ),
    ]
}
