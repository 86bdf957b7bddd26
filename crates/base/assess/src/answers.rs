//! What was answered, checked against its scale as it comes in.

use crate::pairs::{Held, Pairs};
use crate::scheme::{Count, Scheme};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Answers to one scale, perhaps not all yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    points: BTreeMap<String, i64>,
    flags: BTreeMap<String, bool>,
    counts: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Answers {
    /// Reads a document of answers; every complaint names the key and what is allowed. Items may still be missing.
    pub fn draft(scheme: &Scheme, text: &str) -> Result<Self, Vec<String>> {
        let pairs: Pairs = serde_json::from_str(text)
            .map_err(|error| vec![format!("不是可读的 JSON 对象：{error}")])?;
        let mut answers = Self::default();
        let mut complaints = Vec::new();
        let mut seen = BTreeSet::new();
        for (key, value) in pairs.0 {
            if !seen.insert(key.clone()) {
                complaints.push(format!("「{key}」写了不止一次"));
                continue;
            }
            if let Err(complaint) = answers.take(scheme, &key, value) {
                complaints.extend(complaint);
            }
        }
        if complaints.is_empty() {
            Ok(answers)
        } else {
            Err(complaints)
        }
    }

    /// As [`Answers::draft`], with every item answered.
    pub fn whole(scheme: &Scheme, text: &str) -> Result<Self, Vec<String>> {
        let answers = Self::draft(scheme, text)?;
        let missing = answers.missing(scheme);
        if missing.is_empty() {
            Ok(answers)
        } else {
            Err(missing)
        }
    }

    /// Sets the points of an item.
    pub fn set_points(&mut self, scheme: &Scheme, id: &str, points: i64) -> Result<(), String> {
        let item = scheme.item(id).ok_or_else(|| unknown(scheme, id))?;
        if item.says(points).is_none() {
            let allowed: Vec<String> = item.choices().map(|(of, _)| of.to_string()).collect();
            return Err(format!(
                "「{id}」{}：没有 {points} 分，可以是 {}",
                item.name,
                allowed.join("、")
            ));
        }
        self.points.insert(id.to_owned(), points);
        Ok(())
    }

    /// Sets a yes or no.
    pub fn set_flag(&mut self, scheme: &Scheme, id: &str, yes: bool) -> Result<(), String> {
        if scheme.flags.iter().any(|flag| flag.id == id) {
            self.flags.insert(id.to_owned(), yes);
            Ok(())
        } else {
            Err(unknown(scheme, id))
        }
    }

    /// Sets how often one kind happened.
    pub fn set_count(
        &mut self,
        scheme: &Scheme,
        id: &str,
        kind: &str,
        times: i64,
    ) -> Result<(), String> {
        let count = scheme.counts.iter().find(|count| count.id == id);
        let count = count.ok_or_else(|| unknown(scheme, id))?;
        let known = count
            .kinds
            .iter()
            .find(|known| known.id == kind || known.also.iter().any(|word| word == kind));
        let known = known.ok_or_else(|| unknown_kind(count, kind))?;
        if !(0..=count.most).contains(&times) {
            return Err(format!(
                "「{id}」的「{kind}」是 {times}，应是 0 到 {} 的整数",
                count.most
            ));
        }
        let kinds = self.counts.entry(id.to_owned()).or_default();
        if kinds.insert(known.id.clone(), times).is_some() {
            return Err(format!("「{id}」的「{kind}」写了不止一次"));
        }
        Ok(())
    }

    /// Says that a count was asked and nothing happened, if no kind is set.
    pub fn set_none(&mut self, scheme: &Scheme, id: &str) -> Result<(), String> {
        if scheme.counts.iter().any(|count| count.id == id) {
            self.counts.entry(id.to_owned()).or_default();
            Ok(())
        } else {
            Err(unknown(scheme, id))
        }
    }

    fn take(&mut self, scheme: &Scheme, key: &str, value: Held) -> Result<(), Vec<String>> {
        let one = |complaint: String| vec![complaint];
        if scheme.item(key).is_some() {
            let points = whole_number(&value)
                .ok_or_else(|| one(format!("「{key}」是 {}，应是整数分值", value.shown())))?;
            return self.set_points(scheme, key, points).map_err(one);
        }
        if scheme.flags.iter().any(|flag| flag.id == key) {
            let Held::Other(Value::Bool(yes)) = value else {
                return Err(one(format!(
                    "「{key}」是 {}，应是 true 或 false",
                    value.shown()
                )));
            };
            return self.set_flag(scheme, key, yes).map_err(one);
        }
        if scheme.counts.iter().any(|count| count.id == key) {
            let Held::Object(kinds) = value else {
                return Err(one(format!(
                    "「{key}」是 {}，应是“种类: 次数”的对象",
                    value.shown()
                )));
            };
            self.set_none(scheme, key).map_err(one)?;
            let mut complaints = Vec::new();
            for (kind, times) in kinds.0 {
                let taken = match whole_number(&times) {
                    Some(times) => self.set_count(scheme, key, &kind, times),
                    None => Err(format!(
                        "「{key}」的「{kind}」是 {}，应是次数（整数）",
                        times.shown()
                    )),
                };
                complaints.extend(taken.err());
            }
            return if complaints.is_empty() {
                Ok(())
            } else {
                Err(complaints)
            };
        }
        Err(one(unknown(scheme, key)))
    }

    /// What is not answered yet among the items, named.
    pub fn missing(&self, scheme: &Scheme) -> Vec<String> {
        scheme
            .items()
            .filter(|item| !self.points.contains_key(&item.id))
            .map(|item| format!("「{}」{}没有填", item.id, item.name))
            .collect()
    }

    /// Ids of items, flags and counts that are not answered yet.
    pub fn open(&self, scheme: &Scheme) -> Vec<String> {
        let items = scheme
            .items()
            .map(|item| &item.id)
            .filter(|id| !self.points.contains_key(*id));
        let flags = scheme
            .flags
            .iter()
            .map(|flag| &flag.id)
            .filter(|id| !self.flags.contains_key(*id));
        let counts = scheme
            .counts
            .iter()
            .map(|count| &count.id)
            .filter(|id| !self.counts.contains_key(*id));
        items.chain(flags).chain(counts).cloned().collect()
    }

    /// The points of an item.
    pub fn points(&self, id: &str) -> Option<i64> {
        self.points.get(id).copied()
    }

    /// A yes or no.
    pub fn flag(&self, id: &str) -> Option<bool> {
        self.flags.get(id).copied()
    }

    /// Counts by kind.
    pub fn count(&self, id: &str) -> Option<&BTreeMap<String, i64>> {
        self.counts.get(id)
    }

    /// The document of these answers, in the order of the scale.
    pub fn to_json(&self, scheme: &Scheme) -> Value {
        let mut all = Map::new();
        for item in scheme.items() {
            if let Some(points) = self.points(&item.id) {
                all.insert(item.id.clone(), json!(points));
            }
        }
        for flag in &scheme.flags {
            if let Some(yes) = self.flag(&flag.id) {
                all.insert(flag.id.clone(), json!(yes));
            }
        }
        for count in &scheme.counts {
            if let Some(kinds) = self.count(&count.id) {
                all.insert(count.id.clone(), json!(kinds));
            }
        }
        Value::Object(all)
    }
}

/// A whole number written as one: no fraction, no text.
fn whole_number(value: &Held) -> Option<i64> {
    match value {
        Held::Other(value) => value.as_i64(),
        Held::Object(_) => None,
    }
}

fn unknown(scheme: &Scheme, key: &str) -> String {
    format!("「{key}」不是量表「{}」里的项目", scheme.id)
}

fn unknown_kind(count: &Count, kind: &str) -> String {
    let known: Vec<String> = count
        .kinds
        .iter()
        .map(|known| format!("{}（{}）", known.id, known.name))
        .collect();
    format!(
        "「{}」的「{kind}」不是认识的种类，可以是 {}",
        count.id,
        known.join("、")
    )
}
