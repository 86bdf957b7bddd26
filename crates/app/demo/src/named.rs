//! The people of the first five minutes: always there, whatever the size and the seed.

use crate::draft::{Draft, Household, Kind};
use crate::pool::{FEMALE, MALE, Pool};

/// 84, in a 乡镇, owed 高龄津贴, receives nothing.
pub(crate) const OWED: &str = "owed_allowance";
/// Lives alone as a visit will find; until then item 24 is 待核实.
pub(crate) const VISIT: &str = "visit_settles";
/// Died three months ago, recorded this month; 高龄津贴 was paid on.
pub(crate) const LATE: &str = "late_death";
/// Registered in one county, lives in another.
pub(crate) const SPLIT: &str = "hukou_elsewhere";
/// Two years old, with both parents.
pub(crate) const CHILD: &str = "child_under_three";
/// Registered here, living elsewhere, over 60.
pub(crate) const AWAY: &str = "away_elder";
/// Had a wrong birth date on record.
pub(crate) const CORRECTED: &str = "corrected_birth";
/// Was missing from the wrong 低保 roll.
pub(crate) const WRONG_ROLL: &str = "wrong_roll";
/// Born a few days ago, no identity number yet.
pub(crate) const NEWBORN: &str = "newborn_without_number";
/// Moved house within the city in the past.
pub(crate) const MOVED: &str = "moved_house";

/// Whether the offices know nothing particular about them.
pub(crate) fn plain(key: &str) -> bool {
    [OWED, VISIT, LATE, SPLIT, CHILD].contains(&key)
}

/// The named households of a county, taken out of its people.
pub(crate) fn households(county: usize, pool: &mut Pool) -> Vec<Household> {
    let mut made = Vec::new();
    let mut single = |key, name: (&'static str, &'static str), sex, age, group: (i32, i32)| {
        // The age is set inside the census group the person was taken from.
        if pool.nearest(sex, age, group.0, group.1).is_some() {
            let mut draft = Draft::new(sex, age, name.0, "户主");
            draft.name = Some(name.1);
            let mut household = Household::new(Kind::Single);
            household.members.push(draft);
            household.named = Some((key, 0));
            made.push(household);
        }
    };
    match county {
        0 => {
            single(SPLIT, ("陈", "陈念乡"), FEMALE, 72, (70, 74));
            made.extend(child(pool));
        }
        1 => single(OWED, ("王", "王念慈"), FEMALE, 84, (80, 84)),
        _ => single(VISIT, ("李", "李守望"), MALE, 76, (75, 79)),
    }
    made
}

fn child(pool: &mut Pool) -> Option<Household> {
    pool.nearest(FEMALE, 2, 1, 4)?;
    let mother = pool.nearest(FEMALE, 30, 20, 48)?;
    let father = pool.nearest(MALE, 32, 20, 52)?;
    let mut household = Household::new(Kind::Family);
    household
        .members
        .push(Draft::new(MALE, father, "刘", "户主"));
    household
        .members
        .push(Draft::new(FEMALE, mother, "周", "配偶"));
    let mut child = Draft::new(FEMALE, 2, "刘", "女");
    child.name = Some("刘小满");
    child.guardians = vec![0, 1];
    household.members.push(child);
    household.named = Some((CHILD, 2));
    Some(household)
}

/// The man whose death was recorded late (he comes on top of the residents).
pub(crate) fn late_death() -> Household {
    let mut draft = Draft::new(MALE, 86, "张", "户主");
    draft.name = Some("张归迟");
    let mut household = Household::new(Kind::Gone);
    household.members.push(draft);
    household.named = Some((LATE, 0));
    household
}
