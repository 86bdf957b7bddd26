//! The level that follows from answers, with every step in words.

use crate::answers::Answers;
use crate::scheme::{Adjust, Group, Kind, Part, Scheme};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Why answers have no level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Items without an answer, named.
    #[error("{}", .0.join("；"))]
    Missing(Vec<String>),
    /// The scale only keeps old results.
    #[error("量表「{0}」只登记旧结论，不再评分")]
    OnlyRecorded(String),
}

/// One reason to change the level, as it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// Key of the answer that brought it about.
    pub key: String,
    /// In words.
    pub says: String,
    /// Clause.
    pub clause: String,
    /// Level before it.
    pub from: usize,
    /// Level after it; the same where it had no effect any more.
    pub to: usize,
}

/// The result of an assessment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Key of the scale.
    pub scheme: String,
    /// Version of the scale.
    pub version: String,
    /// Score of each group, in order.
    pub first_level: Vec<(String, i64)>,
    /// Grade of each group where they meet in a table.
    pub grades: Vec<(String, usize)>,
    /// Sum; none where the scale has no total.
    pub total: Option<i64>,
    /// Level before changes.
    pub preliminary_level: usize,
    /// Changes, those without effect too.
    pub adjustments: Vec<Applied>,
    /// Level after changes.
    pub final_level: usize,
    /// Every step in words.
    pub reasons: Vec<String>,
}

impl Outcome {
    /// As the command prints it and rows keep it.
    pub fn to_json(&self) -> Value {
        let object = |pairs: &mut dyn Iterator<Item = (String, Value)>| -> Value {
            Value::Object(pairs.collect::<Map<_, _>>())
        };
        let scores = self.first_level.iter();
        let mut scores = scores.map(|(id, score)| (id.clone(), json!(score)));
        let mut all = json!({
            "scheme": self.scheme,
            "version": self.version,
            "first_level": object(&mut scores),
            "total": self.total,
            "preliminary_level": self.preliminary_level,
            "adjustments": self.adjustments,
            "final_level": self.final_level,
            "reasons": self.reasons,
        });
        if let (false, Some(all)) = (self.grades.is_empty(), all.as_object_mut()) {
            let grades = self.grades.iter();
            let mut grades = grades.map(|(id, grade)| (id.clone(), json!(grade)));
            all.insert("grades".to_owned(), object(&mut grades));
        }
        all
    }
}

impl Scheme {
    /// The level that follows. A flag or count nobody answered changes nothing, and the reasons say so.
    pub fn score(&self, answers: &Answers) -> Result<Outcome, Refused> {
        if !self.is_scored() {
            return Err(Refused::OnlyRecorded(self.id.clone()));
        }
        let missing = answers.missing(self);
        if !missing.is_empty() {
            return Err(Refused::Missing(missing));
        }
        let mut reasons = Vec::new();
        let first_level: Vec<(String, i64)> = self
            .groups
            .iter()
            .map(|group| {
                let score = score_of(group, answers);
                reasons.push(format!(
                    "{}：{score} 分（满分 {}）",
                    group.name,
                    group.most()
                ));
                (group.id.clone(), score)
            })
            .collect();
        let total = first_level.iter().map(|(_, score)| score).sum();
        let mut grades = Vec::new();
        let preliminary_level = match self.kind {
            Kind::Sum => self.by_sum(total, &mut reasons),
            Kind::Table => {
                grades = self.grades(&first_level);
                self.by_table(&grades, &mut reasons)
            }
            Kind::Recorded => return Err(Refused::OnlyRecorded(self.id.clone())),
        };
        let adjustments = self.adjust(answers, preliminary_level, &mut reasons);
        let final_level = adjustments.last().map_or(preliminary_level, |one| one.to);
        reasons.push(format!(
            "最终等级：{} {}",
            final_level,
            self.level_name(final_level)
        ));
        Ok(Outcome {
            scheme: self.id.clone(),
            version: self.version.clone(),
            first_level,
            grades,
            total: (self.kind == Kind::Sum).then_some(total),
            preliminary_level,
            adjustments,
            final_level,
            reasons,
        })
    }

    /// The band of a total; every total has one ([`Scheme::parse`]).
    fn by_sum(&self, total: i64, reasons: &mut Vec<String>) -> usize {
        let within = |from: Option<i64>, to: Option<i64>| {
            from.is_some_and(|from| from <= total) && to.is_some_and(|to| total <= to)
        };
        let band = self.bands.iter().find(|band| within(band.from, band.to));
        let level = band.map_or(self.worst(), |band| band.level);
        let range = band.map_or_else(String::new, |band| {
            let ends = (band.from.unwrap_or(0), band.to.unwrap_or(0));
            if ends.0 == ends.1 {
                format!("（{} 分）", ends.0)
            } else {
                format!("（{}～{} 分）", ends.0, ends.1)
            }
        });
        reasons.push(format!(
            "总分 {total} 分，初步等级：{level} {}{range}",
            self.level_name(level)
        ));
        level
    }

    fn grades(&self, scores: &[(String, i64)]) -> Vec<(String, usize)> {
        let grade = |group: &Group, score: i64| {
            let within = |from: Option<i64>, to: Option<i64>| {
                from.is_some_and(|from| from <= score) && to.is_some_and(|to| score <= to)
            };
            let found = group.bands.iter().find(|one| within(one.from, one.to));
            found.map_or(group.bands.len().saturating_sub(1), |one| one.grade)
        };
        self.groups
            .iter()
            .zip(scores)
            .map(|(group, (id, score))| (id.clone(), grade(group, *score)))
            .collect()
    }

    /// The cell where the rows' group meets the worst of the others.
    fn by_table(&self, grades: &[(String, usize)], reasons: &mut Vec<String>) -> usize {
        let mut row = 0;
        let mut column = 0;
        for (group, (_, grade)) in self.groups.iter().zip(grades) {
            let name = group.bands.get(*grade).map_or("", |one| one.name.as_str());
            reasons.push(format!("{}：{name}", group.name));
            match group.part {
                Some(Part::Rows) => row = *grade,
                Some(Part::Columns) | None => column = column.max(*grade),
            }
        }
        let levels = self.table.as_ref().map(|table| &table.levels);
        let cell = levels.and_then(|levels| levels.get(row)?.get(column));
        let level = cell.copied().unwrap_or_else(|| self.worst());
        let clause = self
            .table
            .as_ref()
            .map_or("", |table| table.clause.as_str());
        reasons.push(format!(
            "按{clause}，等级：{level} {}",
            self.level_name(level)
        ));
        level
    }

    /// Levels set come before raises: who is set to the worst is raised no further.
    fn adjust(
        &self,
        answers: &Answers,
        preliminary: usize,
        reasons: &mut Vec<String>,
    ) -> Vec<Applied> {
        let flags = self.flags.iter().map(|flag| (&flag.id, &flag.name));
        let counts = self.counts.iter().map(|count| (&count.id, &count.name));
        for (id, name) in flags.chain(counts) {
            if answers.flag(id).is_none() && answers.count(id).is_none() {
                reasons.push(format!("「{name}」没有填，按没有计算"));
            }
        }
        let holds = |one: &&Adjust| one.holds(answers);
        let sets = self.adjusts.iter().filter(|one| one.to.is_some());
        let raises = self.adjusts.iter().filter(|one| one.raise.is_some());
        let most = self.raise.as_ref().map_or(0, |raise| raise.at_most);
        let (mut level, mut raised) = (preliminary, 0);
        let mut applied = Vec::new();
        for one in sets.filter(holds).chain(raises.filter(holds)) {
            let from = level;
            let note = if let Some(to) = one.to {
                level = level.max(to);
                ""
            } else if level >= self.worst() {
                "（已是最重等级，不再提高）"
            } else if raised >= most {
                "（已按另一情形提高，不再提高）"
            } else {
                let by = one.raise.unwrap_or(0).min(most - raised);
                level = (level + by).min(self.worst());
                raised += level - from;
                ""
            };
            reasons.push(format!("{}{note}（{}）", one.says, one.clause));
            applied.push(Applied {
                key: one.key().to_owned(),
                says: format!("{}{note}", one.says),
                clause: one.clause.clone(),
                from,
                to: level,
            });
        }
        applied
    }
}

impl Adjust {
    fn holds(&self, answers: &Answers) -> bool {
        if let Some(flag) = &self.flag {
            return answers.flag(flag) == Some(true);
        }
        let Some(kinds) = self.count.as_ref().and_then(|count| answers.count(count)) else {
            return false;
        };
        let times = if self.counted.as_deref() == Some("kind") {
            kinds.values().copied().max().unwrap_or(0)
        } else {
            kinds.values().sum()
        };
        self.at_least.is_some_and(|least| times >= least)
    }
}

fn score_of(group: &Group, answers: &Answers) -> i64 {
    let points = group.items.iter().map(|item| answers.points(&item.id));
    points.map(|points| points.unwrap_or(0)).sum()
}
