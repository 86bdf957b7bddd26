//! What becomes of a row: new, changed, unchanged, conflicting, refused. Pure.
//!
//! Conflicting sources are all kept in the history; what holds is decided by rank: the list of the office that owns
//! the fact stands above other offices' lists and entries, these above what a visit or the person said. Of two of one
//! rank the later recorded one holds. A row of lower rank that says something else is kept apart as a conflict and
//! writes nothing.

use crate::kind::{Kind, Shape};
use crate::line::{Line, Paid};
use authz::{Actor, Scope, Subject};
use entitle::api::Receipt;
use kernel::{AreaCode, Day, Instant};
use people::api::{Known, Meant, Record, RollBook, Set, resolve};
use rules::facts::{FactId, Value, value_zh};
use std::collections::HashMap;
use tabular::Wrong;

/// How much what a source says counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// A visit, or what the person or family said.
    Word,
    /// Another office's list, an entry of an office.
    Office,
    /// The list of the office whose record the fact is.
    Owner,
}

/// The ranks of lists that were brought in, by their source.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranks(pub(crate) HashMap<String, bool>);

impl Ranks {
    /// The rank of what is known.
    pub(crate) fn of(&self, known: &Known, records: &[Record]) -> Rank {
        let reason = known.seq.and_then(|seq| {
            records
                .iter()
                .find(|record| record.seq == seq)
                .and_then(|record| record.reason.as_deref())
        });
        if matches!(reason, Some("visit" | "self_report")) {
            return Rank::Word;
        }
        let source = known.source.trim_end_matches("（不在册）");
        if self.0.get(source).copied().unwrap_or(false) {
            Rank::Owner
        } else {
            Rank::Office
        }
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Somebody is registered.
    New,
    /// Something is told that was not known.
    Changed,
    /// Everything was known.
    Same,
    /// Kept for a person to decide.
    Conflict(Wrong),
    /// Cannot go in.
    Refused(Wrong),
}

/// Who brings a list in, and for where.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    pub(crate) kind: &'a Kind,
    pub(crate) actor: &'a Actor,
    /// The areas of the list; empty where none was said.
    pub(crate) areas: Vec<AreaCode>,
    pub(crate) complete: bool,
    pub(crate) rank: Rank,
}

/// Whom a row means, decided.
#[derive(Debug)]
pub(crate) enum Who<'a> {
    /// Nobody yet: to be registered.
    New,
    /// A registration that was taken back: it is filled again.
    Again(&'a Meant),
    /// Somebody known.
    Known(&'a Meant),
}

impl Judge<'_> {
    /// Whom a row means, or why it cannot go in.
    pub(crate) fn who<'a>(&self, line: &Line, found: &[&'a Meant]) -> Result<Who<'a>, Outcome> {
        let claimed = Subject {
            person: String::new(),
            hukou: line.area(FactId::HUKOU_AREA),
            residence: line.area(FactId::RESIDENCE_AREA),
        };
        let [found] = found else {
            if found.len() > 1 {
                return Err(Outcome::Refused(Wrong::new(
                    "who.several",
                    "这个临时编号对应几份档案",
                    "请填身份证号",
                )));
            }
            if self.kind.shape != Shape::People {
                return Err(Outcome::Refused(Wrong::new(
                    "who.unknown",
                    "人员档案里没有这个人",
                    "核对号码；确有其人的先用“人员”导入建档",
                )));
            }
            self.place(&claimed)?;
            return Ok(Who::New);
        };
        if found.empty {
            if self.kind.shape != Shape::People {
                return Err(Outcome::Refused(Wrong::new(
                    "who.withdrawn",
                    "这个人的建档已撤销",
                    "先用“人员”导入重新建档",
                )));
            }
            self.place(&claimed)?;
            return Ok(Who::Again(found));
        }
        let subject = Subject {
            person: found.key.id.clone(),
            hukou: found.hukou,
            residence: found.residence,
        };
        if !self.actor.scope.admits(&subject) {
            return Err(Outcome::Refused(Wrong::new(
                "scope.outside",
                "这个人的户籍地、常住地都不在您的管辖范围",
                "请转给所属地区导入",
            )));
        }
        self.in_area(&subject)?;
        if found.name != line.name {
            return Err(Outcome::Conflict(Wrong::new(
                "name.differs",
                "同一号码在档案里是另一个姓名",
                "核对号码和姓名；确实改名的在人员页更正",
            )));
        }
        Ok(Who::Known(found))
    }

    /// Where somebody new is to be registered.
    fn place(&self, claimed: &Subject) -> Result<(), Outcome> {
        if claimed.hukou.is_none() && claimed.residence.is_none() {
            return Err(Outcome::Refused(Wrong::new(
                "area.empty",
                "没有填户籍地，也没有填常住地",
                "至少填一个，到村、社区",
            )));
        }
        if !self.actor.scope.admits(claimed) {
            return Err(Outcome::Refused(Wrong::new(
                "scope.outside",
                "户籍地、常住地都不在您的管辖范围",
                "请转给所属地区导入",
            )));
        }
        self.in_area(claimed)
    }

    fn in_area(&self, subject: &Subject) -> Result<(), Outcome> {
        if self.areas.is_empty() {
            return Ok(());
        }
        let inside = if self.complete {
            let hukou = subject.hukou;
            hukou.is_some_and(|code| self.areas.iter().any(|area| area.contains(&code)))
        } else {
            Scope::Areas(self.areas.clone()).admits(subject)
        };
        if inside {
            return Ok(());
        }
        Err(Outcome::Refused(if self.complete {
            Wrong::new(
                "area.outside",
                "户籍地不在这份全量名单的地区",
                "核对这个人的户籍地，或从名单中删去",
            )
        } else {
            Wrong::new(
                "area.outside",
                "户籍地、常住地都不在这份名单的地区",
                "核对地区，或从名单中删去",
            )
        }))
    }

    /// What of a row is not known yet, as the register holds the facts: the first sieve, without a look into the
    /// history. The second value says whether the history must be asked.
    pub(crate) fn differs(
        &self,
        line: &Line,
        known: impl Fn(FactId) -> Option<Value>,
    ) -> (Vec<Set>, bool) {
        let mut ask = false;
        let sets = line
            .sets
            .iter()
            .filter(|set| !(self.kind.shape == Shape::People && set.fact == FactId::ALIVE))
            .filter(|set| {
                let now = known(set.fact);
                ask |= now.is_some() && now != set.value;
                now != set.value
            })
            .cloned()
            .collect();
        (sets, ask)
    }

    /// What of these sets is to be written: what the history says on their days is left out, what holds since later
    /// ends them, what stands above them is a conflict.
    pub(crate) fn left(
        &self,
        sets: Vec<Set>,
        records: &[Record],
        rolls: &RollBook,
        ranks: &Ranks,
        (today, now): (Day, Instant),
    ) -> Result<Vec<Set>, Wrong> {
        let at_present = resolve(records, rolls, today, now);
        let mut out = Vec::new();
        for mut set in sets {
            let Some(present) = at_present.known(set.fact) else {
                out.push(set);
                continue;
            };
            let value = at_present.facts.get(set.fact);
            if value == set.value.as_ref() {
                continue;
            }
            if matches!(set.fact.name(), "birth_date" | "sex" | "dead_on") {
                return Err(conflict(set.fact, value, "fact.differs"));
            }
            let mut stands = present.clone();
            if set.since < present.since {
                let then = resolve(records, rolls, set.since, now);
                if then.facts.get(set.fact) == set.value.as_ref() {
                    continue;
                }
                set.until = Some(present.since);
                let Some(known) = then.known(set.fact) else {
                    out.push(set);
                    continue;
                };
                stands = known.clone();
            }
            if ranks.of(&stands, records) > self.rank {
                return Err(conflict(set.fact, value, "rank.lower"));
            }
            out.push(set);
        }
        Ok(out)
    }

    /// Whether a row of what is in payment says something else than what is received.
    pub(crate) fn pays(paid: &Paid, receipts: &[Receipt]) -> bool {
        let day = |number: i32| Day::from_number(number);
        let until = paid.until.and_then(day);
        !receipts.iter().any(|receipt| {
            let from = day(paid.from).is_some_and(|from| receipt.covers(from));
            receipt.programme == paid.programme
                && receipt.fen == paid.fen
                && from
                && (until.is_none() || receipt.until == until)
        })
    }
}

fn conflict(fact: FactId, value: Option<&Value>, code: &'static str) -> Wrong {
    let present = value.map_or_else(|| "未知".to_owned(), |value| value_zh(fact, value));
    let says = format!("「{}」已登记为{present}", fact.def().zh);
    if code == "rank.lower" {
        Wrong::new(
            code,
            format!("{says}，来自归属部门的名册"),
            "以归属部门为准；确有变化的请转给归属部门更新",
        )
    } else {
        Wrong::new(code, says, "核对后在人员页更正")
    }
}
