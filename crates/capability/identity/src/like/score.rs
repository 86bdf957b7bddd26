//! Evidence added up.

use super::birth;
use super::evidence::Evidence;
use super::name::Folded;
use kernel::AreaCode;
use kernel::area_code::Level;

/// From so many points on a pair is put before somebody. An exact name and day of birth come to 75 without a place;
/// a name with one other character and the same day, sex and village to 70.
pub(crate) const LISTED: i64 = 70;

/// What is compared of a file. Numbers and phones are keyed digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) name: String,
    /// `yyyymmdd`.
    pub(crate) birth: Option<u32>,
    pub(crate) male: Option<bool>,
    pub(crate) hukou: Option<AreaCode>,
    pub(crate) residence: Option<AreaCode>,
    pub(crate) household: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) number: Option<String>,
    pub(crate) last_four: Option<String>,
}

/// Points and what they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Score {
    pub(crate) points: i64,
    pub(crate) evidence: Vec<Evidence>,
}

/// What two files look like by what stands in the columns in memory.
pub(crate) fn likeness(
    name: Evidence,
    births: (Option<u32>, Option<u32>),
    male: (Option<bool>, Option<bool>),
    areas: [Option<AreaCode>; 4],
    same_household: bool,
) -> Score {
    let mut evidence = vec![name];
    let birth = birth::like(births.0, births.1);
    evidence.extend(birth);
    match male {
        (Some(a), Some(b)) if a == b => evidence.push(Evidence::SexSame),
        (Some(_), Some(_)) => evidence.push(Evidence::SexOther),
        _ => {}
    }
    evidence.extend(place(areas));
    if same_household {
        evidence.push(Evidence::Household);
    }
    let one_day = matches!(birth, Some(Evidence::BirthSame | Evidence::BirthFirst));
    let other_name = !matches!(name, Evidence::NameSame | Evidence::NameVariant);
    if same_household && one_day && other_name {
        evidence.push(Evidence::Twins);
    }
    Score::of(evidence)
}

impl Score {
    fn of(evidence: Vec<Evidence>) -> Self {
        Self {
            points: evidence.iter().map(|one| one.weight()).sum(),
            evidence,
        }
    }

    /// Whether it is put before somebody.
    pub(crate) fn listed(&self) -> bool {
        self.points >= LISTED
    }

    /// The words, those that weigh most first.
    pub(crate) fn words(&self) -> Vec<String> {
        words(&self.evidence)
    }
}

/// The words of evidence, what speaks for it first.
pub(crate) fn words(evidence: &[Evidence]) -> Vec<String> {
    let mut sorted = evidence.to_vec();
    sorted.sort_by_key(|one| std::cmp::Reverse(one.weight()));
    sorted.iter().map(|one| one.zh().to_owned()).collect()
}

/// What two files look like by everything.
pub(crate) fn score(a: &Profile, b: &Profile) -> Score {
    let name = Folded::of(&a.name).like(&a.name, &Folded::of(&b.name), &b.name);
    let both = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
    let mut out = likeness(
        name,
        (a.birth, b.birth),
        (a.male, b.male),
        [a.hukou, a.residence, b.hukou, b.residence],
        both(&a.household, &b.household),
    );
    let mut add = |evidence: Evidence| {
        out.evidence.push(evidence);
        out.points += evidence.weight();
    };
    if both(&a.phone, &b.phone) {
        add(Evidence::Phone);
    }
    match (&a.number, &b.number) {
        (Some(a), Some(b)) if a != b => add(Evidence::NumbersDiffer),
        (Some(_), Some(_)) => {}
        _ => add(Evidence::NumberMissing),
    }
    if both(&a.last_four, &b.last_four) {
        add(Evidence::LastFour);
    }
    out
}

/// The closest place that any area of one shares with any of the other: 户籍 of one may be 常住 of the other.
fn place(areas: [Option<AreaCode>; 4]) -> Option<Evidence> {
    let [a, b, c, d] = areas;
    let levels = [
        (Level::Village, Evidence::Village),
        (Level::Town, Evidence::Town),
        (Level::County, Evidence::County),
    ];
    for (level, evidence) in levels {
        let at = |area: Option<AreaCode>| {
            area.filter(|area| area.level() >= level)
                .map(|area| area.up_to(level))
        };
        let shared = [a, b]
            .into_iter()
            .any(|mine| at(mine).is_some() && (at(mine) == at(c) || at(mine) == at(d)));
        if shared {
            return Some(evidence);
        }
    }
    None
}
