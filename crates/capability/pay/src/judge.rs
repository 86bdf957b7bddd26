//! What a grant comes to in a month: the plan's rule over facts as known at a moment, the grant's own events, and the
//! rule of first and last months. Pure; the draft and the auditor's replay ask the same function.

use kernel::{Day, Fen, Instant};
use ledger::{Due, DueRule, Month, Span};
use people::api::{Record, RollBook, resolve};
use rules::facts::{FactId, Facts, Value};
use rules::folder::Cycle;
use rules::{List, Paid, Truth};

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
    /// All rolls.
    pub(crate) rolls: &'a RollBook,
    /// As known then.
    pub(crate) known: Instant,
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
        records: &[Record],
        month: Month,
    ) -> Judged {
        let of = |month: Month| self.monthly(granted, events, records, month);
        let cycle = self
            .list
            .programmes()
            .get(self.programme)
            .map_or(Cycle::Month, |row| row.programme.cycle);
        match cycle.months() {
            Some(1) => of(month),
            Some(months) => self.of_cycle(months, month, of),
            None => once(Month::of(granted.from), month, of),
        }
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

    /// What a month comes to where every month is paid.
    fn monthly(
        &self,
        granted: &Granted,
        events: &[GrantEvent],
        records: &[Record],
        month: Month,
    ) -> Judged {
        let (start, end) = (month.plus(-1).first(), month.last());
        let days = self.days(granted, events, records, start, end);
        let mut spans: Vec<Span> = Vec::new();
        let mut why_not = String::new();
        for (at, day) in days.iter().enumerate() {
            let next = days.get(at + 1).copied();
            let on = self.on(granted, events, records, *day);
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

    /// The days from `start` to `end` on which something may change, `start` first.
    fn days(
        &self,
        granted: &Granted,
        events: &[GrantEvent],
        records: &[Record],
        start: Day,
        end: Day,
    ) -> Vec<Day> {
        let mut days = vec![start];
        let inside = |day: Day| start < day && day <= end;
        let mut add = |day: Day| {
            if inside(day) {
                days.push(day);
            }
        };
        add(granted.from);
        for event in events {
            add(event.day);
        }
        for set in records.iter().flat_map(|record| &record.sets) {
            add(set.since);
            if let Some(until) = set.until {
                add(until);
            }
            if let (FactId::BIRTH_DATE, Some(Value::Day(birth))) = (set.fact, &set.value) {
                for year in [start.year(), end.year()] {
                    // 29 February is on 28 February or 1 March, as the plan says: both are asked.
                    match Day::from_ymd(year, birth.month(), birth.day()) {
                        Some(day) => add(day),
                        None => {
                            for (month, day) in [(2, 28), (3, 1)] {
                                if let Some(day) = Day::from_ymd(year, month, day) {
                                    add(day);
                                }
                            }
                        }
                    }
                }
            }
        }
        for fact in self.rolls.facts() {
            for roll in self.rolls.of(fact) {
                add(roll.day);
            }
        }
        for value in self
            .list
            .params()
            .iter()
            .flat_map(rules::ParamTable::values)
        {
            add(value.from);
        }
        days.sort_unstable();
        days.dedup();
        days
    }

    fn on(&self, granted: &Granted, events: &[GrantEvent], records: &[Record], day: Day) -> On {
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
        let facts = resolve(records, self.rolls, day, self.known).facts;
        let dead = rules::facts::find("dead_on").and_then(|fact| day_of(&facts, fact));
        if matches!(facts.get(FactId::ALIVE), Some(Value::Bool(false))) {
            let why = dead.map_or_else(|| "已去世".to_owned(), |dead| format!("{}去世", dead.zh()));
            return On {
                fen: None,
                why,
                dead,
            };
        }
        let answers = self.list.answer_programmes(&facts, day);
        let Some(answer) = answers.get(self.programme) else {
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
