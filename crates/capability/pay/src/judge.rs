//! What a grant comes to in a month: the plan's rule over facts as known at a moment, the grant's own events, and the
//! rule of first and last months. Pure; the draft and the auditor's replay ask the same function.

use kernel::{Day, Fen, Instant};
use ledger::{Due, DueRule, Month, Span};
use people::api::{Record, RollBook, resolve};
use rules::facts::{FactId, Facts, Value};
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

fn day_of(facts: &Facts, fact: FactId) -> Option<Day> {
    match facts.get(fact) {
        Some(Value::Day(day)) => Some(*day),
        _ => None,
    }
}

impl Judge<'_> {
    /// What a grant comes to in a month.
    pub(crate) fn month(
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
