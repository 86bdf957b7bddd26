//! Who receives what: taken over from the paying offices, with the gaps and the mistakes the demo shows.
//!
//! Amounts are those of the plan or of the demo overlay (`overlay/suizhou-params.toml`).

use crate::calendar::Calendar;
use crate::city::Receipt;
use crate::draft::{Draft, Fate, Household, Relation};
use crate::named::What;
use crate::rates;
use crate::rng::{Quota, Rng};
use crate::rolls::{
    DIBAO, DIBAO_HOUSEHOLD, EDGE, EMPLOYEE, LOW_INCOME, NO_LOW_INCOME_ROLL, RESIDENT, RIGID, TEKUN,
    WORK_INJURY,
};
use crate::tags::{LASTS, Tags};

/// 低保标准 in fen by county: 城市, 农村 (the overlay's values of 2025).
const STANDARD: [[i64; 2]; 3] = [[71_000, 57_000], [69_000, 55_000], [69_500, 55_500]];
const FINANCE: [&str; 3] = ["曾都区财政局", "随县财政局", "广水市财政局"];
const EMPLOYEE_FUND: &str = "职工基本养老保险基金";
const RESIDENT_FUND: &str = "城乡居民基本养老保险基金";
const CARD: &str = "一卡通发放明细";
const SOCIAL: &str = "社保待遇发放明细";

/// The receipts of the chunk at hand, and the quotas of the city.
#[derive(Debug)]
pub(crate) struct Receipts {
    made: Vec<Receipt>,
    unpaid: [Quota; 3],
    paid_on: Quota,
}

/// One person's lines: what all of them share.
struct Line<'a> {
    calendar: &'a Calendar,
    person: usize,
    county: usize,
    /// First month in which nothing is paid any more.
    stop: i32,
}

impl Receipts {
    pub(crate) const fn new() -> Self {
        Self {
            made: Vec::new(),
            unpaid: [Quota::new(); 3],
            paid_on: Quota::new(),
        }
    }

    /// Hands out what was made since the last time.
    pub(crate) fn take(&mut self) -> Vec<Receipt> {
        std::mem::take(&mut self.made)
    }

    /// Everything one member receives; `county` and `urban` are those of the registration.
    pub(crate) fn write(
        &mut self,
        rng: &mut Rng,
        calendar: &Calendar,
        (county, urban): (usize, bool),
        (household, at): (&Household, usize),
        (person, tags): (usize, &Tags),
    ) {
        let Some(draft) = household.members.get(at) else {
            return;
        };
        let stop = match draft.fate {
            Fate::Dead(on, told) if told - on <= 45 => calendar.next_month(on, 0),
            Fate::Dead(_, told) => calendar.next_month(told, 0),
            _ => LASTS,
        };
        let line = Line {
            calendar,
            person,
            county,
            stop,
        };
        let named = household
            .who()
            .filter(|(_, member)| *member == at)
            .map(|(what, _)| what);
        if draft.age >= 79 && named != Some(What::Owed) {
            let paid = named.is_some() || !self.unpaid[0].draw(rng, rates::UNPAID[0]);
            if paid {
                self.senior(&line, draft);
            }
        }
        if !tags.held.is_empty() {
            self.elders(rng, &line, draft, tags);
            self.disabled(rng, &line, draft, tags);
            self.assistance(rng, &line, urban, tags);
            self.pensions(rng, &line, tags);
        }
    }

    fn senior(&mut self, line: &Line<'_>, draft: &Draft) {
        let turned = |age| {
            line.calendar
                .next_month(line.calendar.birthday(draft.birth, age), 0)
        };
        for (from, until, fen) in [
            (turned(80), turned(90), 5_000),
            (turned(90), turned(100), 10_000),
            (turned(100), LASTS, 30_000),
        ] {
            if until > line.calendar.start {
                let until = if until > line.calendar.today {
                    LASTS
                } else {
                    until
                };
                self.push(
                    line,
                    "senior_allowance",
                    (from, until),
                    fen,
                    (FINANCE[line.county], CARD),
                );
            }
        }
    }

    fn elders(&mut self, rng: &mut Rng, line: &Line<'_>, draft: &Draft, tags: &Tags) {
        let Some((since, until)) = poor(line.county, tags) else {
            return;
        };
        let month = |day| line.calendar.next_month(day, 0);
        let from = month(since).max(month(line.calendar.birthday(draft.birth, 80)));
        if from <= line.calendar.today && !self.unpaid[1].draw(rng, rates::UNPAID[1]) {
            let payer = (FINANCE[line.county], CARD);
            self.push(line, "care_service_subsidy", (from, until), 10_000, payer);
        }
        let Some((level, assessed)) = tags.ability else {
            return;
        };
        if level >= 3 && !severe(tags) && !self.unpaid[2].draw(rng, rates::UNPAID[2]) {
            let from = month(since).max(month(assessed));
            let payer = (FINANCE[line.county], CARD);
            self.push(line, "nursing_subsidy", (from, until), 10_000, payer);
        }
    }

    fn disabled(&mut self, rng: &mut Rng, line: &Line<'_>, draft: &Draft, tags: &Tags) {
        let Some((_, since, _)) = tags.grade() else {
            return;
        };
        if tags.span(TEKUN).is_some() || tags.span(WORK_INJURY).is_some() {
            return;
        }
        let payer = (FINANCE[line.county], CARD);
        let from = line.calendar.next_month(since, 0);
        if severe(tags) && !self.unpaid[2].draw(rng, rates::UNPAID[2]) {
            self.push(
                line,
                "severe_disability_nursing",
                (from, LASTS),
                10_000,
                payer,
            );
        }
        let family = tags.span(DIBAO).or_else(|| tags.span(DIBAO_HOUSEHOLD));
        let Some((since, until)) = family else { return };
        // Minors of a lost generation may be orphans, who do not get it: left to the office.
        let orphan =
            draft.age < 18 && !matches!(draft.relation, Relation::Son | Relation::Daughter);
        if !orphan && !self.unpaid[2].draw(rng, rates::UNPAID[2]) {
            let paid_on = until != LASTS && self.paid_on.draw(rng, 0.3);
            let until = if paid_on { LASTS } else { until };
            let from = from.max(line.calendar.next_month(since, 0));
            self.push(line, "hard_disability_living", (from, until), 7_000, payer);
        }
    }

    fn assistance(&mut self, rng: &mut Rng, line: &Line<'_>, urban: bool, tags: &Tags) {
        let urban = tags.urban.unwrap_or(urban);
        let standard = STANDARD[line.county][usize::from(!urban)];
        if let Some(days) = tags.span(TEKUN) {
            let payer = (FINANCE[line.county], CARD);
            self.push(line, "tekun_support", days, standard * 13 / 10, payer);
        }
        if let Some(days) = tags.span(DIBAO) {
            let fen = standard * i64::from(rng.range(35, 75)) / 10_000 * 100;
            self.push(line, "dibao", days, fen, (FINANCE[line.county], CARD));
        }
    }

    fn pensions(&mut self, rng: &mut Rng, line: &Line<'_>, tags: &Tags) {
        if let Some(days) = tags.span(EMPLOYEE) {
            let fen = i64::from(rng.range(1_800, 4_200)) * 100;
            self.push(line, "employee_pension", days, fen, (EMPLOYEE_FUND, SOCIAL));
        }
        if let Some(days) = tags.span(RESIDENT) {
            let fen = i64::from(rng.range(160, 320)) * 100;
            self.push(line, "resident_pension", days, fen, (RESIDENT_FUND, SOCIAL));
        }
    }

    fn push(
        &mut self,
        line: &Line<'_>,
        programme: &'static str,
        (from, until): (i32, i32),
        fen: i64,
        (payer, source): (&'static str, &'static str),
    ) {
        let calendar = line.calendar;
        let from = from.max(calendar.month(120));
        let until = until.min(line.stop);
        let loaded = calendar.start + 6;
        let known = if from <= calendar.start {
            loaded
        } else {
            from + 14
        };
        if from >= until || until <= calendar.start || known > calendar.today {
            return;
        }
        self.made.push(Receipt {
            person: line.person,
            programme,
            from: calendar.day(from),
            until: (until != LASTS).then(|| calendar.day(until)),
            fen,
            payer,
            source,
            recorded: Calendar::at(known.max(loaded), 8 * 3600),
        });
    }
}

/// The family's assistance counts for items 17 and 18, and is on the register.
fn poor(county: usize, tags: &Tags) -> Option<(i32, i32)> {
    let family = tags.span(DIBAO).or_else(|| tags.span(DIBAO_HOUSEHOLD));
    let listed =
        county != NO_LOW_INCOME_ROLL || tags.span(EDGE).is_some() || tags.span(RIGID).is_some();
    let low = tags
        .span(LOW_INCOME)
        .filter(|_| listed && tags.urban == Some(true));
    family.or(low)
}

/// Grade 1 or 2 and in need of long care.
fn severe(tags: &Tags) -> bool {
    tags.long_care == Some(true) && tags.grade().is_some_and(|(grade, ..)| grade <= 2)
}
