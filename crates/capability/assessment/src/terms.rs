//! 评估流程的期限: how long things take, as data with their clause.

use serde::Deserialize;
use std::sync::OnceLock;

/// Periods and shares of the flow.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Terms {
    /// Days until an assessment that was asked for is due.
    pub(crate) due_days: i32,
    /// Days after notice for an objection.
    pub(crate) objection_days: i32,
    /// Days before the end of a result in which it is on the due list.
    pub(crate) remind_days: i32,
    /// Of a hundred results, how many are checked again.
    pub(crate) recheck_percent: i64,
    /// The clause.
    pub(crate) clause: String,
    /// 待当地确认.
    pub(crate) confirm: String,
    /// Parameter of the plan: from which level 生活不能自理 is proposed.
    pub(crate) cannot_self_care: String,
    /// Parameter of the plan: from which level 需要长期照护 is proposed.
    pub(crate) needs_long_care: String,
}

const TEXT: &str = include_str!("../data/flow.toml");

/// The terms that come with the program; a test reads them.
pub(crate) fn terms() -> &'static Terms {
    static TERMS: OnceLock<Terms> = OnceLock::new();
    TERMS.get_or_init(|| {
        toml::from_str(TEXT).unwrap_or_else(|error| {
            tracing::error!(%error, "data/flow.toml");
            Terms {
                due_days: 30,
                objection_days: 30,
                remind_days: 60,
                recheck_percent: 5,
                clause: String::new(),
                confirm: String::new(),
                cannot_self_care: String::new(),
                needs_long_care: String::new(),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    /// Row B10, invariant 1: the file reads.
    #[test]
    fn the_terms_read() {
        let terms: super::Terms = toml::from_str(super::TEXT).unwrap();
        assert!(terms.due_days > 0 && !terms.clause.is_empty());
    }
}
