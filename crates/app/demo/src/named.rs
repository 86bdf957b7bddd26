//! The people of the first five minutes: always there, whatever the size and the seed.

use crate::draft::{Draft, Guardians, Household, Kind, Relation};
use crate::names::Surname;
use crate::pool::{FEMALE, MALE, Pool};

/// What somebody shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// 84, in a 乡镇, owed 高龄津贴, receives nothing.
    Owed,
    /// Lives alone as a visit will find; until then item 24 is 待核实.
    Visit,
    /// Died three months ago, recorded this month; 高龄津贴 was paid on.
    Late,
    /// Registered in one county, lives in another.
    Split,
    /// Two years old, with both parents.
    Child,
    /// Registered here, living elsewhere, over 60.
    Away,
    /// Had a wrong birth date on record.
    Corrected,
    /// Was missing from the wrong 低保 roll.
    WrongRoll,
    /// Born a few days ago, no identity number yet.
    Newborn,
    /// Moved house within the city in the past.
    Moved,
}

impl What {
    /// The key in `docs/demo-city.md`.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Owed => "owed_allowance",
            Self::Visit => "visit_settles",
            Self::Late => "late_death",
            Self::Split => "hukou_elsewhere",
            Self::Child => "child_under_three",
            Self::Away => "away_elder",
            Self::Corrected => "corrected_birth",
            Self::WrongRoll => "wrong_roll",
            Self::Newborn => "newborn_without_number",
            Self::Moved => "moved_house",
        }
    }

    /// Whether the offices know nothing particular about them.
    pub(crate) const fn plain(self) -> bool {
        matches!(
            self,
            Self::Owed | Self::Visit | Self::Late | Self::Split | Self::Child
        )
    }
}

/// A name nobody else has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixedName {
    Owed,
    Visit,
    Late,
    Split,
    Child,
}

impl FixedName {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Owed => "王念慈",
            Self::Visit => "李守望",
            Self::Late => "张归迟",
            Self::Split => "陈念乡",
            Self::Child => "刘小满",
        }
    }
}

/// The named households of a county, taken out of its people.
pub(crate) fn households(county: usize, pool: &mut Pool) -> Vec<Household> {
    let mut made = Vec::new();
    let mut single = |what, name: (&str, FixedName), sex, age, group: (i32, i32)| {
        // The age is set inside the census group the person was taken from.
        if pool.nearest(sex, age, group.0, group.1).is_some() {
            let mut draft = Draft::new(sex, age, Surname::of(name.0), Relation::Head);
            draft.name = Some(name.1);
            let mut household = Household::of(Kind::Single, vec![draft]);
            household.name(what, 0);
            made.push(household);
        }
    };
    match county {
        0 => {
            single(What::Split, ("陈", FixedName::Split), FEMALE, 72, (70, 74));
            made.extend(child(pool));
        }
        1 => single(What::Owed, ("王", FixedName::Owed), FEMALE, 84, (80, 84)),
        _ => single(What::Visit, ("李", FixedName::Visit), MALE, 76, (75, 79)),
    }
    made
}

fn child(pool: &mut Pool) -> Option<Household> {
    pool.nearest(FEMALE, 2, 1, 4)?;
    let mother = pool.nearest(FEMALE, 30, 20, 48)?;
    let father = pool.nearest(MALE, 32, 20, 52)?;
    let (his, hers) = (Surname::of("刘"), Surname::of("周"));
    let mut child = Draft::new(FEMALE, 2, his, Relation::Daughter);
    child.name = Some(FixedName::Child);
    child.guardians = Guardians::first(2);
    let father = Draft::new(MALE, father, his, Relation::Head);
    let mother = Draft::new(FEMALE, mother, hers, Relation::Spouse);
    let mut household = Household::of(Kind::Family, vec![father, mother, child]);
    household.name(What::Child, 2);
    Some(household)
}

/// The man whose death was recorded late (he comes on top of the residents).
pub(crate) fn late_death() -> Household {
    let mut draft = Draft::new(MALE, 86, Surname::of("张"), Relation::Head);
    draft.name = Some(FixedName::Late);
    let mut household = Household::of(Kind::Gone, vec![draft]);
    household.name(What::Late, 0);
    household
}
