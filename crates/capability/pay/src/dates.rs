//! 发放日历: the cut-offs of the month, for the desk; only dates that the terms carry.

use crate::terms;
use kernel::Day;
use ledger::Month;
use std::collections::BTreeMap;
use store::{Reads, StoreResult};

/// A cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// When.
    pub day: Day,
    /// «花名册冻结».
    pub title: &'static str,
    /// What must be done by then.
    pub note: &'static str,
    /// Where.
    pub href: &'static str,
}

/// The next of each kind from `today` on, the earliest first; programmes that share a day are one.
pub async fn next(reads: &impl Reads, today: Day) -> StoreResult<Vec<CutOff>> {
    let Some(loaded) = terms::in_force(reads).await? else {
        return Ok(Vec::new());
    };
    let mut days: BTreeMap<(i32, usize), CutOff> = BTreeMap::new();
    let this = Month::of(today);
    for own in &loaded.terms.programmes {
        let kinds = [
            (
                own.report_day,
                "死亡迁出上报截止",
                "村镇在此前报去世、迁出",
                "/people",
            ),
            (
                own.freeze_day,
                "花名册冻结",
                "县民政在此后生成本月批次",
                "/payments",
            ),
            (
                own.pay_day,
                "发放日",
                "上月批次在此前报盘、到账",
                "/payments",
            ),
        ];
        for (place, (number, title, note, href)) in kinds.into_iter().enumerate() {
            let at = |month: Month| month.first().plus_days(number - 1);
            let day = Some(at(this)).filter(|day| *day >= today);
            days.entry((number, place)).or_insert(CutOff {
                day: day.unwrap_or_else(|| at(this.plus(1))),
                title,
                note,
                href,
            });
        }
    }
    let mut out: Vec<CutOff> = days.into_values().collect();
    out.sort_by_key(|one| one.day);
    Ok(out)
}
