//! What departments are asked: the table of `data/matching.toml`, checked once against the fact dictionary.

use authz::{Action, Role};
use rules::facts::{self, FactId, Kind as FactKind, Value, parse_value};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use tabular::headers::ColumnSpec;

/// The number on the outgoing list: 「编号」.
pub(crate) const NO: &str = "no";
/// The identity number.
pub(crate) const NUMBER: &str = "number";
/// The name.
pub(crate) const NAME: &str = "name";
/// Whether the row is a hit, where the department says so in a column of its own.
pub(crate) const HIT: &str = "hit";

/// Columns every returned list may have.
pub(crate) const WHO: [ColumnSpec; 3] = [
    ColumnSpec {
        key: NO,
        title: "编号",
        aliases: &["序号", "名单编号"],
        required: false,
        example: "1",
        hint: "发出名单上的编号",
    },
    ColumnSpec {
        key: NUMBER,
        title: "证件号码",
        aliases: &["身份证号", "身份证号码", "公民身份号码"],
        required: false,
        example: "",
        hint: "没有编号时按证件号码对应",
    },
    ColumnSpec {
        key: NAME,
        title: "姓名",
        aliases: &["名字"],
        required: false,
        example: "张三",
        hint: "与名单上的姓名核对",
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    kind: Vec<KindRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindRow {
    key: String,
    title: String,
    department: String,
    says: String,
    days: i32,
    #[serde(default)]
    suspect: bool,
    clue: Option<String>,
    #[serde(default)]
    hit: BTreeMap<String, String>,
    answer: Vec<AnswerRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerRow {
    title: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    required: bool,
    fact: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    #[serde(default)]
    choices: BTreeMap<String, String>,
    #[serde(default)]
    since: bool,
    #[serde(default)]
    example: String,
}

/// What stands in a column that comes back.
#[derive(Debug, Clone)]
pub(crate) enum What {
    /// A fact's value; some words stand for others.
    Fact(FactId, BTreeMap<String, Value>),
    /// A word that names a fact which is then so.
    Choices(BTreeMap<String, FactId>),
    /// A day that is no fact.
    Day,
}

/// A column that comes back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) title: String,
    pub(crate) what: What,
    pub(crate) required: bool,
    /// The day in it is the one from which the hit is true.
    pub(crate) since: bool,
}

/// One purpose of matching.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) key: String,
    pub(crate) title: String,
    /// Who answers, an office of the fact dictionary.
    pub(crate) department: String,
    pub(crate) says: String,
    /// Days the outgoing list can be downloaded.
    pub(crate) days: i32,
    /// Hits are 疑似去世.
    pub(crate) suspect: bool,
    /// Hits propose no fact but are a lead: 「住院」.
    pub(crate) clue: Option<String>,
    /// Facts that every hit proposes.
    pub(crate) hit: Vec<(FactId, Value)>,
    pub(crate) answers: Vec<Answer>,
    /// Columns of the returned file: [`WHO`], [`HIT`], then `a0`, `a1` … as in `answers`.
    pub(crate) specs: Vec<ColumnSpec>,
}

impl Kind {
    /// 「公安 · 死亡注销」.
    pub(crate) fn zh(&self) -> String {
        format!("{} · {}", self.department, self.title)
    }

    /// Whether the facts are kept by the department that this role works for.
    pub(crate) fn is_department(&self, role: Role) -> bool {
        role.offices().contains(&self.department.as_str())
    }

    /// Whether this role sees lists of this purpose at all.
    pub(crate) fn seen_by(&self, role: Role) -> bool {
        Action::Match.allowed_to(role) && (makes(role) || self.is_department(role))
    }

    /// Whether hits of this department may be recorded as its own word.
    pub(crate) fn speaks_for(&self, fact: FactId) -> bool {
        fact.def().owner.contains(&self.department.as_str())
    }
}

/// Whether this role makes lists: the civil affairs offices, whose register it is.
pub(crate) fn makes(role: Role) -> bool {
    Action::Match.allowed_to(role) && role.offices().contains(&"民政")
}

/// All purposes, in the order of the table.
pub(crate) fn all() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
        read(include_str!("../data/matching.toml")).unwrap_or_else(|error| {
            // A test reads the table; a broken one offers nothing.
            tracing::error!(error, "data/matching.toml");
            Vec::new()
        })
    });
    &KINDS
}

/// The purpose of this key.
pub(crate) fn of(key: &str) -> Option<&'static Kind> {
    all().iter().find(|kind| kind.key == key)
}

fn read(text: &str) -> Result<Vec<Kind>, String> {
    let table: Table = toml::from_str(text).map_err(|error| error.to_string())?;
    table.kind.into_iter().map(kind_of).collect()
}

fn fact_of(name: &str) -> Result<FactId, String> {
    facts::find(name).ok_or_else(|| format!("no fact {name}"))
}

fn kind_of(row: KindRow) -> Result<Kind, String> {
    let mut hit = Vec::new();
    for (name, text) in &row.hit {
        let fact = fact_of(name)?;
        hit.push((fact, parse_value(fact, text)?));
    }
    let mut specs = WHO.to_vec();
    specs.push(ColumnSpec {
        key: HIT,
        title: "比对结果",
        aliases: &["是否命中", "命中", "结果"],
        required: false,
        example: "有",
        hint: "没有命中的写“无”，或不返回这一行",
    });
    let mut answers = Vec::new();
    for (at, answer) in row.answer.into_iter().enumerate() {
        // Read once for the whole run of the program: the headings live as long as it does.
        specs.push(ColumnSpec {
            key: leaked(format!("a{at}")),
            title: leaked(answer.title.clone()),
            aliases: Box::leak(
                answer
                    .aliases
                    .iter()
                    .cloned()
                    .map(leaked)
                    .collect::<Vec<_>>()
                    .into_boxed_slice(),
            ),
            required: answer.required,
            example: leaked(answer.example.clone()),
            hint: if answer.required {
                "命中的行必填"
            } else {
                ""
            },
        });
        answers.push(answer_of(answer)?);
    }
    let kind = Kind {
        key: row.key,
        title: row.title,
        department: row.department,
        says: row.says,
        days: row.days,
        suspect: row.suspect,
        clue: row.clue,
        hit,
        answers,
        specs,
    };
    checked(kind)
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn answer_of(row: AnswerRow) -> Result<Answer, String> {
    let what = match (&row.fact, row.choices.is_empty()) {
        (Some(name), true) => {
            let fact = fact_of(name)?;
            let mut codes = BTreeMap::new();
            for (word, text) in &row.codes {
                codes.insert(word.clone(), parse_value(fact, text)?);
            }
            What::Fact(fact, codes)
        }
        (None, false) => {
            let mut choices = BTreeMap::new();
            for (word, name) in &row.choices {
                choices.insert(word.clone(), fact_of(name)?);
            }
            What::Choices(choices)
        }
        (None, true) => What::Day,
        (Some(_), false) => return Err(format!("{}: fact and choices", row.title)),
    };
    Ok(Answer {
        title: row.title,
        what,
        required: row.required,
        since: row.since,
    })
}

/// Facts of a purpose.
fn proposes(kind: &Kind) -> Vec<FactId> {
    let mut out: Vec<FactId> = kind.hit.iter().map(|(fact, _)| *fact).collect();
    for answer in &kind.answers {
        match &answer.what {
            What::Fact(fact, _) => out.push(*fact),
            What::Choices(choices) => out.extend(choices.values()),
            What::Day => {}
        }
    }
    out
}

fn checked(kind: Kind) -> Result<Kind, String> {
    let key = &kind.key;
    let since: Vec<&Answer> = kind.answers.iter().filter(|answer| answer.since).collect();
    if since.len() != 1 {
        return Err(format!("{key}: exactly one column says since when"));
    }
    let day = since.iter().all(|answer| match &answer.what {
        What::Day => true,
        What::Fact(fact, _) => fact.def().kind == FactKind::Day,
        What::Choices(_) => false,
    });
    if !day {
        return Err(format!("{key}: the column since holds a day"));
    }
    let facts = proposes(&kind);
    if facts.is_empty() != kind.clue.is_some() {
        return Err(format!("{key}: either facts or a clue"));
    }
    match facts.iter().find(|fact| !kind.speaks_for(**fact)) {
        Some(fact) => Err(format!(
            "{key}: {} is not of {}",
            fact.name(),
            kind.department
        )),
        None => Ok(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M04: every purpose reads, asks one department about its own facts, and the departments of the brief are there.
    #[test]
    fn the_table_of_purposes_reads() {
        let kinds = read(include_str!("../data/matching.toml")).unwrap();
        for department in ["公安", "殡葬", "医保", "人社", "残联", "退役军人", "司法"]
        {
            assert!(
                kinds.iter().any(|kind| kind.department == department),
                "{department}"
            );
        }
        let mut keys: Vec<&str> = kinds.iter().map(|kind| kind.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), kinds.len());
        assert!(kinds.iter().filter(|kind| kind.suspect).count() == 2);
    }

    /// Row M04: a purpose that lets a department speak about what it does not keep is refused.
    #[test]
    fn a_department_speaks_about_its_own_facts_only() {
        let text = |department: &str, fact: &str| {
            format!(
                "[[kind]]\nkey='k'\ntitle='t'\ndepartment='{department}'\nsays='s'\ndays=1\n\
                 [[kind.answer]]\ntitle='值'\nfact='{fact}'\n[[kind.answer]]\ntitle='日期'\nsince=true\n"
            )
        };
        assert!(read(&text("残联", "disability_grade")).is_ok());
        assert!(read(&text("残联", "dibao")).unwrap_err().contains("dibao"));
        assert!(read(&text("残联", "nothing")).is_err());
    }

    /// Row M03: the civil offices make lists, a department sees its own, administrators nothing.
    #[test]
    fn purposes_are_for_the_offices_they_concern() {
        let (disability, death) = (of("disability").unwrap(), of("police_death").unwrap());
        for role in [Role::CityCivil, Role::CountyCivil] {
            assert!(makes(role) && disability.seen_by(role) && death.seen_by(role));
        }
        assert!(disability.seen_by(Role::DepartmentData) && !death.seen_by(Role::DepartmentData));
        assert!(!makes(Role::DepartmentData) && !makes(Role::TownWorker));
        for role in [
            Role::SystemAdmin,
            Role::SecurityAdmin,
            Role::AuditAdmin,
            Role::Family,
        ] {
            assert!(!disability.seen_by(role) && !makes(role), "{role:?}");
        }
    }
}
