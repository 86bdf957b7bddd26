//! What a grant comes to in a month: the plan's rule over facts as known at a moment, the grant's own events, and the
//! rule of first and last months. Pure; the draft and the auditor's replay ask the same function.

use kernel::{Day, Fen, Instant};
use ledger::{Due, DueRule, Month, Span};
use people::api::{Record, RollBook, resolve};
use rules::facts::{FactId, Facts, Value};
use rules::folder::Cycle;
use rules::{List, Paid, ProgrammeAnswer, Truth};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A grant as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granted {
    /// From when.
    pub(crate) from: Day,
    /// As decided; holds where the rule gives no amount.
    pub(crate) fen: Fen,
    /// When it was recorded.
    pub(crate) recorded: Instant,
}

/// Something that happened to a grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GrantEvent {
    /// Stops or goes on.
    pub(crate) stops: bool,
    /// From this day.
    pub(crate) day: Day,
    /// Known since.
    pub(crate) recorded: Instant,
}

/// What is asked about everybody of a run.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    /// The list in force.
    pub(crate) list: &'a List,
    /// Place of the programme in it.
    pub(crate) programme: usize,
    /// First and last months.
    pub(crate) rule: DueRule,
    /// As known then.
    pub(crate) known: Instant,
}

/// One person, as a list and the rolls answer about them: a day is asked once, however many months, grants and programmes
/// come back to it, and not again until something turns.
pub(crate) struct Life<'a> {
    list: &'a List,
    rolls: &'a RollBook,
    known: Instant,
    /// Every day asks anew, because the list does.
    daily: bool,
    records: &'a [Record],
    births: Vec<Day>,
    /// Days on which a fact, a roll or a parameter may turn.
    turns: BTreeSet<Day>,
    told: RefCell<BTreeMap<Day, Rc<Told>>>,
}

/// What holds on a day, whatever was granted.
struct Told {
    gone: bool,
    dead: Option<Day>,
    answers: Vec<ProgrammeAnswer>,
}

/// The birthday of a year; 29 February is on 28 February or 1 March, as the plan says: both are asked.
fn birthdays(birth: Day, year: i32) -> impl Iterator<Item = Day> {
    let day = Day::from_ymd(year, birth.month(), birth.day());
    let both = [(2, 28), (3, 1)]
        .into_iter()
        .filter(move |_| day.is_none())
        .filter_map(move |(month, day)| Day::from_ymd(year, month, day));
    day.into_iter().chain(both)
}

impl<'a> Life<'a> {
    /// Of these records as known then.
    pub(crate) fn new(
        list: &'a List,
        rolls: &'a RollBook,
        known: Instant,
        daily: bool,
        records: &'a [Record],
    ) -> Self {
        let mut turns = BTreeSet::new();
        let mut births = Vec::new();
        for set in records.iter().flat_map(|record| &record.sets) {
            turns.insert(set.since);
            turns.extend(set.until);
            let Some(Value::Day(day)) = &set.value else {
                continue;
            };
            // 有效期至 a day: it turns with that day, or with the next.
            turns.extend([*day, day.plus_days(1)]);
            if set.fact == FactId::BIRTH_DATE {
                births.push(*day);
            }
        }
        for fact in rolls.facts() {
            turns.extend(rolls.of(fact).iter().map(|roll| roll.day));
        }
        let values = list.params().iter().flat_map(rules::ParamTable::values);
        turns.extend(values.map(|value| value.from));
        Self {
            list,
            rolls,
            known,
            daily,
            records,
            births,
            turns,
            told: RefCell::default(),
        }
    }

    /// The days after `start` up to `end` on which something may turn.
    fn between(&self, start: Day, end: Day) -> Vec<Day> {
        let mut days: Vec<Day> = self
            .turns
            .range(start.plus_days(1)..end.plus_days(1))
            .copied()
            .collect();
        for birth in &self.births {
            let years = [start.year(), end.year()];
            let all = years.into_iter().flat_map(|year| birthdays(*birth, year));
            days.extend(all.filter(|day| start < *day && *day <= end));
        }
        days
    }

    /// The last day up to this one on which something turned: what held then holds now.
    fn turn(&self, day: Day) -> Day {
        // A child's 月龄 turns within the year.
        let young = self.births.iter().any(|birth| birth.plus_years(18) > day);
        if self.daily || young {
            return day;
        }
        let turned = self.turns.range(..day.plus_days(1)).next_back().copied();
        let birthday = self
            .births
            .iter()
            .flat_map(|birth| {
                let years = [day.year() - 1, day.year()];
                years.into_iter().flat_map(|year| birthdays(*birth, year))
            })
            .filter(|birthday| *birthday <= day)
            .max();
        turned.max(birthday).unwrap_or(day)
    }

    fn on(&self, day: Day) -> Rc<Told> {
        let day = self.turn(day);
        if let Some(told) = self.told.borrow().get(&day) {
            return Rc::clone(told);
        }
        let facts = resolve(self.records, self.rolls, day, self.known).facts;
        let gone = matches!(facts.get(FactId::ALIVE), Some(Value::Bool(false)));
        let told = Rc::new(Told {
            gone,
            dead: rules::facts::find("dead_on").and_then(|fact| day_of(&facts, fact)),
            answers: if gone {
                Vec::new()
            } else {
                self.list.answer_programmes(&facts, day)
            },
        });
        self.told.borrow_mut().insert(day, Rc::clone(&told));
        told
    }
}

/// One day's answer.
struct On {
    fen: Option<Fen>,
    why: String,
    dead: Option<Day>,
}

/// A month's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged {
    /// What is due, if anything.
    pub(crate) due: Option<Due>,
    /// Why nothing is, in Chinese.
    pub(crate) why_not: String,
}

/// What is paid once is due in the first month it is due at all, and in no other.
fn once(from: Month, month: Month, of: impl Fn(Month) -> Judged) -> Judged {
    let judged = of(month);
    if judged.due.is_none() {
        return judged;
    }
    let mut earlier = from;
    while earlier < month {
        if of(earlier).due.is_some() {
            return Judged {
                due: None,
                why_not: format!("一次性待遇，{}已经发过", earlier.zh()),
            };
        }
        earlier = earlier.plus(1);
    }
    judged
}

fn day_of(facts: &Facts, fact: FactId) -> Option<Day> {
    match facts.get(fact) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}

impl Judge<'_> {
    /// What a grant comes to in a month: monthly; or once, in the first month it is due; or for a quarter, half-year or
    /// year in its last month, a part for each month that was due in it.
    pub(crate) fn month(
        &self,
        granted: &Granted,
        events: &[GrantEvent],
        life: &Life<'_>,
        month: Month,
    ) -> Judged {
        let of = |month: Month| self.monthly(granted, events, life, month);
        match self.cycle().months() {
            Some(1) => of(month),
            Some(months) => self.of_cycle(months, month, of),
            None => once(Month::of(granted.from), month, of),
        }
    }

    /// In which cycle it is paid.
    pub(crate) fn cycle(&self) -> Cycle {
        let row = self.list.programmes().get(self.programme);
        row.map_or(Cycle::Month, |row| row.programme.cycle)
    }

    /// The last month of a cycle pays for the months of it that were due.
    fn of_cycle(&self, months: i32, month: Month, of: impl Fn(Month) -> Judged) -> Judged {
        let into = month.month() % months;
        if into != 0 {
            let next = month.plus(months - into);
            return Judged {
                due: None,
                why_not: format!("每 {months} 个月发一次，{}发", next.zh()),
            };
        }
        let (mut sum, mut due, mut why_not) = (0, 0, String::new());
        for back in (0..months).rev() {
            let judged = of(month.plus(-back));
            match judged.due {
                Some(one) => {
                    sum += one.fen.0;
                    due += 1;
                }
                None => why_not = judged.why_not,
            }
        }
        if due == 0 {
            return Judged { due: None, why_not };
        }
        let why = if due == months {
            "符合条件".to_owned()
        } else {
            format!("{months} 个月里 {due} 个月符合，按月折算")
        };
        Judged {
            due: Some(Due {
                fen: self.rule.round.share(Fen(sum), 1, i64::from(months)),
                why,
            }),
            why_not: String::new(),
        }
    }

    /// What a month comes to where every month is paid; of a longer cycle the amount of the whole, where the month is due.
    pub(crate) fn monthly(
        &self,
        granted: &Granted,
        events: &[GrantEvent],
        life: &Life<'_>,
        month: Month,
    ) -> Judged {
        let (start, end) = (month.plus(-1).first(), month.last());
        let days = days(granted, events, life, start, end);
        let mut spans: Vec<Span> = Vec::new();
        let mut why_not = String::new();
        for (at, day) in days.iter().enumerate() {
            let next = days.get(at + 1).copied();
            let on = self.on(granted, events, life, *day);
            if let Some(fen) = on.fen {
                why_not.clear();
                let same = |span: &&mut Span| span.until == Some(*day) && span.fen == fen;
                if let Some(span) = spans.last_mut().filter(same) {
                    span.until = next;
                    continue;
                }
                spans.push(Span {
                    from: *day,
                    until: next,
                    fen,
                    why: on.why,
                });
                continue;
            }
            // Who dies on a day was alive on it: the month of death is the month of the last day.
            if let (Some(dead), Some(span)) = (on.dead, spans.last_mut())
                && dead == *day
                && span.until == Some(*day)
            {
                span.until = Some(day.plus_days(1));
            }
            why_not = on.why;
        }
        Judged {
            due: ledger::due(&spans, &self.rule, month),
            why_not,
        }
    }

    fn on(&self, granted: &Granted, events: &[GrantEvent], life: &Life<'_>, day: Day) -> On {
        let no = |why: &str| On {
            fen: None,
            why: why.to_owned(),
            dead: None,
        };
        if day < granted.from || granted.recorded > self.known {
            return no("还没到起享日");
        }
        let happened = events
            .iter()
            .filter(|event| event.recorded <= self.known && event.day <= day)
            .max_by_key(|event| (event.recorded, event.day));
        if happened.is_some_and(|event| event.stops) {
            return no("已暂停或停止");
        }
        let told = life.on(day);
        if told.gone {
            let dead = told.dead;
            let why = dead.map_or_else(|| "已去世".to_owned(), |dead| format!("{}去世", dead.zh()));
            return On {
                fen: None,
                why,
                dead,
            };
        }
        let Some(answer) = told.answers.get(self.programme) else {
            return no("清单里没有这个待遇");
        };
        match (answer.answer, answer.paid) {
            (Truth::False, _) | (Truth::True, Paid::No) => {
                no(answer.because.as_deref().unwrap_or("不符合条件"))
            }
            (Truth::True, Paid::Yes) => On {
                fen: Some(answer.fen.map_or(granted.fen, Fen)),
                why: "符合条件".to_owned(),
                dead: None,
            },
            _ => On {
                fen: Some(granted.fen),
                why: "按原核定发放，有信息待核实".to_owned(),
                dead: None,
            },
        }
    }
}

/// The days from `start` to `end` on which something may change, `start` first.
fn days(
    granted: &Granted,
    events: &[GrantEvent],
    life: &Life<'_>,
    start: Day,
    end: Day,
) -> Vec<Day> {
    let mut days = life.between(start, end);
    let own = events.iter().map(|event| event.day).chain([granted.from]);
    days.extend(own.filter(|day| start < *day && *day <= end));
    days.push(start);
    days.sort_unstable();
    days.dedup();
    days
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
