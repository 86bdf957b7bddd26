//! What the generator hands out: people with their acts of recording, rolls, receipts, named people.

use kernel::{AreaCode, Day, Instant};

/// Size, seed and date of the city.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Residents at the demo date; people away, dead and moved out come on top.
    pub people: usize,
    /// Another seed, another city of the same structure.
    pub seed: u64,
    /// The demo date.
    pub today: Day,
}

/// A village (or town) of the area tree.
#[derive(Debug, Clone)]
pub struct Village {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
}

/// The whole output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct City {
    /// Everybody, by county and household.
    pub people: Vec<Person>,
    /// Complete rolls, in order of recording.
    pub rolls: Vec<Roll>,
    /// Who receives what, by person.
    pub receipts: Vec<Receipt>,
    /// The people of the first five minutes.
    pub named: Vec<Named>,
}

/// Somebody `docs/demo-city.md` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Named {
    /// What they show: a key of `docs/demo-city.md`.
    pub what: &'static str,
    /// Index into [`City::people`].
    pub person: usize,
}

/// One person as the register comes to know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// 姓名
    pub name: String,
    /// 18 characters in the unassigned area code 429900; `None`: no number yet (临时编号).
    pub id_number: Option<String>,
    /// 11 digits in the unassigned segment 160.
    pub phone: Option<String>,
    /// House address below the village.
    pub address: Option<String>,
    /// Number of the household, unique in the city.
    pub household: u32,
    /// 与户主关系: 户主 配偶 子 女 父 母 孙 孙女 其他 集体户
    pub relation: &'static str,
    /// Indexes of the guardians of somebody under 18.
    pub guardians: Vec<usize>,
    /// 紧急联系人
    pub contact: Option<Contact>,
    /// When the register first knew them.
    pub registered: Instant,
    /// Acts of recording, in time order.
    pub records: Vec<Record>,
}

/// 紧急联系人: name, phone, relation.
pub type Contact = (String, String, &'static str);

/// One act of recording: a source told several facts at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// When it was recorded.
    pub recorded: Instant,
    /// Where it comes from, e.g. 公安人口库.
    pub source: &'static str,
    /// Who recorded it.
    pub by: &'static str,
    /// What it says.
    pub sets: Vec<Set>,
}

/// One assertion: the fact has this value on every day of `[since, until)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// A name of the fact dictionary (facts.md).
    pub fact: &'static str,
    /// `None`: recorded as unknown.
    pub value: Option<Value>,
    /// First day it is true.
    pub since: Day,
    /// First day it is no longer true.
    pub until: Option<Day>,
}

/// A value of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A day.
    Day(Day),
    /// One of the words the dictionary lists.
    Word(&'static str),
    /// An area.
    Area(AreaCode),
}

/// A complete roll (全量名单): everyone registered under `area` who is not listed is `false` (0 for a
/// grade) from `date`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roll {
    /// A name of the fact dictionary that is marked `roll`.
    pub fact: &'static str,
    /// 户籍 area it is complete for.
    pub area: AreaCode,
    /// The day from which it speaks.
    pub date: Day,
    /// When it was loaded.
    pub recorded: Instant,
    /// Which roll.
    pub source: &'static str,
    /// Who loaded it.
    pub by: &'static str,
    /// Indexes of the people on it, ascending.
    pub listed: Vec<usize>,
    /// When it was taken back as wrong.
    pub withdrawn: Option<Instant>,
}

impl Roll {
    /// Whether the person is on it.
    pub fn lists(&self, person: usize) -> bool {
        self.listed.binary_search(&person).is_ok()
    }
}

/// A payment somebody receives every month of `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Index into [`City::people`].
    pub person: usize,
    /// Id of `programmes.toml`.
    pub programme: &'static str,
    /// First day of the first month paid.
    pub from: Day,
    /// First day of the first month not paid any more.
    pub until: Option<Day>,
    /// Per month, in fen.
    pub fen: i64,
    /// Who pays.
    pub payer: &'static str,
    /// Where it is known from.
    pub source: &'static str,
    /// When it was known.
    pub recorded: Instant,
}
