//! A person and a household before they become records.

use crate::named::{FixedName, What};
use crate::names::Surname;
use crate::places::Place;
use crate::pool::MALE;

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

/// 与户主关系
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    Head,
    Spouse,
    Son,
    Daughter,
    Father,
    Mother,
    Grandson,
    Granddaughter,
    Other,
    Collective,
}

impl Relation {
    /// As the register says it.
    pub(crate) const fn zh(self) -> &'static str {
        match self {
            Self::Head => "户主",
            Self::Spouse => "配偶",
            Self::Son => "子",
            Self::Daughter => "女",
            Self::Father => "父",
            Self::Mother => "母",
            Self::Grandson => "孙",
            Self::Granddaughter => "孙女",
            Self::Other => "其他",
            Self::Collective => "集体户",
        }
    }

    pub(crate) const fn child(sex: usize) -> Self {
        if sex == MALE {
            Self::Son
        } else {
            Self::Daughter
        }
    }

    pub(crate) const fn grandchild(sex: usize) -> Self {
        if sex == MALE {
            Self::Grandson
        } else {
            Self::Granddaughter
        }
    }

    pub(crate) const fn parent(sex: usize) -> Self {
        if sex == MALE {
            Self::Father
        } else {
            Self::Mother
        }
    }
}

/// Which members of the household are somebody's guardians.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Guardians(u16);

impl Guardians {
    /// The first `n` members.
    pub(crate) const fn first(n: usize) -> Self {
        Self((1_u16 << n) - 1)
    }

    pub(crate) fn add(&mut self, member: usize) {
        self.0 |= 1 << member;
    }

    pub(crate) const fn has(self, member: usize) -> bool {
        member < 16 && self.0 >> member & 1 == 1
    }

    pub(crate) const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub(crate) fn members(self) -> impl Iterator<Item = usize> {
        (0..16).filter(move |at| self.has(*at))
    }
}

/// A person being made. Small: a whole county of them is in memory at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draft {
    sex: u8,
    pub(crate) surname: Surname,
    /// A fixed name, for the people of the first five minutes.
    pub(crate) name: Option<FixedName>,
    pub(crate) relation: Relation,
    pub(crate) guardians: Guardians,
    pub(crate) age: i32,
    /// Birth day number; 0 until drawn.
    pub(crate) birth: i32,
    pub(crate) fate: Fate,
    /// Where they live now (for the dead: lived).
    pub(crate) place: Option<Place>,
    /// Where they are registered now.
    pub(crate) hukou: Option<Place>,
}

impl Draft {
    pub(crate) fn new(sex: usize, age: i32, surname: Surname, relation: Relation) -> Self {
        Self {
            sex: sex as u8,
            age,
            birth: 0,
            surname,
            name: None,
            relation,
            guardians: Guardians::default(),
            fate: Fate::Resident,
            place: None,
            hukou: None,
        }
    }

    /// [`MALE`] or not: an index.
    pub(crate) const fn sex(&self) -> usize {
        self.sex as usize
    }

    pub(crate) const fn is_male(&self) -> bool {
        self.sex() == MALE
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
    named: Option<(What, u8)>,
}

impl Household {
    pub(crate) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            members: Vec::new(),
            named: None,
        }
    }

    pub(crate) fn of(kind: Kind, members: Vec<Draft>) -> Self {
        Self {
            kind,
            members,
            named: None,
        }
    }

    pub(crate) fn name(&mut self, what: What, member: usize) {
        self.named = Some((what, member as u8));
    }

    /// What it shows.
    pub(crate) fn what(&self) -> Option<What> {
        self.named.map(|(what, _)| what)
    }

    /// Who of it shows that.
    pub(crate) fn who(&self) -> Option<(What, usize)> {
        self.named.map(|(what, member)| (what, usize::from(member)))
    }

    /// The village it belongs to: where it lives, else where it is registered.
    pub(crate) fn village(&self) -> Option<u16> {
        let village = |place: Option<Place>| match place {
            Some(Place::Village(village)) => Some(village),
            _ => None,
        };
        let lived = self.members.iter().find_map(|d| village(d.place));
        lived.or_else(|| self.members.iter().find_map(|d| village(d.hukou)))
    }

    /// Adds a member, with no room for more.
    pub(crate) fn add(&mut self, draft: Draft) {
        self.members.reserve_exact(1);
        self.members.push(draft);
    }
}
