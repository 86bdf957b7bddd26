//! The rolls departments load, and when: who is on them is filled in person by person.

use crate::calendar::Calendar;
use crate::census::COUNTIES;
use crate::city::Roll;
use crate::draft::{Draft, Fate};
use crate::tags::Held;
use kernel::area_code::Level;
use kernel::{AreaCode, Instant};

/// Facts one office brings in one file.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) source: &'static str,
    /// The office in each county.
    pub(crate) by: [&'static str; 3],
    /// Months before the demo month in which it comes.
    months: &'static [i32],
    pub(crate) facts: &'static [&'static str],
    /// Whether single new cases come between the rolls.
    increments: bool,
}

/// A fact's place in [`GROUPS`].
pub(crate) type Key = (usize, usize);

pub(crate) const DIBAO: Key = (0, 0);
pub(crate) const DIBAO_HOUSEHOLD: Key = (0, 1);
pub(crate) const LOW_INCOME: Key = (1, 0);
pub(crate) const EDGE: Key = (1, 1);
pub(crate) const RIGID: Key = (1, 2);
pub(crate) const TEKUN: Key = (2, 0);
pub(crate) const GRADE: Key = (3, 0);
pub(crate) const EMPLOYEE: Key = (4, 0);
pub(crate) const RESIDENT: Key = (4, 1);
pub(crate) const WORK_INJURY: Key = (4, 2);
pub(crate) const SPECIAL: Key = (5, 0);
pub(crate) const SPECIAL_APPROVED: Key = (5, 1);
pub(crate) const ONLY_CHILD: Key = (5, 2);
pub(crate) const MARTYR: Key = (6, 0);
pub(crate) const FALLEN: Key = (6, 1);
pub(crate) const DECEASED: Key = (6, 2);
pub(crate) const DISABLED_SOLDIER: Key = (6, 3);
pub(crate) const DEMOBILISED: Key = (6, 4);
pub(crate) const DISCHARGED: Key = (6, 5);
pub(crate) const VETERAN: Key = (6, 6);
pub(crate) const SERVING: Key = (6, 7);
pub(crate) const MERIT_PENSION: Key = (6, 8);
pub(crate) const ILL: Key = (7, 0);
pub(crate) const CUSTODY: Key = (8, 0);

const QUARTERLY: &[i32] = &[12, 9, 6, 3, 0];
const YEARLY: &[i32] = &[12, 5];

/// What is loaded.
pub(crate) static GROUPS: [Group; 9] = [
    Group {
        source: "低保名册",
        by: ["曾都区民政局", "随县民政局", "广水市民政局"],
        months: QUARTERLY,
        facts: &["dibao", "dibao_household"],
        increments: false,
    },
    Group {
        source: "低收入人口名册",
        by: ["曾都区民政局", "随县民政局", "广水市民政局"],
        months: QUARTERLY,
        facts: &["low_income", "dibao_edge", "rigid_spending"],
        increments: false,
    },
    Group {
        source: "特困人员名册",
        by: ["曾都区民政局", "随县民政局", "广水市民政局"],
        months: &[12, 6, 0],
        facts: &["tekun"],
        increments: false,
    },
    Group {
        source: "残联名册",
        by: ["曾都区残联", "随县残联", "广水市残联"],
        months: YEARLY,
        facts: &["disability_grade"],
        increments: true,
    },
    Group {
        source: "社保待遇名册",
        by: ["曾都区人社局", "随县人社局", "广水市人社局"],
        months: YEARLY,
        facts: &[
            "employee_pension",
            "resident_pension",
            "work_injury_care_pay",
        ],
        increments: true,
    },
    Group {
        source: "计生特殊家庭名册",
        by: ["曾都区卫健局", "随县卫健局", "广水市卫健局"],
        months: YEARLY,
        facts: &[
            "special_family",
            "special_family_approved",
            "only_child_parent",
        ],
        increments: true,
    },
    Group {
        source: "优抚对象名册",
        by: [
            "曾都区退役军人事务局",
            "随县退役军人事务局",
            "广水市退役军人事务局",
        ],
        months: YEARLY,
        facts: &[
            "merit_martyr_family",
            "merit_fallen_family",
            "merit_deceased_soldier_family",
            "merit_disabled_soldier",
            "merit_demobilised",
            "merit_discharged",
            "merit_veteran",
            "merit_serving_family",
            "merit_pension",
        ],
        increments: true,
    },
    Group {
        source: "医保名册",
        by: ["曾都区医保局", "随县医保局", "广水市医保局"],
        months: YEARLY,
        facts: &["serious_illness", "ltci_benefit"],
        increments: true,
    },
    Group {
        source: "司法名册",
        by: ["曾都区司法局", "随县司法局", "广水市司法局"],
        months: YEARLY,
        facts: &["in_custody"],
        increments: true,
    },
];

/// The county (index) whose low-income roll nobody loaded: a stated gap.
pub(crate) const NO_LOW_INCOME_ROLL: usize = 2;
/// The county and the month before the demo month of the wrong 低保 roll.
const WRONG: (usize, i32) = (1, 3);

/// One file of one county: a roll per fact.
#[derive(Debug)]
struct Batch {
    date: i32,
    recorded: Instant,
    /// Index of the roll of each fact.
    rolls: Vec<Option<usize>>,
}

/// Which rolls there are, and when they come: nobody is on them yet.
#[derive(Debug)]
pub(crate) struct Rolls {
    made: Vec<Roll>,
    /// By county and group.
    batches: Vec<Vec<Batch>>,
    now: Instant,
    /// The roll that will be wrong, and the one of its fact and county before.
    wrong: Option<(usize, Option<usize>)>,
}

/// Between which days somebody can be on a roll.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// When the register first knew them.
    pub(crate) registered: Instant,
    /// Died on this day, known since that moment.
    pub(crate) dead: Option<(i32, Instant)>,
}

impl Known {
    pub(crate) fn of(draft: &Draft, registered: Instant) -> Self {
        let dead = match draft.fate {
            Fate::Dead(on, told) => Some((on, Calendar::at(told, 16 * 3600))),
            _ => None,
        };
        Self { registered, dead }
    }
}

impl Rolls {
    pub(crate) fn new(calendar: &Calendar) -> Self {
        let now = calendar.now();
        let mut all = Self {
            made: Vec::new(),
            batches: Vec::new(),
            now,
            wrong: None,
        };
        for (place, county) in COUNTIES.iter().enumerate() {
            let Ok(area) = county.code.parse() else {
                continue;
            };
            for (at, group) in GROUPS.iter().enumerate() {
                let mut batches = Vec::new();
                let mut before = None;
                for back in group.months {
                    let date = calendar.month(*back);
                    let seconds = 9 * 3600 + at as i64 * 600 + place as i64 * 60;
                    let recorded = Calendar::at(date + 4, seconds);
                    if recorded > now {
                        continue;
                    }
                    let mut rolls = Vec::new();
                    for (which, fact) in group.facts.iter().enumerate() {
                        if (at, which) == LOW_INCOME && place == NO_LOW_INCOME_ROLL {
                            rolls.push(None);
                            continue;
                        }
                        rolls.push(Some(all.made.len()));
                        if (at, which) == DIBAO && (place, *back) == WRONG {
                            all.wrong = Some((all.made.len(), before));
                        }
                        all.made.push(Roll {
                            fact,
                            area,
                            date: calendar.day(date),
                            recorded,
                            source: group.source,
                            by: group.by[place],
                            listed: Vec::new(),
                            withdrawn: None,
                        });
                    }
                    before = rolls.first().copied().flatten();
                    batches.push(Batch {
                        date,
                        recorded,
                        rolls,
                    });
                }
                all.batches.push(batches);
            }
        }
        all
    }

    /// Tells `on` every roll a person belongs on; the moment they were first recorded, if they were.
    pub(crate) fn list(
        &self,
        person: usize,
        county: usize,
        held: &Held,
        known: Known,
        mut on: impl FnMut(usize),
    ) -> Option<Instant> {
        let (key, days, late) = (held.key, (held.since, held.until), held.late);
        let batches = self.batches.get(county * GROUPS.len() + key.0)?;
        let told = Calendar::at(late.unwrap_or(days.0), 10 * 3600);
        let alone = Calendar::at(
            late.unwrap_or(days.0 + 12),
            10 * 3600 + (person % 25_000) as i64,
        );
        let mut first = None;
        for batch in batches {
            let in_force = batch.date >= days.0 && batch.date < days.1;
            let gone = known
                .dead
                .is_some_and(|(on, told)| on <= batch.date && told <= batch.recorded);
            if !in_force || gone || batch.recorded < known.registered || batch.recorded < told {
                continue;
            }
            if let Some(roll) = batch.rolls.get(key.1).copied().flatten() {
                first.get_or_insert(batch.recorded);
                on(roll);
            }
        }
        let loaded = batches.first().map_or(self.now, |batch| batch.recorded);
        let alone = alone.max(known.registered).max(loaded);
        let single = GROUPS[key.0].increments && alone <= self.now;
        let recorded = match first {
            Some(roll) if single => Some(roll.min(alone)),
            None if single => Some(alone),
            first => first,
        };
        recorded.filter(|at| known.dead.is_none_or(|(_, told)| *at < told))
    }

    /// The rolls with nobody on them yet.
    pub(crate) fn lists(self) -> Lists {
        Lists {
            listed: self.made.iter().map(|_| Vec::new()).collect(),
            rolls: self,
            towns: Vec::new(),
        }
    }
}

/// The rolls with the people on them.
#[derive(Debug)]
pub(crate) struct Lists {
    rolls: Rolls,
    /// Who is on each.
    listed: Vec<Vec<usize>>,
    /// Towns of those on the roll that will be wrong, in its order.
    towns: Vec<AreaCode>,
}

impl Lists {
    /// Puts a person, registered there, on every roll they belong on.
    pub(crate) fn list(
        &mut self,
        person: usize,
        (county, hukou): (usize, AreaCode),
        held: &Held,
        known: Known,
    ) {
        let wrong = self.rolls.wrong.map(|(wrong, _)| wrong);
        self.rolls.list(person, county, held, known, |roll| {
            self.listed[roll].push(person);
            if wrong == Some(roll) {
                self.towns.push(hukou.up_to(Level::Town));
            }
        });
    }

    /// The rolls in order of recording; the wrong one, which had lost a town, taken back and replaced.
    /// Returns who was lost, too.
    pub(crate) fn finish(self) -> (Vec<Roll>, Vec<usize>) {
        let mut made = self.rolls.made;
        for (roll, mut listed) in made.iter_mut().zip(self.listed) {
            listed.shrink_to_fit();
            roll.listed = listed;
        }
        let mut lost = Vec::new();
        if let Some((right, before)) = self.rolls.wrong {
            let earlier = before.map_or(&[][..], |at| &made[at].listed);
            let listed = made[right].listed.iter().copied().zip(self.towns);
            let both: Vec<(usize, AreaCode)> = listed
                .filter(|(at, _)| earlier.binary_search(at).is_ok())
                .collect();
            if let Some((_, town)) = both.get(both.len() / 2) {
                let there = both.iter().filter(|(_, of)| of == town);
                lost.extend(there.map(|(at, _)| *at));
            }
            let mut wrong = made[right].clone();
            wrong.withdrawn = Some(wrong.recorded.plus_seconds(6 * 86_400 + 3600));
            wrong.listed.retain(|at| lost.binary_search(at).is_err());
            made[right].recorded = wrong.recorded.plus_seconds(7 * 86_400);
            made.push(wrong);
        }
        made.sort_by_key(|roll| roll.recorded);
        (made, lost)
    }
}
