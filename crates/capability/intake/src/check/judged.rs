//! The half that asks the register: a chunk of rows is looked up at once, then decided row by row.

use super::read::Read;
use super::{Found, said};
use crate::batch::Batch;
use crate::decide::{Judge, Outcome, Ranks, Who};
use crate::kind::Shape;
use crate::line::{Line, Meant as Unread};
use crate::members;
use crate::report::Sample;
use crate::staged::Staged;
use crate::start;
use area::api::AreaBook;
use host::{AppState, PersonKey};
use people::api::{self as register, Beside, Fact, RollBook, Set};
use rules::facts::Value;
use std::collections::HashMap;
use std::sync::Arc;
use store::StoreResult;
use tabular::back::Returned;

/// Decides rows against the register.
pub(super) struct Judged<'a> {
    app: &'a AppState,
    judge: Judge<'a>,
    facts: Vec<Fact>,
    settled: Vec<Fact>,
    /// Whether the list says what stands beside the facts.
    beside: bool,
    rolls: &'a RollBook,
    ranks: &'a Ranks,
    book: Arc<AreaBook>,
}

/// A chunk without what cannot be read.
pub(super) struct Split {
    lines: Vec<Line>,
    /// Whom rows mean that cannot be read.
    unread: Vec<Unread>,
}

/// A chunk with whom its rows mean.
pub(super) struct Looked {
    lines: Vec<Line>,
    unread: Vec<Unread>,
    numbers: HashMap<String, register::Meant>,
    codes: HashMap<String, Vec<register::Meant>>,
}

/// A row whose person is known and whose sets are still to be asked of the history.
struct Open {
    line: Line,
    key: PersonKey,
    area: Option<kernel::AreaCode>,
    hukou: Option<kernel::AreaCode>,
    sets: Vec<Set>,
    ask: bool,
    /// It says something beside the facts that is new.
    more: bool,
    known: Vec<(Fact, Option<Value>)>,
}

impl<'a> Judged<'a> {
    pub(super) fn new(
        app: &'a AppState,
        batch: &'a Batch,
        rolls: &'a RollBook,
        ranks: &'a Ranks,
    ) -> StoreResult<Self> {
        Ok(Self {
            app,
            judge: start::judge(batch),
            facts: batch.kind.facts(),
            settled: if batch.complete {
                batch.kind.settled()
            } else {
                Vec::new()
            },
            beside: batch.kind.shape == Shape::People,
            rolls,
            ranks,
            book: app.part::<AreaBook>()?,
        })
    }

    /// Counts what of a chunk cannot go in, and gives the rest to be looked up.
    pub(super) fn split(&self, rows: Vec<Read>, out: &mut Found) -> Split {
        let mut lines = Vec::with_capacity(rows.len());
        let mut unread: Vec<Unread> = Vec::new();
        for row in rows {
            match row {
                Read::Line(line) => lines.push(*line),
                Read::Twice => out.report.count(&Outcome::Same, None),
                Read::Bad {
                    line,
                    wrongs,
                    meant,
                } => {
                    unread.extend(meant.filter(|_| self.judge.complete));
                    if let Some(first) = wrongs.first() {
                        let outcome = Outcome::Refused(first.clone());
                        if out.report.wants(&outcome) {
                            let sample = Sample {
                                line,
                                name: String::new(),
                                number: String::new(),
                                area: None,
                                says: first.says.to_string(),
                            };
                            out.report.show(&outcome, sample);
                        }
                        out.report.count(&outcome, None);
                    }
                    out.bad.push(Returned { line, wrongs });
                }
            }
        }
        Split { lines, unread }
    }

    /// Asks the register who is meant.
    pub(super) async fn look_up(&self, split: Split) -> StoreResult<Looked> {
        let (lines, unread) = (split.lines, split.unread);
        let store = &self.app.store;
        let numbers: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.number.as_deref())
            .chain(unread.iter().map(|meant| meant.number.as_str()))
            .collect();
        let codes: Vec<&str> = lines
            .iter()
            .filter(|line| line.number.is_none())
            .filter_map(|line| line.provisional.as_deref())
            .collect();
        let numbers =
            register::by_numbers(store, store.keys(), &numbers, &self.facts, self.beside).await?;
        let codes = register::by_provisional(store, &codes, &self.facts, self.beside).await?;
        Ok(Looked {
            lines,
            unread,
            numbers,
            codes,
        })
    }

    /// Decides a chunk.
    pub(super) async fn decide(&self, looked: Looked, out: &mut Found) -> StoreResult<()> {
        let Looked {
            lines,
            unread,
            numbers,
            codes,
        } = looked;
        for meant in &unread {
            if let Some(found) = numbers.get(&meant.number) {
                self.stays_unread(out, meant, found);
            }
        }
        let mut open: Vec<Open> = Vec::new();
        for line in lines {
            let found: Vec<&register::Meant> = match (&line.number, &line.provisional) {
                (Some(number), _) => numbers.get(number).into_iter().collect(),
                (None, Some(code)) => codes
                    .get(code)
                    .map_or_else(Vec::new, |all| all.iter().collect()),
                (None, None) => Vec::new(),
            };
            match self.judge.who(&line, &found) {
                Err(outcome) => {
                    let area = found
                        .first()
                        .and_then(|found| found.hukou.or(found.residence))
                        .or_else(|| claimed(&line));
                    if let (Outcome::Conflict(_), Some(found)) = (&outcome, found.first()) {
                        let known = self.known(found);
                        self.stays(out, &line, &found.key.id, &known);
                    }
                    Self::refuse(out, &line, area, outcome);
                }
                Ok(Who::New) => {
                    let area = claimed(&line);
                    // Their id is given when the part is sealed: who is written together has ids one after the other.
                    let key = (register::shard_of(area), String::new());
                    self.listed(out, &line, line.area(Fact::HUKOU_AREA));
                    self.stage(out, line, Vec::new(), key, area, &Outcome::New, true);
                }
                Ok(Who::Again(found)) => {
                    let area = claimed(&line);
                    let key = (found.key.shard.clone(), found.key.id.clone());
                    self.member(out, &line, &found.key.id, line.area(Fact::HUKOU_AREA));
                    self.stage(out, line, Vec::new(), key, area, &Outcome::New, false);
                }
                Ok(Who::Known(found)) => {
                    let known = self.known(found);
                    let (sets, ask) = self
                        .judge
                        .differs(&line, |fact| value_of(&known, found, fact));
                    open.push(Open {
                        key: found.key.clone(),
                        area: found.hukou.or(found.residence),
                        hukou: found.hukou,
                        more: self.beside && found.gains(self.app.store.keys(), &line.beside)?,
                        line,
                        sets,
                        ask,
                        known,
                    });
                }
            }
        }
        self.settle(open, out).await
    }

    fn known(&self, found: &register::Meant) -> Vec<(Fact, Option<Value>)> {
        self.facts
            .iter()
            .copied()
            .zip(found.facts.iter().cloned())
            .collect()
    }

    /// Decides the rows about known people: those that say something else than the present are asked of the history.
    async fn settle(&self, open: Vec<Open>, out: &mut Found) -> StoreResult<()> {
        let store = &self.app.store;
        let asked: Vec<PersonKey> = open
            .iter()
            .filter(|row| row.ask)
            .map(|row| row.key.clone())
            .collect();
        let histories = register::records_of(store, &asked).await?;
        let paid: Vec<PersonKey> = open
            .iter()
            .filter(|row| row.line.paid.is_some())
            .map(|row| row.key.clone())
            .collect();
        let receipts = entitle::api::receipts_of(store, &paid).await?;
        let today = store.clock().today();
        let now = store.clock().now();
        for row in open {
            let none = Vec::new();
            let sets = if row.ask {
                let records = histories.get(&row.key.id).unwrap_or(&none);
                self.judge
                    .left(row.sets, records, self.rolls, self.ranks, (today, now))
            } else {
                Ok(row.sets)
            };
            let sets = match sets {
                Ok(sets) => sets,
                Err(wrong) => {
                    self.stays(out, &row.line, &row.key.id, &row.known);
                    Self::refuse(out, &row.line, row.area, Outcome::Conflict(wrong));
                    continue;
                }
            };
            self.member(out, &row.line, &row.key.id, row.hukou);
            let pays = row.line.paid.as_ref().is_some_and(|paid| {
                let none = Vec::new();
                Judge::pays(paid, receipts.get(&row.key.id).unwrap_or(&none))
            });
            let key = (row.key.shard.clone(), row.key.id.clone());
            if sets.is_empty() && !pays && !row.more {
                out.report.count(&Outcome::Same, row.area);
                continue;
            }
            let mut line = row.line;
            if !row.more {
                line.beside = Beside::default();
            }
            let words: Vec<String> = sets
                .iter()
                .map(|set| {
                    let before = row.known.iter().find(|(fact, _)| *fact == set.fact);
                    said(
                        &self.book,
                        set.fact,
                        before.and_then(|(_, value)| value.as_ref()),
                        set.value.as_ref(),
                    )
                })
                .collect();
            Self::sample(out, &line, row.area, &Outcome::Changed, words.join("；"));
            self.stage(out, line, sets, key, row.area, &Outcome::Changed, false);
        }
        Ok(())
    }

    /// Notes that somebody stands on a complete list.
    fn member(&self, out: &mut Found, line: &Line, id: &str, hukou: Option<kernel::AreaCode>) {
        self.listed(out, line, hukou);
        for list in self.lists(line) {
            out.members.add(&list, id);
        }
    }

    /// The complete lists that a row puts its person on.
    fn lists(&self, line: &Line) -> Vec<String> {
        let paid = line.paid.as_ref().filter(|_| self.judge.complete);
        let paid = paid.map(|paid| members::paid(&paid.programme));
        let facts = self.settled.iter().filter(|fact| is_on(line, **fact));
        paid.into_iter()
            .chain(facts.map(|fact| fact.name().to_owned()))
            .collect()
    }

    /// Counts somebody on the complete lists of their area.
    fn listed(&self, out: &mut Found, line: &Line, hukou: Option<kernel::AreaCode>) {
        let within = hukou.and_then(|code| {
            let mut areas = self.judge.areas.iter();
            areas.find(|area| area.contains(&code))
        });
        let Some(area) = within else { return };
        for fact in self.settled.iter().filter(|fact| is_on(line, **fact)) {
            let by_area = out.report.listed.entry(fact.name().to_owned());
            *by_area.or_default().entry(area.to_string()).or_default() += 1;
        }
    }

    /// Who stands on a complete list in a row that is a conflict is not ended by it, where the register has them on it.
    fn stays(&self, out: &mut Found, line: &Line, id: &str, known: &[(Fact, Option<Value>)]) {
        self.is_paid(out, line, id);
        for fact in &self.settled {
            let absent = fact.def().absent();
            let named = line.sets.iter().any(|set| set.fact == *fact);
            let held = known
                .iter()
                .any(|(one, value)| one == fact && value.is_some() && *value != absent);
            if named && held {
                out.members.add(fact.name(), id);
            }
        }
    }

    /// Who stands on a complete list in a row that cannot be read is not ended by it, where the register has them on
    /// it.
    fn stays_unread(&self, out: &mut Found, meant: &Unread, found: &register::Meant) {
        for (fact, value) in self.known(found) {
            let absent = fact.def().absent();
            if self.settled.contains(&fact) && value.is_some() && value != absent {
                out.members.add(fact.name(), &found.key.id);
            }
        }
        if self.judge.kind.shape == Shape::Receipts {
            let list = meant.programme.as_deref().map(members::paid);
            let list = list.as_deref().unwrap_or(members::PAID_UNKNOWN);
            out.members.add(list, &found.key.id);
        }
    }

    /// Notes that somebody stands on the complete roll of a programme.
    fn is_paid(&self, out: &mut Found, line: &Line, id: &str) {
        if let (true, Some(paid)) = (self.judge.complete, &line.paid) {
            out.members.add(&members::paid(&paid.programme), id);
        }
    }

    fn refuse(out: &mut Found, line: &Line, area: Option<kernel::AreaCode>, outcome: Outcome) {
        let (Outcome::Conflict(wrong) | Outcome::Refused(wrong)) = &outcome else {
            return;
        };
        out.bad.push(Returned {
            line: line.at,
            wrongs: vec![wrong.clone()],
        });
        let says = wrong.says.to_string();
        Self::sample(out, line, area, &outcome, says);
        out.report.count(&outcome, area);
    }

    fn sample(
        out: &mut Found,
        line: &Line,
        area: Option<kernel::AreaCode>,
        outcome: &Outcome,
        says: String,
    ) {
        if out.report.wants(outcome) {
            let number = line.number.as_deref().or(line.provisional.as_deref());
            out.report.show(
                outcome,
                Sample {
                    line: line.at,
                    name: ui::mask::name(&line.name),
                    number: number.map_or_else(String::new, ui::mask::number),
                    area: area.map(|code| code.to_string()),
                    says,
                },
            );
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one step, split out for reading")]
    fn stage(
        &self,
        out: &mut Found,
        line: Line,
        sets: Vec<Set>,
        key: (String, String),
        area: Option<kernel::AreaCode>,
        outcome: &Outcome,
        new: bool,
    ) {
        out.report.count(outcome, area);
        let sets = if *outcome == Outcome::New {
            Self::sample(out, &line, area, outcome, "新建档案".to_owned());
            line.sets.clone()
        } else if self.judge.kind.shape == Shape::Receipts {
            Vec::new()
        } else {
            sets
        };
        let lists = if new { self.lists(&line) } else { Vec::new() };
        let mut row = Staged::of(line, &sets, key, new);
        row.lists = lists;
        out.staged.put(area, row);
    }
}

/// Whether a row says of its person what a complete list of this fact is about.
fn is_on(line: &Line, fact: Fact) -> bool {
    let absent = fact.def().absent();
    line.sets
        .iter()
        .any(|set| set.fact == fact && set.value.is_some() && set.value != absent)
}

/// Where somebody new is said to belong.
fn claimed(line: &Line) -> Option<kernel::AreaCode> {
    line.area(Fact::HUKOU_AREA)
        .or_else(|| line.area(Fact::RESIDENCE_AREA))
}

fn value_of(known: &[(Fact, Option<Value>)], found: &register::Meant, fact: Fact) -> Option<Value> {
    if fact == Fact::HUKOU_AREA {
        return found.hukou.map(Value::Area);
    }
    if fact == Fact::RESIDENCE_AREA {
        return found.residence.map(Value::Area);
    }
    known
        .iter()
        .find(|(one, _)| *one == fact)
        .and_then(|(_, value)| value.clone())
}

/// What stands beside the facts after a row: what it does not say stays.
pub(crate) fn merged(known: &Beside, said: &Beside) -> Beside {
    let or = |said: &Option<String>, known: &Option<String>| said.clone().or_else(|| known.clone());
    Beside {
        phone: or(&said.phone, &known.phone),
        address: or(&said.address, &known.address),
        contact_name: or(&said.contact_name, &known.contact_name),
        contact_phone: or(&said.contact_phone, &known.contact_phone),
        contact_relation: or(&said.contact_relation, &known.contact_relation),
        household: or(&said.household, &known.household),
        relation: or(&said.relation, &known.relation),
    }
}
