//! What came to be known late: corrections of the months before, and what is kept back against an overpayment.

use crate::draft::{One, Whole};
use crate::drawn::{Change, Drawn, Piece};
use crate::history::{Before, Past};
use crate::judge::Life;
use crate::recoveries;
use crate::rivals::Judges;
use crate::runs::Run;
use host::PersonKey;
use kernel::Fen;
use ledger::Month;
use std::collections::{BTreeMap, HashMap};

/// The months in which what is due as known now differs from all lines so far; gives the lines that are no longer sent.
pub(crate) fn corrections(
    run: &Run,
    judges: &Judges<'_>,
    one: &One<'_>,
    life: &Life<'_>,
    since: Month,
    past: &Past,
    piece: &mut Piece,
) -> Vec<(Month, i64)> {
    let key = one.key;
    let none = BTreeMap::new();
    let lines: BTreeMap<Month, Before> = past
        .lines
        .get(&key.id)
        .unwrap_or(&none)
        .range(since..run.month)
        .map(|(month, before)| (*month, *before))
        .collect();
    let mut now = BTreeMap::new();
    let mut reasons = BTreeMap::new();
    let mut month = since;
    while month < run.month {
        let answer = judges.settled(one.grants, one.others, life, month);
        match answer.due {
            Some(due) => {
                reasons.insert(month, due.why);
                now.insert(month, due.fen);
            }
            None => {
                reasons.insert(month, answer.why_not);
            }
        }
        month = month.plus(1);
    }
    let before = lines
        .iter()
        .map(|(month, before)| (*month, Fen(before.fen)))
        .collect();
    let mut cancelled = Vec::new();
    let mut over = recoveries::Over::new(key);
    let mut arrears: Vec<Arrear> = Vec::new();
    for difference in ledger::differences(&now, &before) {
        let month = difference.month;
        let why = reasons.remove(&month).unwrap_or_default();
        let line = lines.get(&month).map_or(1, |before| before.line + 1);
        let delta = difference.delta();
        if delta > 0 {
            match arrears
                .last_mut()
                .filter(|one| one.goes_on(month, delta, &why))
            {
                Some(one) => one.last = month,
                None => arrears.push(Arrear {
                    first: month,
                    last: month,
                    each: delta,
                    why,
                }),
            }
        } else {
            // What never arrived is not asked back: it is no longer sent.
            let mut left = -delta;
            let waiting = past.unpaid.get(&key.id).into_iter().flatten();
            for one in waiting.filter(|one| one.month == month).copied() {
                if one.fen <= left {
                    left -= one.fen;
                    over.cancel(one);
                    cancelled.push((month, one.line));
                }
            }
            over.add(month, -delta, &why);
        }
        piece.rows.push(Drawn {
            key: key.clone(),
            area: None,
            month,
            line,
            kind: if delta > 0 { "arrear" } else { "over" },
            fen: delta,
            offset: 0,
            again: false,
        });
    }
    piece
        .changes
        .extend(arrears.iter().map(|arrear| arrear.told(key)));
    if !over.is_empty() {
        piece.overs.push(over);
    }
    cancelled
}

/// Months in a row that are paid late with the same amount for the same reason: one line of what differs.
struct Arrear {
    first: Month,
    last: Month,
    each: i64,
    why: String,
}

impl Arrear {
    fn goes_on(&self, month: Month, each: i64, why: &str) -> bool {
        self.last.plus(1) == month && self.each == each && self.why == why
    }

    fn told(&self, key: &PersonKey) -> Change {
        let months = i64::from(self.last.count() - self.first.count()) + 1;
        let words = if months == 1 {
            format!("补发{}：{}", self.first.zh(), self.why)
        } else {
            let each = Fen(self.each);
            let (first, last) = (self.first.zh(), self.last.zh());
            format!(
                "补发{first}至{last}共 {months} 个月，每月 {each} 元：{}",
                self.why
            )
        };
        Change {
            key: key.clone(),
            kind: "arrear",
            fen: self.each * months,
            month: self.first,
            why: words,
        }
    }
}

/// Keeps back what the person owes from what they are due, the oldest first.
pub(crate) fn take_back(
    whole: &Whole,
    key: &PersonKey,
    owed: &HashMap<String, Vec<recoveries::Owed>>,
    from: usize,
    piece: &mut Piece,
) {
    for recovery in owed.get(&key.id).into_iter().flatten() {
        let rows = piece.rows.get(from..).unwrap_or_default();
        let free: Vec<Fen> = rows
            .iter()
            .map(|row| Fen((row.fen - row.offset).max(0)))
            .collect();
        let most = recovery.month_fen.map_or(i64::MAX, |fen| fen);
        let (taken, _) = ledger::offset(Fen(recovery.left.min(most)), &free, None);
        for (row, taken) in piece
            .rows
            .get_mut(from..)
            .unwrap_or_default()
            .iter_mut()
            .zip(taken)
        {
            if taken.0 == 0 {
                continue;
            }
            row.offset += taken.0;
            piece.offsets.push(recoveries::Taken {
                recovery: recovery.recovery.clone(),
                shard: key.shard.clone(),
                month: row.month,
                line: row.line,
                fen: taken.0,
            });
            piece.changes.push(Change {
                key: key.clone(),
                kind: "offset",
                fen: -taken.0,
                month: whole.run.month,
                why: "抵扣以前多发的".to_owned(),
            });
        }
    }
}
