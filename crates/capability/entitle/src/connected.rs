//! Which programmes are connected, and where: by a roll that was loaded, or because this system pays them. Pure.

use kernel::{AreaCode, Day, Instant};
use std::collections::BTreeSet;

/// An office's area in which a programme is paid by this system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PaidHere {
    /// Programme id.
    pub programme: String,
    /// Where, on the basis of the programme.
    pub area: AreaCode,
    /// First day of the first month that was paid.
    pub from: Day,
    /// Since when that is known.
    pub recorded: Instant,
}

/// Of which programmes is known who receives them. Elsewhere is 未接入, which is not 0 (invariant 9).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Connected {
    rolls: BTreeSet<String>,
    paid: Vec<PaidHere>,
}

impl Connected {
    /// From the programmes whose roll was ever loaded, and what this system pays.
    pub fn new(rolls: BTreeSet<String>, mut paid: Vec<PaidHere>) -> Self {
        // A roll says it of everywhere.
        paid.retain(|paid| !rolls.contains(&paid.programme));
        Self { rolls, paid }
    }

    /// Anywhere: whether the programme is to be shown at all.
    pub fn contains(&self, programme: &str) -> bool {
        self.rolls.contains(programme) || self.paid.iter().any(|paid| paid.programme == programme)
    }

    /// Everywhere, because its roll was loaded.
    pub fn by_roll(&self, programme: &str) -> bool {
        self.rolls.contains(programme)
    }

    /// For somebody who is counted there on the basis of the programme.
    pub fn covers(&self, programme: &str, home: Option<AreaCode>) -> bool {
        self.rolls.contains(programme)
            || home.is_some_and(|code| self.of(programme).any(|paid| paid.area.contains(&code)))
    }

    /// Somewhere in these areas or around them.
    pub fn within(&self, programme: &str, areas: &[AreaCode]) -> bool {
        self.rolls.contains(programme) || self.of(programme).any(|paid| touches(paid, areas))
    }

    /// Any programme at all in these areas or around them.
    pub fn any_within(&self, areas: &[AreaCode]) -> bool {
        !self.rolls.is_empty() || self.paid.iter().any(|paid| touches(paid, areas))
    }

    /// Programmes that are connected somewhere, once each.
    pub fn programmes(&self) -> BTreeSet<&str> {
        let paid = self.paid.iter().map(|paid| paid.programme.as_str());
        self.rolls.iter().map(String::as_str).chain(paid).collect()
    }

    /// Whether nothing is connected anywhere.
    pub fn is_empty(&self) -> bool {
        self.rolls.is_empty() && self.paid.is_empty()
    }

    /// As it was on a day, as known at a moment: what was first paid later does not reach back (invariant 5). A roll
    /// says itself from when each receives, so it counts on every day.
    #[must_use]
    pub fn as_of(&self, day: Day, known: Instant) -> Self {
        let then = |paid: &&PaidHere| paid.from <= day && paid.recorded <= known;
        Self {
            rolls: self.rolls.clone(),
            paid: self.paid.iter().filter(then).cloned().collect(),
        }
    }

    fn of<'a>(&'a self, programme: &'a str) -> impl Iterator<Item = &'a PaidHere> {
        self.paid
            .iter()
            .filter(move |paid| paid.programme == programme)
    }
}

fn touches(paid: &PaidHere, areas: &[AreaCode]) -> bool {
    areas
        .iter()
        .any(|area| area.contains(&paid.area) || paid.area.contains(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row C05; invariants 5 and 9: a roll connects everywhere and always; what this system pays connects only the office's area, from
    /// its first paid month, as known since it was paid.
    #[test]
    fn where_and_when_a_programme_is_connected() {
        let code = |text: &str| -> AreaCode { text.parse().unwrap() };
        let day = |text: &str| -> Day { text.parse().unwrap() };
        let paid = PaidHere {
            programme: "paid".into(),
            area: code("421321"),
            from: day("2025-01-01"),
            recorded: Instant::at(day("2025-01-26"), 0),
        };
        let all = Connected::new(BTreeSet::from(["roll".to_owned()]), vec![paid]);
        for (programme, on, known, hukou, wants) in [
            (
                "roll",
                "2024-01-31",
                "2024-02-01",
                Some("421303001001"),
                true,
            ),
            ("roll", "2024-01-31", "2024-02-01", None, true),
            (
                "paid",
                "2025-01-31",
                "2025-02-01",
                Some("421321100001"),
                true,
            ),
            (
                "paid",
                "2025-01-31",
                "2025-02-01",
                Some("421303001001"),
                false,
            ),
            ("paid", "2025-01-31", "2025-02-01", None, false),
            (
                "paid",
                "2024-12-31",
                "2025-02-01",
                Some("421321100001"),
                false,
            ),
            (
                "paid",
                "2025-01-10",
                "2025-01-10",
                Some("421321100001"),
                false,
            ),
            (
                "none",
                "2025-01-31",
                "2025-02-01",
                Some("421321100001"),
                false,
            ),
        ] {
            let then = all.as_of(day(on), Instant::at(day(known), 0));
            let got = then.covers(programme, hukou.map(code));
            assert_eq!(got, wants, "{programme} {on} {known} {hukou:?}");
        }
        for (programme, area, wants) in [
            ("paid", "4213", true),
            ("paid", "421321100", true),
            ("paid", "421303", false),
            ("roll", "421303", true),
        ] {
            assert_eq!(
                all.within(programme, &[code(area)]),
                wants,
                "{programme} {area}"
            );
        }
        assert!(all.contains("paid") && !all.contains("none"));
        assert_eq!(all.programmes(), BTreeSet::from(["paid", "roll"]));
    }
}
