//! 办理流程 as data: for each programme who may apply, what is brought, who accepts, checks and decides, in how many
//! working days, what is posted, whether nobody need apply at all. A hole is refused by name.

use crate::papers::CHOSEN;
use authz::Role;
use kernel::Day;
use people::api::Person;
use rules::facts::{FactId, Value};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The procedures of a place.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedures {
    /// In force from this day, `yyyy-mm-dd`.
    pub version: String,
    /// What may be asked for.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// One for each programme that is applied for.
    #[serde(default, rename = "procedure")]
    pub procedures: Vec<Procedure>,
}

/// Something that proves what the applicant says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Key.
    pub id: String,
    /// 身份证.
    pub name: String,
    /// What of the register makes bringing it needless: facts of the dictionary, or `id_number`.
    #[serde(default)]
    pub known: Vec<String>,
    /// One of `known` that is true is enough; otherwise all of them must be known.
    #[serde(default)]
    pub any: bool,
    /// Only for these ways to apply; empty for all.
    #[serde(default)]
    pub only: Vec<String>,
    /// One line for whoever brings it.
    pub note: String,
}

/// How one programme is applied for and decided.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// Programme id of the plan.
    pub programme: String,
    /// 高龄津贴申请.
    pub title: String,
    /// `self`, `family`, `village`, `window`.
    pub applicants: Vec<String>,
    /// 免申即享.
    #[serde(default)]
    pub free: bool,
    /// Ids of [`Evidence`].
    pub evidence: Vec<String>,
    /// Working days in which a supplement is to be handed in.
    pub supplement_days: i32,
    /// Days in which an appeal may be made.
    pub appeal_days: i32,
    /// Where objections and complaints go.
    pub objection_phone: String,
    /// 审批前公示, where there is any.
    pub publicity: Option<Publicity>,
    /// Papers beside the notices: keys of [`crate::papers::CHOSEN`].
    #[serde(default)]
    pub papers: Vec<String>,
    /// What the office of a case handed to its towns; no part of the text.
    #[serde(skip)]
    pub handed: Vec<Handed>,
    /// In order; a step `beside` the one before runs at the same time.
    pub steps: Vec<Step>,
    /// The clause all of this stands on.
    pub clause: String,
    /// 待当地确认.
    #[serde(default)]
    pub confirm: bool,
}

/// A step that a county handed to its towns: what begins within these days is theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// The step.
    pub step: String,
    /// First day.
    pub from: Day,
    /// Last day.
    pub until: Day,
    /// The document it stands on.
    pub document: String,
}

/// What is posted before the decision.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publicity {
    /// Calendar days.
    pub days: i32,
    /// 村公示栏.
    pub place: String,
    /// Of `name` (masked), `village`, `programme`, `amount`; nothing else is ever posted.
    pub shows: Vec<String>,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// 受理.
    Accept,
    /// 审核, 核证.
    Check,
    /// 公示.
    Publicity,
    /// 决定.
    Decide,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Key.
    pub id: String,
    /// 乡镇审核.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Who does it: `village`, `town`, `county`, `disabled`, `health`. Nobody does a publicity step.
    pub by: Option<String>,
    /// Working days; a publicity step takes the days of [`Publicity`].
    pub days: Option<i32>,
    /// At the same time as the step before.
    #[serde(default)]
    pub beside: bool,
}

/// Ways to apply: key and name.
pub const APPLICANTS: &[(&str, &str)] = &[
    ("self", "本人申请"),
    ("family", "家属代办"),
    ("village", "村（社区）代办"),
    ("window", "窗口代录"),
];

/// Who does a step: key, role, name.
pub const ACTORS: &[(&str, Role, &str)] = &[
    ("village", Role::Visitor, "村（社区）"),
    ("town", Role::TownWorker, "乡镇（街道）民政办"),
    ("county", Role::CountyCivil, "县级民政部门"),
    ("disabled", Role::DepartmentData, "县级残联"),
    ("health", Role::CountyHealth, "县级卫健部门"),
];

/// What a public sheet may ever show.
pub const SHOWN: &[&str] = &["name", "village", "programme", "amount"];

/// The name of a way to apply.
pub fn applicant_zh(key: &str) -> &'static str {
    match key {
        "free" => "免申即享",
        _ => APPLICANTS
            .iter()
            .find(|(known, _)| *known == key)
            .map_or("窗口代录", |(_, name)| *name),
    }
}

impl Step {
    /// The role that does it.
    pub fn role(&self) -> Option<Role> {
        let by = self.by.as_deref()?;
        ACTORS.iter().find(|(key, ..)| *key == by).map(|one| one.1)
    }

    /// Who does it, in words.
    pub fn by_zh(&self) -> &'static str {
        self.by
            .as_deref()
            .and_then(|by| ACTORS.iter().find(|(key, ..)| *key == by))
            .map_or("", |one| one.2)
    }
}

impl Procedure {
    /// The steps that run at the same time, in order.
    pub fn stages(&self) -> Vec<Vec<&Step>> {
        let mut out: Vec<Vec<&Step>> = Vec::new();
        for step in &self.steps {
            match out.last_mut() {
                Some(stage) if step.beside => stage.push(step),
                _ => out.push(vec![step]),
            }
        }
        out
    }

    /// A step by its key.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.id == id)
    }

    /// Working days of a stage: its longest step.
    pub fn days_of(&self, stage: usize) -> i32 {
        let stages = self.stages();
        let steps = stages.get(stage).map_or(&[][..], Vec::as_slice);
        steps.iter().filter_map(|step| step.days).max().unwrap_or(0)
    }

    /// Working days from acceptance to decision, without publicity.
    pub fn all_days(&self) -> i32 {
        (0..self.stages().len())
            .map(|stage| self.days_of(stage))
            .sum()
    }

    /// Whether somebody may apply this way.
    pub fn takes(&self, applicant: &str) -> bool {
        self.applicants.iter().any(|one| one == applicant)
    }

    fn problems(&self, evidence: &BTreeSet<&str>, programmes: &BTreeSet<String>) -> Vec<String> {
        let name = format!("流程「{}」", self.programme);
        let mut out = Vec::new();
        if !programmes.contains(&self.programme) {
            out.push(format!("{name}：清单里没有由本系统决定的这个待遇"));
        }
        if self.title.trim().is_empty() || self.clause.trim().is_empty() {
            out.push(format!("{name}：没有写名称 title 或依据 clause"));
        }
        if self.applicants.is_empty() {
            out.push(format!("{name}：没有写谁可以申请 applicants"));
        }
        for one in &self.applicants {
            if !APPLICANTS.iter().any(|(key, _)| key == one) {
                out.push(format!("{name}：不认识的申请方式「{one}」"));
            }
        }
        for one in &self.evidence {
            if !evidence.contains(one.as_str()) {
                out.push(format!("{name}：没有这份材料「{one}」"));
            }
        }
        for one in &self.papers {
            if !CHOSEN.iter().any(|(key, _)| key == one) {
                let known: Vec<&str> = CHOSEN.iter().map(|(key, _)| *key).collect();
                out.push(format!(
                    "{name}：没有这种文书「{one}」，可以写的是 {}",
                    known.join("、")
                ));
            }
        }
        if self.supplement_days < 1 || self.appeal_days < 1 {
            out.push(format!(
                "{name}：supplement_days 和 appeal_days 都至少 1 天"
            ));
        }
        out.extend(self.step_problems(&name));
        out.extend(self.publicity_problems(&name));
        out
    }

    fn step_problems(&self, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        let mut seen = BTreeSet::new();
        for (at, step) in self.steps.iter().enumerate() {
            let of = format!("{name}环节「{}」", step.id);
            if step.id.is_empty() || !seen.insert(step.id.as_str()) {
                out.push(format!("{of}：没有名字或写了不止一次"));
            }
            if step.beside && (at == 0 || step.kind != Kind::Check) {
                out.push(format!("{of}：只有审核可以与前一环节并行"));
            }
            if step.kind == Kind::Publicity {
                if step.by.is_some() || step.days.is_some() {
                    out.push(format!(
                        "{of}：公示的天数写在 publicity 里，不写 by 和 days"
                    ));
                }
                continue;
            }
            match &step.by {
                None => out.push(format!("{of}：没有写由谁办 by")),
                Some(by) if !ACTORS.iter().any(|(key, ..)| key == by) => {
                    out.push(format!("{of}：不认识的办理单位「{by}」"));
                }
                Some(_) => {}
            }
            match step.days {
                None => out.push(format!("{of}：没有写几个工作日 days")),
                Some(days) if days < 1 => out.push(format!("{of}：至少 1 个工作日")),
                Some(_) => {}
            }
        }
        let kinds: Vec<Kind> = self.steps.iter().map(|step| step.kind).collect();
        let number = |kind| kinds.iter().filter(|one| **one == kind).count();
        if kinds.first() != Some(&Kind::Accept) || number(Kind::Accept) != 1 {
            out.push(format!("{name}：第一个环节是受理，并且只有一个"));
        }
        if kinds.last() != Some(&Kind::Decide) || number(Kind::Decide) != 1 {
            out.push(format!("{name}：最后一个环节是决定，并且只有一个"));
        }
        if number(Kind::Check) == 0 {
            out.push(format!("{name}：受理和决定之间要有审核"));
        }
        out
    }

    fn publicity_problems(&self, name: &str) -> Vec<String> {
        let steps = self
            .steps
            .iter()
            .filter(|step| step.kind == Kind::Publicity)
            .count();
        match (&self.publicity, steps) {
            (None, 0) => Vec::new(),
            (Some(publicity), 1) => {
                let mut out = Vec::new();
                if publicity.days < 1 {
                    out.push(format!("{name}：公示至少 1 天"));
                }
                for shown in &publicity.shows {
                    if !SHOWN.contains(&shown.as_str()) {
                        out.push(format!(
                            "{name}：公示不得显示「{shown}」，只能是 {}",
                            SHOWN.join("、")
                        ));
                    }
                }
                out
            }
            _ => vec![format!("{name}：publicity 和公示环节要一起写，且只有一个")],
        }
    }
}

impl Procedures {
    /// Reads procedures; `programmes` are those this system decides. `Err` names every hole, in Chinese.
    pub fn parse(text: &str, programmes: &BTreeSet<String>) -> Result<Self, Vec<String>> {
        let read = Self::read(text)?;
        let mut problems = Vec::new();
        if read.version.parse::<Day>().is_err() {
            problems.push(format!("version「{}」不是日期", read.version));
        }
        let mut evidence = BTreeSet::new();
        for one in &read.evidence {
            if !evidence.insert(one.id.as_str()) {
                problems.push(format!("材料「{}」写了不止一次", one.id));
            }
            for known in &one.known {
                if known != NUMBER && rules::facts::find(known).is_none() {
                    problems.push(format!("材料「{}」：没有这个信息项「{known}」", one.id));
                }
            }
            for only in &one.only {
                if !APPLICANTS.iter().any(|(key, _)| key == only) {
                    problems.push(format!("材料「{}」：不认识的申请方式「{only}」", one.id));
                }
            }
        }
        let mut seen = BTreeSet::new();
        for one in &read.procedures {
            if !seen.insert(one.programme.as_str()) {
                problems.push(format!("流程「{}」写了不止一次", one.programme));
            }
            problems.extend(one.problems(&evidence, programmes));
        }
        if problems.is_empty() {
            Ok(read)
        } else {
            Err(problems)
        }
    }

    /// Reads procedures that were checked when they were loaded.
    pub fn read(text: &str) -> Result<Self, Vec<String>> {
        toml::from_str(text).map_err(|error| vec![error.to_string()])
    }

    /// The procedure of a programme.
    pub fn of(&self, programme: &str) -> Option<&Procedure> {
        self.procedures
            .iter()
            .find(|one| one.programme == programme)
    }

    /// What is asked for where somebody applies this way.
    pub fn asked<'a>(&'a self, procedure: &'a Procedure, applicant: &str) -> Vec<&'a Evidence> {
        let all = procedure
            .evidence
            .iter()
            .filter_map(|id| self.evidence.iter().find(|one| one.id == *id));
        all.filter(|one| one.only.is_empty() || one.only.iter().any(|only| only == applicant))
            .collect()
    }
}

/// Stands for the identity number among what is known.
const NUMBER: &str = "id_number";

impl Evidence {
    /// Whether the register knows it of this person, so that nobody brings it.
    pub fn is_known(&self, person: &Person) -> bool {
        let value = |name: &str| -> Option<Value> {
            if name == NUMBER {
                return person.id_number.as_ref().map(|_| Value::Bool(true));
            }
            let fact: FactId = rules::facts::find(name)?;
            person.facts.get(fact).cloned()
        };
        if self.known.is_empty() {
            false
        } else if self.any {
            self.known
                .iter()
                .any(|name| value(name) == Some(Value::Bool(true)))
        } else {
            self.known.iter().all(|name| value(name).is_some())
        }
    }
}

#[cfg(test)]
#[path = "procedures_tests.rs"]
mod tests;
