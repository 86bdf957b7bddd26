//! One row of a list, read: who is meant and what is said. Pure.

mod half;
mod word;

use crate::kind::{Kind, Shape, To};
use half::Half;
use kernel::{AreaCode, Day, IdNumber};
use people::api::{Beside, Set};
use rules::facts::{FactId, Kind as FactKind, Value, find, parse_value};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tabular::areas::{AreaIndex, FoundArea};
use tabular::headers::Mapping;
use tabular::value::{self, Unit};
use tabular::{Cell, Row, Wrong};
use word::{one_of, word};

/// What a row says is in payment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Paid {
    pub(crate) programme: String,
    /// `yyyymmdd`.
    pub(crate) from: i32,
    /// First day it is no longer received, `yyyymmdd`.
    pub(crate) until: Option<i32>,
    pub(crate) fen: i64,
}

/// A row that cannot go in.
#[derive(Debug)]
pub(crate) struct Unread {
    /// Everything that is wrong with it.
    pub(crate) wrongs: Vec<Wrong>,
    /// Whom it means, where that can be read: a complete list does not end them.
    pub(crate) meant: Option<Meant>,
}

/// Whom a row means that cannot go in.
#[derive(Debug)]
pub(crate) struct Meant {
    pub(crate) number: String,
    pub(crate) programme: Option<String>,
}

/// A row that can be read.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Its line in the file.
    pub(crate) at: u64,
    pub(crate) number: Option<String>,
    pub(crate) provisional: Option<String>,
    pub(crate) name: String,
    pub(crate) sets: Vec<Set>,
    pub(crate) beside: Beside,
    pub(crate) paid: Option<Paid>,
    /// Day of the death or move that goes with it.
    pub(crate) happened: Option<Day>,
    /// Areas that it names by an earlier code or name: what is written, what it is now.
    pub(crate) formerly: Vec<(String, AreaCode)>,
}

impl Line {
    /// What makes two rows of one file speak about the same thing.
    pub(crate) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.number.hash(&mut hasher);
        if self.number.is_none() {
            self.provisional.hash(&mut hasher);
        }
        self.paid
            .as_ref()
            .map(|paid| &paid.programme)
            .hash(&mut hasher);
        hasher.finish()
    }

    /// What it says: two rows with the same are one row twice.
    pub(crate) fn content(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.name.hash(&mut hasher);
        for set in &self.sets {
            (set.fact.index(), &set.value, set.since.number()).hash(&mut hasher);
        }
        (&self.beside, &self.paid).hash(&mut hasher);
        hasher.finish()
    }

    /// An area it names.
    pub(crate) fn area(&self, fact: FactId) -> Option<AreaCode> {
        self.sets
            .iter()
            .find(|set| set.fact == fact)
            .and_then(|set| match &set.value {
                Some(Value::Area(code)) => Some(*code),
                _ => None,
            })
    }
}

/// Reads the rows of one file.
pub(crate) struct LineReader {
    pub(crate) kind: Kind,
    at: Vec<(usize, To, &'static str)>,
    /// The facts that columns set, by name.
    facts: HashMap<&'static str, FactId>,
    unit: Unit,
    areas: Arc<AreaIndex>,
    root: Option<AreaCode>,
    /// Programmes by id and name.
    programmes: Vec<(String, String)>,
    implied: Vec<(FactId, Value)>,
    day: Day,
    today: Day,
}

/// What a reader needs besides the kind and the mapping.
pub(crate) struct About {
    pub(crate) areas: Arc<AreaIndex>,
    pub(crate) root: Option<AreaCode>,
    pub(crate) programmes: Vec<(String, String)>,
    /// The day the list speaks about.
    pub(crate) day: Day,
    pub(crate) today: Day,
}

impl LineReader {
    /// For a file with this mapping.
    pub(crate) fn new(kind: Kind, mapping: &Mapping, header: &[String], about: About) -> Self {
        let mut at: Vec<(usize, To, &'static str)> = kind
            .columns
            .iter()
            .filter_map(|column| {
                let place = mapping.column(column.spec.key)?;
                Some((place, column.to, column.spec.title))
            })
            .collect();
        // Since when comes first: the facts of the row need it.
        at.sort_by_key(|(_, to, _)| !matches!(to, To::Since | To::Number));
        let unit = at
            .iter()
            .find(|(_, to, _)| *to == To::Fen)
            .and_then(|(place, _, _)| header.get(*place))
            .map_or(Unit::Yuan, |heading| Unit::of_heading(heading));
        let implied = kind
            .implied
            .iter()
            .filter_map(|(name, text)| {
                let fact = find(name)?;
                Some((fact, parse_value(fact, text).ok()?))
            })
            .collect();
        let facts = kind
            .columns
            .iter()
            .filter_map(|column| match column.to {
                To::Fact(name) => Some((name, find(name)?)),
                _ => None,
            })
            .collect();
        Self {
            kind,
            at,
            facts,
            unit,
            implied,
            areas: about.areas,
            root: about.root,
            programmes: about.programmes,
            day: about.day,
            today: about.today,
        }
    }

    /// Reads a row, or says everything that is wrong with it.
    pub(crate) fn read(&self, row: &Row<'_>) -> Result<Line, Unread> {
        let mut half = Half::default();
        for (place, to, title) in &self.at {
            if let Err(mut wrong) = self.cell(&mut half, row.cell(*place), *to) {
                wrong.says = format!("「{title}」{}", wrong.says).into();
                half.wrongs.push(wrong);
            }
        }
        self.whole(half, row.line)
    }

    fn cell(&self, half: &mut Half, cell: Cell<'_>, to: To) -> Result<(), Wrong> {
        match to {
            To::Number => half.number = value::identity(cell, self.today)?,
            To::Provisional => half.provisional = value::text(cell, 40)?,
            To::Name => half.name = value::name(cell)?,
            To::Since => half.since = self.past(value::day(cell)?)?,
            To::DeathDay => half.happened = self.past(value::day(cell)?)?,
            To::Fact(name) => {
                if let Some(fact) = self.facts.get(name).copied()
                    && let Some(value) = self.value(half, fact, cell)?
                {
                    half.values.push((fact, value));
                }
            }
            To::OneOf(words) => {
                if let Some(text) = value::text(cell, 200)? {
                    for word in text.split(['、', '，', ',', ';', '；', '/']) {
                        half.values
                            .push((one_of(words, word.trim())?, Value::Bool(true)));
                    }
                }
            }
            To::Phone => half.beside.phone = value::phone(cell)?,
            To::Address => half.beside.address = value::text(cell, 200)?,
            To::Household => half.beside.household = value::text(cell, 60)?,
            To::Relation => half.beside.relation = value::text(cell, 20)?,
            To::ContactName => half.beside.contact_name = value::text(cell, 50)?,
            To::ContactPhone => half.beside.contact_phone = value::phone(cell)?,
            To::ContactRelation => half.beside.contact_relation = value::text(cell, 20)?,
            To::Programme => {
                if let Some(text) = value::text(cell, 100)? {
                    half.programme = Some(self.programme(&text)?);
                }
            }
            To::From => half.from = value::day(cell)?,
            To::LastDay => half.until = value::day(cell)?.map(|day| day.plus_days(1)),
            To::Fen => half.fen = value::fen(cell, self.unit)?.map(|fen| fen.0),
        }
        Ok(())
    }

    fn past(&self, day: Option<Day>) -> Result<Option<Day>, Wrong> {
        match day {
            Some(day) if day > self.today => Err(Wrong::new(
                "day.future",
                format!("{day} 晚于今天"),
                "将来的变化到时再导入",
            )),
            day => Ok(day),
        }
    }

    fn programme(&self, text: &str) -> Result<String, Wrong> {
        let plain = |text: &str| text.replace(['（', '）', '(', ')', ' '], "");
        self.programmes
            .iter()
            .find(|(id, name)| id == text || name == text || plain(name) == plain(text))
            .map(|(id, _)| id.clone())
            .ok_or_else(|| {
                Wrong::new(
                    "programme.unknown",
                    format!("没有「{text}」这个发放项目"),
                    "按服务清单里的发放项目名称填",
                )
            })
    }

    /// A fact's value in a cell that stands by itself.
    pub(crate) fn alone(&self, fact: FactId, cell: Cell<'_>) -> Result<Option<Value>, Wrong> {
        self.value(&mut Half::default(), fact, cell)
    }

    /// A fact's value in a cell.
    fn value(&self, half: &mut Half, fact: FactId, cell: Cell<'_>) -> Result<Option<Value>, Wrong> {
        Ok(match fact.def().kind {
            FactKind::Bool => value::yes_no(cell)?.map(Value::Bool),
            FactKind::Int { min, max } if max <= 9 => {
                let within = min as u8..=max as u8;
                value::grade(cell, within)?.map(|grade| Value::Int(grade.into()))
            }
            FactKind::Int { min, max } => match value::integer(cell)? {
                Some(number) if !(min..=max).contains(&number) => {
                    return Err(Wrong::new(
                        "integer.range",
                        format!("{number} 不在 {min} 到 {max} 之间"),
                        "请核对后填写",
                    ));
                }
                number => number.map(Value::Int),
            },
            FactKind::Day => {
                let day = value::day(cell)?;
                if fact == FactId::BIRTH_DATE {
                    self.past(day)?.map(Value::Day)
                } else {
                    day.map(Value::Day)
                }
            }
            FactKind::Word(words) => match (fact.name(), value::text(cell, 40)?) {
                (_, None) => None,
                ("sex", Some(_)) => value::sex(cell)?.map(|sex| {
                    Value::Word(match sex {
                        value::Sex::Male => "male",
                        value::Sex::Female => "female",
                    })
                }),
                (_, Some(text)) => Some(word(fact, words, &text)?),
            },
            FactKind::Area => match value::text(cell, 200)? {
                None => None,
                Some(text) => {
                    let found = self.area(&text)?;
                    if found.formerly {
                        half.formerly.push((text, found.code));
                    }
                    Some(Value::Area(found.code))
                }
            },
            FactKind::Text => value::text(cell, 200)?.map(Value::Text),
        })
    }

    fn area(&self, text: &str) -> Result<FoundArea, Wrong> {
        match self.areas.found(text, self.root) {
            // A code outside the place is a place outside: 「外地」.
            Err(wrong) => text
                .parse::<AreaCode>()
                .ok()
                .filter(|code| self.root.is_none_or(|root| !root.contains(code)))
                .map(|code| FoundArea {
                    code,
                    formerly: false,
                })
                .ok_or(wrong),
            found => found,
        }
    }

    fn whole(&self, mut half: Half, line: u64) -> Result<Line, Unread> {
        let missing =
            |code, what: &str| Wrong::new(code, format!("没有填{what}"), format!("请补填{what}"));
        if half.name.is_none()
            && half
                .wrongs
                .iter()
                .all(|wrong| !wrong.code.starts_with("name."))
        {
            half.wrongs.push(missing("name.empty", "姓名"));
        }
        if half.number.is_none()
            && half.provisional.is_none()
            && half
                .wrongs
                .iter()
                .all(|wrong| !wrong.code.starts_with("identity."))
        {
            half.wrongs.push(Wrong::new(
                "who.empty",
                "没有身份证号，也没有临时编号",
                "请补填身份证号；确实没有的填临时编号",
            ));
        }
        match self.kind.shape {
            Shape::Death if half.happened.is_none() && half.wrongs.is_empty() => {
                half.wrongs.push(missing("death.day", "死亡日期"));
            }
            Shape::Receipts if half.wrongs.is_empty() => {
                if half.programme.is_none() {
                    half.wrongs.push(missing("programme.empty", "发放项目"));
                }
                if half.fen.is_none() {
                    half.wrongs.push(missing("fen.empty", "金额"));
                }
            }
            _ => {}
        }
        let sets = if half.wrongs.is_empty() {
            self.sets(&mut half)
        } else {
            Vec::new()
        };
        if !half.wrongs.is_empty() {
            return Err(Unread {
                meant: half.number.map(|number| Meant {
                    number: number.reveal().to_owned(),
                    programme: half.programme,
                }),
                wrongs: half.wrongs,
            });
        }
        let paid = match (self.kind.shape, half.programme, half.fen) {
            (Shape::Receipts, Some(programme), Some(fen)) => Some(Paid {
                programme,
                from: half.from.unwrap_or(self.day).number(),
                until: half.until.map(Day::number),
                fen,
            }),
            _ => None,
        };
        Ok(Line {
            at: line,
            number: half.number.map(|number| number.reveal().to_owned()),
            provisional: half.provisional,
            name: half.name.unwrap_or_default(),
            sets,
            beside: half.beside,
            paid,
            happened: half.happened,
            formerly: half.formerly,
        })
    }

    /// The facts of a row with their days; checks the number against the columns.
    fn sets(&self, half: &mut Half) -> Vec<Set> {
        let since = half.since.unwrap_or(self.day);
        let mut sets: Vec<Set> = Vec::new();
        let birth = half.number.as_ref().and_then(IdNumber::birth_date);
        let male = half.number.as_ref().map(IdNumber::is_male);
        let mut typed_birth = None;
        for (fact, value) in std::mem::take(&mut half.values) {
            match (fact.name(), &value) {
                ("birth_date", Value::Day(day)) => {
                    if birth.is_some_and(|birth| birth != *day) {
                        half.wrongs.push(Wrong::new(
                            "birth.differs",
                            "出生日期和身份证号中的不一样",
                            "请对照证件核对",
                        ));
                    }
                    typed_birth = Some(*day);
                }
                ("sex", Value::Word(word)) => {
                    if male.is_some_and(|male| (*word == "male") != male) {
                        half.wrongs.push(Wrong::new(
                            "sex.differs",
                            "性别和身份证号中的不一样",
                            "请对照证件核对",
                        ));
                    }
                    if male.is_none() {
                        sets.push(set(fact, value, since));
                    }
                }
                _ => sets.push(set(fact, value, since)),
            }
        }
        for (fact, value) in &self.implied {
            sets.push(set(*fact, value.clone(), since));
        }
        match self.kind.shape {
            Shape::People => {
                let birth = birth.or(typed_birth);
                let Some(birth) = birth else {
                    half.wrongs.push(Wrong::new(
                        "birth.empty",
                        "没有身份证号，也没有填出生日期",
                        "请补填出生日期",
                    ));
                    return sets;
                };
                for set in sets.iter_mut().filter(|set| set.fact.name() == "sex") {
                    set.since = birth;
                }
                let mut add = |name: &str, value: Value| {
                    if let Some(fact) = find(name) {
                        sets.push(set(fact, value, birth));
                    }
                };
                add("alive", Value::Bool(true));
                add("birth_date", Value::Day(birth));
                if let Some(male) = male {
                    add("sex", Value::Word(if male { "male" } else { "female" }));
                }
            }
            Shape::Death => {
                if let Some(day) = half.happened {
                    sets.push(set(FactId::ALIVE, Value::Bool(false), day));
                    if let Some(fact) = find("dead_on") {
                        sets.push(set(fact, Value::Day(day), day));
                    }
                }
            }
            Shape::Move => {
                let moved = sets.iter().any(|set| set.fact == FactId::RESIDENCE_AREA);
                if let (true, Some(fact)) = (moved, find("residence_since")) {
                    sets.push(set(fact, Value::Day(since), since));
                }
                half.happened = Some(since);
            }
            Shape::Facts | Shape::Receipts => {}
        }
        if sets.is_empty() && self.kind.shape != Shape::Receipts {
            half.wrongs.push(Wrong::new(
                "row.nothing",
                "这一行没有填任何要导入的内容",
                "不需要的行可以删掉",
            ));
        }
        sets
    }
}

fn set(fact: FactId, value: Value, since: Day) -> Set {
    Set {
        fact,
        value: Some(value),
        since,
        until: None,
    }
}
