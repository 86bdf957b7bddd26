//! What is left to pay once programmes that cannot be had together are settled (product.md 17).

use crate::Truth;
use crate::ask::Asked;
use crate::facts::Facts;
use crate::folder::Cycle;
use crate::list::List;
use crate::missing::Missing;
use kernel::Day;

/// Whether a programme is paid after stacking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Paid {
    /// It is paid.
    Yes,
    /// It is not.
    No,
    /// It depends on something unknown; nothing is paid until it is known (invariant 3).
    Unknown,
}

/// A programme's answer before and after stacking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeAnswer {
    /// The programme.
    pub id: String,
    /// Entitled before stacking.
    pub answer: Truth,
    /// Fen per cycle; only where the answer is true and the amount is known.
    pub fen: Option<i64>,
    /// What keeps the answer from being known.
    pub missing: Vec<Missing>,
    /// What keeps the amount from being known where the answer is true.
    pub amount_missing: Vec<Missing>,
    /// Whether it is paid after stacking.
    pub paid: Paid,
    /// Why not, in Chinese; `None` where it is paid.
    pub because: Option<String>,
    /// The other programme that decides it.
    pub other: Option<String>,
}

impl List {
    /// The answers of all programmes in file order, before and after stacking. A programme that is
    /// excluded by another takes no part in `highest_of`; the right to the other is enough.
    pub fn answer_programmes(&self, facts: &Facts, as_of: Day) -> Vec<ProgrammeAnswer> {
        let asked = Asked::new(self, facts, as_of);
        let mut answers: Vec<ProgrammeAnswer> = (0..self.programmes.len())
            .filter_map(|place| self.before(&asked, place))
            .collect();
        for place in &self.order {
            self.exclude(*place, &mut answers);
        }
        let settled: Vec<Outcome> = (0..answers.len())
            .map(|place| self.highest(place, &answers))
            .collect();
        for (answer, outcome) in answers.iter_mut().zip(settled) {
            if let Some((paid, because, other)) = outcome {
                (answer.paid, answer.because, answer.other) = (paid, Some(because), Some(other));
            }
        }
        answers
    }

    fn before<'a>(&'a self, asked: &Asked<'a>, place: usize) -> Option<ProgrammeAnswer> {
        let programme = self.programmes.get(place)?;
        let answer = asked.all(&programme.conditions);
        let mut found = ProgrammeAnswer {
            id: programme.programme.id.clone(),
            answer,
            fen: None,
            missing: Vec::new(),
            amount_missing: Vec::new(),
            paid: Paid::Yes,
            because: None,
            other: None,
        };
        match answer {
            Truth::True => {
                if let Some(expr) = &programme.amount {
                    let amount = asked.amount(expr);
                    (found.fen, found.amount_missing) = (amount.fen, amount.missing);
                }
            }
            Truth::False => {
                (found.paid, found.because) = (Paid::No, Some("不符合条件".to_owned()));
            }
            Truth::Unknown => {
                found.missing = asked.missing(&programme.conditions);
                let names: Vec<String> = found.missing.iter().map(Missing::zh).collect();
                found.because = Some(format!("待核实：{}", names.join("、")));
                found.paid = Paid::Unknown;
            }
        }
        Some(found)
    }

    /// Gives way to the programmes it cannot be had together with.
    fn exclude(&self, place: usize, answers: &mut [ProgrammeAnswer]) {
        let Some(programme) = self.programmes.get(place) else {
            return;
        };
        let mut outcome: Outcome = None;
        for other in &programme.excludes {
            let (Some(winner), Some(row)) = (answers.get(*other), self.programmes.get(*other))
            else {
                continue;
            };
            let name = &row.programme.name;
            match winner.paid {
                Paid::Yes => {
                    let because = format!("与「{name}」不能同时享受");
                    outcome = Some((Paid::No, because, winner.id.clone()));
                    break;
                }
                Paid::Unknown if outcome.is_none() => {
                    let because = format!("与「{name}」不能同时享受，先核实「{name}」");
                    outcome = Some((Paid::Unknown, because, winner.id.clone()));
                }
                Paid::Unknown | Paid::No => {}
            }
        }
        let Some(answer) = answers
            .get_mut(place)
            .filter(|answer| answer.answer != Truth::False)
        else {
            return;
        };
        if let Some((paid, because, other)) = outcome {
            // Not known and perhaps given way to stays not known, for its own reason.
            if paid == Paid::No || answer.paid == Paid::Yes {
                (answer.paid, answer.because, answer.other) = (paid, Some(because), Some(other));
            }
        }
    }

    /// Of the programmes sharing a name only the highest a month is paid; of equals the first in the file.
    fn highest(&self, place: usize, answers: &[ProgrammeAnswer]) -> Outcome {
        let own = &self.programmes.get(place)?.programme;
        let group = own.highest_of.as_ref()?;
        let mine = answers
            .get(place)
            .filter(|answer| answer.paid == Paid::Yes)?;
        let mut outcome = None;
        for (at, (other, row)) in answers.iter().zip(&self.programmes).enumerate() {
            if at == place
                || row.programme.highest_of.as_ref() != Some(group)
                || other.paid == Paid::No
            {
                continue;
            }
            let name = &row.programme.name;
            // An amount by the quarter is for three months; what is paid once is compared as it is.
            let months = |cycle: Cycle| i64::from(cycle.months().unwrap_or(1));
            let mine_known = mine
                .fen
                .map(|fen| fen.saturating_mul(months(row.programme.cycle)));
            let other_known = other.fen.map(|fen| fen.saturating_mul(months(own.cycle)));
            let known = mine_known.zip(other_known);
            match (other.paid, known) {
                (Paid::Yes, Some((mine, its))) if its > mine || (its == mine && at < place) => {
                    let because = format!("与「{name}」择高发放，「{name}」不低于本项");
                    return Some((Paid::No, because, other.id.clone()));
                }
                (Paid::Yes, Some(_)) => {}
                (Paid::Yes, None) => {
                    let because = format!("与「{name}」择高发放，金额未定，先确定标准");
                    outcome = Some((Paid::Unknown, because, other.id.clone()));
                }
                _ => {
                    let because = format!("与「{name}」择高发放，先核实「{name}」");
                    outcome = Some((Paid::Unknown, because, other.id.clone()));
                }
            }
        }
        outcome
    }
}

/// What stacking decides, why, and by which programme.
type Outcome = Option<(Paid, String, String)>;
