//! Three-valued logic: unknown is not no (invariant 3).

use serde::{Serialize, Serializer};

/// Whether a condition holds; ordered so that `and` is the smaller and `or` the larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold.
    False,
    /// A fact or parameter it needs is not known.
    Unknown,
    /// It holds.
    True,
}

impl Truth {
    /// Kleene's `and`: false wins, then unknown.
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Kleene's `or`: true wins, then unknown.
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// Kleene's `not`: unknown stays unknown.
    pub const fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// The truth of a value that may not be known.
    pub const fn of(value: Option<bool>) -> Self {
        match value {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Unknown,
        }
    }

    /// `true`, `false` or `unknown`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::False => "false",
            Self::Unknown => "unknown",
            Self::True => "true",
        }
    }

    /// The word beside a condition on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::False => "不满足",
            Self::Unknown => "待核实",
            Self::True => "满足",
        }
    }
}

impl Serialize for Truth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Whether somebody is entitled: the same three, printed `yes`, `no`, `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Not entitled.
    No,
    /// Not known yet.
    Unknown,
    /// Entitled.
    Yes,
}

impl Answer {
    /// `yes`, `no` or `unknown`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }

    /// The answer of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::No, Self::Unknown, Self::Yes]
            .into_iter()
            .find(|answer| answer.word() == word)
    }

    /// The word on screens.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::No => "不符合",
            Self::Unknown => "待核实",
            Self::Yes => "符合",
        }
    }
}

impl From<Truth> for Answer {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::False => Self::No,
            Truth::Unknown => Self::Unknown,
            Truth::True => Self::Yes,
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;

    /// Invariant 3 (unknown is not no): Kleene's tables, all nine rows.
    #[test]
    fn the_tables_are_kleenes() {
        for (a, b, and, or) in [
            (True, True, True, True),
            (True, Unknown, Unknown, True),
            (True, False, False, True),
            (Unknown, True, Unknown, True),
            (Unknown, Unknown, Unknown, Unknown),
            (Unknown, False, False, Unknown),
            (False, True, False, True),
            (False, Unknown, False, Unknown),
            (False, False, False, False),
        ] {
            assert_eq!((a.and(b), a.or(b)), (and, or), "{a:?} {b:?}");
        }
        assert_eq!(
            [True, Unknown, False].map(Truth::not),
            [False, Unknown, True]
        );
        assert_eq!(Answer::from(Unknown).word(), "unknown");
        assert_eq!(Answer::from_word("yes"), Some(Answer::Yes));
    }
}
