//! The sheet of an assessment: header and answers as they are typed, kept and sent.

use crate::background::{self, Background};
use assess::{Answers, Scheme};
use kernel::Day;
use serde_json::{Value, json};
use ui::FormData;

/// 信息提供者与评估对象的关系, annex A.3.
pub(crate) const RELATIONS: &[(&str, &str)] = &[
    ("self", "本人"),
    ("spouse", "配偶"),
    ("child", "子女"),
    ("relative", "其他亲属"),
    ("carer", "雇佣照顾者"),
    ("village", "村（居）委会工作人员"),
    ("other", "其他"),
];

/// Header and answers, perhaps not all yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// 评估基准日期.
    pub(crate) day: Option<Day>,
    /// Who told.
    pub(crate) informant: String,
    /// What they are to the person: a code.
    pub(crate) relation: String,
    /// The answers.
    pub(crate) answers: Answers,
    /// What the form asks besides the scores.
    pub(crate) background: Background,
}

/// The name of the form's field for a kind of a count.
pub(crate) fn count_field(count: &str, kind: &str) -> String {
    format!("{count}.{kind}")
}

impl Sheet {
    /// Reads a form; what does not fit is told by field.
    pub(crate) fn of_form(scheme: &Scheme, data: &FormData) -> (Self, Vec<(String, String)>) {
        let mut sheet = Self {
            day: ui::form::day_from_typed(data.get("day")),
            informant: data.get("informant").chars().take(30).collect(),
            relation: data.get("relation").to_owned(),
            answers: Answers::default(),
            background: Background::default(),
        };
        let (background, mut wrong) = background::of_form(scheme, data);
        sheet.background = background;
        if !data.get("day").is_empty() && sheet.day.is_none() {
            wrong.push((
                "day".to_owned(),
                "日期应写成 2025-06-30 或 20250630".to_owned(),
            ));
        }
        let known = RELATIONS.iter().any(|(key, _)| *key == sheet.relation);
        if !sheet.relation.is_empty() && !known {
            wrong.push(("relation".to_owned(), "请选择信息提供者的关系".to_owned()));
        }
        for item in scheme.items() {
            let typed = data.get(&item.id);
            if typed.is_empty() {
                continue;
            }
            let taken = match typed.parse() {
                Ok(points) => sheet.answers.set_points(scheme, &item.id, points),
                Err(_no_number) => Err(format!("「{}」要选一个分值", item.name)),
            };
            wrong.extend(taken.err().map(|says| (item.id.clone(), says)));
        }
        for flag in &scheme.flags {
            let taken = match data.get(&flag.id) {
                "" => Ok(()),
                "yes" => sheet.answers.set_flag(scheme, &flag.id, true),
                "no" => sheet.answers.set_flag(scheme, &flag.id, false),
                _ => Err(format!("「{}」要选是或否", flag.name)),
            };
            wrong.extend(taken.err().map(|says| (flag.id.clone(), says)));
        }
        for count in &scheme.counts {
            for kind in &count.kinds {
                let field = count_field(&count.id, &kind.id);
                let typed = data.get(&field);
                if typed.is_empty() {
                    continue;
                }
                let taken = match typed.parse() {
                    Ok(times) => sheet.answers.set_count(scheme, &count.id, &kind.id, times),
                    Err(_no_number) => Err(format!("「{}」要选次数", kind.name)),
                };
                wrong.extend(taken.err().map(|says| (field, says)));
            }
        }
        (sheet, wrong)
    }

    /// What is not filled in yet: field, what to say.
    pub(crate) fn open(&self, scheme: &Scheme) -> Vec<(String, String)> {
        let mut open = Vec::new();
        let mut ask = |field: &str, says: String| open.push((field.to_owned(), says));
        if self.day.is_none() {
            ask("day", "请填写评估日期".to_owned());
        }
        if self.relation.is_empty() {
            ask("relation", "请选择信息提供者的关系".to_owned());
        }
        for item in scheme.items() {
            if self.answers.points(&item.id).is_none() {
                ask(&item.id, format!("{} {}：没有填", item.id, item.name));
            }
        }
        for flag in &scheme.flags {
            if self.answers.flag(&flag.id).is_none() {
                ask(&flag.id, format!("{}：没有填", flag.name));
            }
        }
        for count in &scheme.counts {
            let kinds = self.answers.count(&count.id);
            for kind in &count.kinds {
                if kinds.is_none_or(|kinds| !kinds.contains_key(&kind.id)) {
                    let field = count_field(&count.id, &kind.id);
                    ask(&field, format!("近30天{}：没有填", kind.name));
                }
            }
        }
        open
    }

    /// The document that is kept.
    pub(crate) fn to_json(&self, scheme: &Scheme) -> Value {
        let mut out = json!({
            "scheme": scheme.id,
            "version": scheme.version,
            "day": self.day.map(|day| day.to_string()),
            "informant": self.informant,
            "relation": self.relation,
            "answers": self.answers.to_json(scheme),
        });
        if !self.background.is_empty()
            && let Some(out) = out.as_object_mut()
        {
            out.insert("background".to_owned(), json!(self.background));
        }
        out
    }

    /// Reads a kept document; what no longer fits the scale is left open.
    pub(crate) fn of_json(scheme: &Scheme, text: &str) -> Self {
        let Ok(all) = serde_json::from_str::<Value>(text) else {
            return Self::default();
        };
        let word = |key: &str| all.get(key).and_then(Value::as_str).unwrap_or_default();
        let answers = all.get("answers").map(Value::to_string).unwrap_or_default();
        Self {
            day: word("day").parse().ok(),
            informant: word("informant").to_owned(),
            relation: word("relation").to_owned(),
            answers: Answers::draft(scheme, &answers).unwrap_or_default(),
            background: background::of_kept(scheme, all.get("background")),
        }
    }

    /// The pairs that fill the form again.
    pub(crate) fn pairs(&self, scheme: &Scheme) -> Vec<(String, String)> {
        let mut pairs = vec![
            (
                "day".to_owned(),
                self.day.map_or_else(String::new, |day| day.to_string()),
            ),
            ("informant".to_owned(), self.informant.clone()),
            ("relation".to_owned(), self.relation.clone()),
        ];
        for item in scheme.items() {
            if let Some(points) = self.answers.points(&item.id) {
                pairs.push((item.id.clone(), points.to_string()));
            }
        }
        for flag in &scheme.flags {
            if let Some(yes) = self.answers.flag(&flag.id) {
                pairs.push((flag.id.clone(), if yes { "yes" } else { "no" }.to_owned()));
            }
        }
        for count in &scheme.counts {
            for (kind, times) in self.answers.count(&count.id).into_iter().flatten() {
                pairs.push((count_field(&count.id, kind), times.to_string()));
            }
        }
        for (field, values) in &self.background {
            pairs.extend(values.iter().map(|value| (field.clone(), value.clone())));
        }
        pairs
    }
}
