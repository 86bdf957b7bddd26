//! A person and a household before they become records.

use crate::places::Place;

/// What became of somebody in the 13 months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Lives here all the time.
    Resident,
    /// Registered here, lives elsewhere since that day.
    Away(i32),
    /// Died on the first day, recorded on the second.
    Dead(i32, i32),
    /// Gave up the registration that day and left.
    MovedOut(i32),
    /// Arrived that day from outside the city.
    MovedIn(i32),
    /// Moved house that day, from that place.
    MovedWithin(i32, Place),
    /// Born in the past, registered that day; `false`: no identity number yet.
    Born(i32, bool),
}

/// A person being made.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) sex: usize,
    pub(crate) age: i32,
    /// Birth day number; 0 until drawn.
    pub(crate) birth: i32,
    pub(crate) surname: &'static str,
    /// A fixed name, for the people of the first five minutes.
    pub(crate) name: Option<&'static str>,
    pub(crate) relation: &'static str,
    /// Indexes of guardians within the household.
    pub(crate) guardians: Vec<usize>,
    pub(crate) fate: Fate,
    /// Where they live now (for the dead: lived).
    pub(crate) place: Option<Place>,
    /// Where they are registered now.
    pub(crate) hukou: Option<Place>,
}

impl Draft {
    pub(crate) fn new(sex: usize, age: i32, surname: &'static str, relation: &'static str) -> Self {
        Self {
            sex,
            age,
            birth: 0,
            surname,
            name: None,
            relation,
            guardians: Vec::new(),
            fate: Fate::Resident,
            place: None,
            hukou: None,
        }
    }

    /// Lives here on the demo date.
    pub(crate) fn lives_here(&self) -> bool {
        !matches!(
            self.fate,
            Fate::Away(_) | Fate::Dead(..) | Fate::MovedOut(_)
        )
    }
}

/// How the members of a household belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An elder in an institution.
    Institution,
    /// Somebody in a dormitory.
    Collective,
    /// One person.
    Single,
    /// A couple, or people of one generation.
    Couple,
    /// Parents and minors.
    Family,
    /// Parents and a grown-up child.
    Grown,
    /// Grandparents and grandchildren.
    Skipped,
    /// Three generations.
    Three,
    /// Nobody of it lives here any more, or yet.
    Gone,
}

/// A household being made.
#[derive(Debug, Clone)]
pub(crate) struct Household {
    pub(crate) kind: Kind,
    pub(crate) members: Vec<Draft>,
    /// A key of `docs/demo-city.md` and which member it names.
    pub(crate) named: Option<(&'static str, usize)>,
}

impl Household {
    pub(crate) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            members: Vec::new(),
            named: None,
        }
    }
}
