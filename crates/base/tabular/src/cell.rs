//! What a cell holds.

/// What a cell holds, borrowed from the row it stands in. In a CSV every cell is `Empty` or `Text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing, or only spaces.
    Empty,
    /// A text as it was typed.
    Text(&'a str),
    /// A number with the digits the file has for it: `4.21303195001011E17`, `1200.50`.
    Number(&'a str),
    /// A number that Excel shows as a day or a moment: days since the workbook's own beginning.
    Date {
        /// The digits the file has: `45296`, `45296.5`.
        serial: &'a str,
        /// Counted from 1904 instead of 1900.
        since_1904: bool,
    },
    /// 真/假.
    Bool(bool),
    /// `#N/A`, `#REF!`; reads as empty everywhere, counted in [`crate::Notes`].
    Error(&'a str),
    /// A formula whose result the file does not hold.
    NoResult,
}

impl<'a> Cell<'a> {
    /// Whether there is nothing in it (an error counts as nothing).
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty | Self::Error(_) => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Date { .. } | Self::Bool(_) | Self::NoResult => false,
        }
    }

    /// The text the file has for it; a day by its serial number, a bool as `TRUE`/`FALSE`.
    pub fn raw(&self) -> &'a str {
        match self {
            Self::Empty | Self::NoResult => "",
            Self::Text(text) | Self::Number(text) | Self::Error(text) => text,
            Self::Date { serial, .. } => serial,
            Self::Bool(true) => "TRUE",
            Self::Bool(false) => "FALSE",
        }
    }

    /// What a person sees in the cell: a day as `2024-01-05`, numbers without `E`, nothing for an error,
    /// else [`Self::raw`].
    pub fn shown(&self) -> std::borrow::Cow<'a, str> {
        crate::value::shown(*self)
    }
}
