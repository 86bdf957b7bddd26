//! What of several dues of one person and month is paid: the highest of a kind, what excludes what, what is set off;
//! every outcome with its reason.

use kernel::Fen;

/// One due before stacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Programme id.
    pub programme: String,
    /// Its name, for reasons.
    pub name: String,
    /// The amount.
    pub fen: Fen,
    /// Of those sharing this name only the highest is paid.
    pub highest_of: Option<String>,
    /// Programmes that win over this one.
    pub excludes: Vec<String>,
    /// Programmes whose amount is taken off this one.
    pub offset: Vec<String>,
}

/// What is paid of a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stacked {
    /// Programme id.
    pub programme: String,
    /// What is paid.
    pub fen: Fen,
    /// Why less than the candidate's amount; `None` where all of it is.
    pub because: Option<String>,
}

/// Settles the dues of one person and month; of an amount that covers several months the candidate is the month's share. Exclusion first, then the highest of each kind (of equals the first),
/// then what is set off; the order of the candidates is the order of the answer.
pub fn stack(candidates: &[Candidate]) -> Vec<Stacked> {
    let mut out: Vec<Stacked> = candidates
        .iter()
        .map(|one| Stacked {
            programme: one.programme.clone(),
            fen: one.fen,
            because: None,
        })
        .collect();
    let drop = |slot: &mut Stacked, because: String| {
        slot.fen = Fen(0);
        slot.because = Some(because);
    };
    // Who is excluded excludes nobody: winners are settled in rounds until nothing changes.
    let mut excluded = vec![false; candidates.len()];
    for _round in 0..candidates.len() {
        let mut next = vec![false; candidates.len()];
        for (at, one) in candidates.iter().enumerate() {
            let winner = candidates.iter().enumerate().find(|(other, row)| {
                *other != at
                    && !excluded.get(*other).copied().unwrap_or(false)
                    && one.excludes.contains(&row.programme)
            });
            if let (Some(_), Some(slot)) = (winner, next.get_mut(at)) {
                *slot = true;
            }
        }
        if next == excluded {
            break;
        }
        excluded = next;
    }
    for (at, one) in candidates.iter().enumerate() {
        if !excluded.get(at).copied().unwrap_or(false) {
            continue;
        }
        let winner = candidates
            .iter()
            .find(|row| one.excludes.contains(&row.programme))
            .map_or("", |row| row.name.as_str());
        if let Some(slot) = out.get_mut(at) {
            drop(slot, format!("与「{winner}」不能同时享受"));
        }
    }
    for (at, one) in candidates.iter().enumerate() {
        let Some(group) = &one.highest_of else {
            continue;
        };
        if excluded.get(at).copied().unwrap_or(false) {
            continue;
        }
        let higher = candidates.iter().enumerate().find(|(other, row)| {
            *other != at
                && row.highest_of.as_ref() == Some(group)
                && !excluded.get(*other).copied().unwrap_or(false)
                && (row.fen > one.fen || (row.fen == one.fen && *other < at))
        });
        if let (Some((_, row)), Some(slot)) = (higher, out.get_mut(at)) {
            drop(
                slot,
                format!("与「{}」择高发放，「{}」不低于本项", row.name, row.name),
            );
        }
    }
    for (at, one) in candidates.iter().enumerate() {
        let paid_beside: Vec<(String, i64)> = candidates
            .iter()
            .zip(&out)
            .filter(|(row, _)| one.offset.contains(&row.programme))
            .map(|(row, settled)| (row.name.clone(), settled.fen.0))
            .filter(|(_, fen)| *fen > 0)
            .collect();
        let Some(slot) = out.get_mut(at).filter(|slot| slot.fen.0 > 0) else {
            continue;
        };
        for (name, fen) in paid_beside {
            let part = fen.min(slot.fen.0);
            slot.fen = Fen(slot.fen.0 - part);
            let because = format!("已享受「{name}」{}元，差额发放", Fen(fen));
            slot.because = Some(match slot.because.take() {
                Some(before) => format!("{before}；{because}"),
                None => because,
            });
        }
    }
    out
}
