//! 跟进: what is done about a finding (product rule 25). Each step is a row; a settled finding is quiet until its day
//! comes or what it says changes, then it is open again.

mod acts;
mod erase;
mod handover;
mod months;

pub use acts::follow_owed;
pub(crate) use acts::{step, steps};
pub(crate) use erase::erasure;
pub(crate) use handover::handover;
pub(crate) use months::{Month, by_town};

use kernel::Day;

/// How a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FollowState {
    /// 未处理.
    Open,
    /// 已联系.
    Contacted,
    /// 办理中.
    InHand,
    /// 本人放弃: by a signed paper, until a day.
    Waived,
    /// 外地已享.
    Elsewhere,
    /// 数据有误: somebody corrects the facts.
    Wrong,
    /// 暂缓: with the reason, until a day.
    Deferred,
}

impl FollowState {
    /// In the order of work.
    pub const ALL: [Self; 7] = [
        Self::Open,
        Self::Contacted,
        Self::InHand,
        Self::Waived,
        Self::Elsewhere,
        Self::Wrong,
        Self::Deferred,
    ];

    /// Its key in tables and addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Contacted => "contacted",
            Self::InHand => "in_hand",
            Self::Waived => "waived",
            Self::Elsewhere => "elsewhere",
            Self::Wrong => "wrong",
            Self::Deferred => "deferred",
        }
    }

    /// Its name on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Open => "未处理",
            Self::Contacted => "已联系",
            Self::InHand => "办理中",
            Self::Waived => "本人放弃",
            Self::Elsewhere => "外地已享",
            Self::Wrong => "数据有误",
            Self::Deferred => "暂缓",
        }
    }

    /// Its tone on screens.
    pub const fn pill(self) -> &'static str {
        match self {
            Self::Open => "warn",
            Self::Contacted | Self::InHand => "info",
            _ => "plain",
        }
    }

    /// The state of a key.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// Whether the finding is quiet in this state, for how many months unless somebody says otherwise.
    pub(crate) const fn quiet_months(self) -> Option<i32> {
        match self {
            Self::Open | Self::Contacted | Self::InHand => None,
            Self::Waived | Self::Elsewhere => Some(12),
            Self::Wrong => Some(1),
            Self::Deferred => Some(3),
        }
    }

    /// Whether a finding of this kind can come to this state: what is received without right cannot be waived.
    pub(crate) fn fits(self, kind: &str) -> bool {
        kind == "owed" || !matches!(self, Self::Waived | Self::Elsewhere)
    }
}

/// A settled finding speaks again at the latest after so many months.
pub(crate) const MOST_MONTHS: i32 = 24;

/// How a finding stands on a day: open again once its day has come.
pub(crate) fn on(state: FollowState, quiet_until: Option<Day>, today: Day) -> FollowState {
    match quiet_until {
        Some(until) if until <= today => FollowState::Open,
        _ => state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row B14: every state has one key and one name; only settled ones are quiet; a day that came opens them.
    #[test]
    fn states() {
        for state in FollowState::ALL {
            assert_eq!(FollowState::of(state.key()), Some(state));
        }
        let day = Day::from_ymd(2025, 6, 30).unwrap();
        let table = [
            (FollowState::Contacted, None, FollowState::Contacted),
            (
                FollowState::Waived,
                Some(day.plus_days(1)),
                FollowState::Waived,
            ),
            (FollowState::Waived, Some(day), FollowState::Open),
            (
                FollowState::Deferred,
                Some(day.plus_days(-1)),
                FollowState::Open,
            ),
        ];
        for (state, until, then) in table {
            assert_eq!(on(state, until, day), then, "{state:?} {until:?}");
        }
        assert!(!FollowState::Waived.fits("undue"));
        assert!(FollowState::Wrong.fits("undue"));
    }
}
