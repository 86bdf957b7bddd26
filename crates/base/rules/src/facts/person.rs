//! What is known of one person: at most one value per fact; what is absent is unknown.

use super::value::from_json;
use super::{COUNT, FactId, Value, derived_from, dictionary, find};
use crate::nearest::nearest;
use serde_json::{Map, Value as Json};

const MERIT: &str = "merit";
const MERIT_FACT: &str = "merit_";
/// `merit_pension` is a fact of its own, not a value of `merit`.
const MERIT_PENSION: &str = "merit_pension";

/// The facts of one person; [`Default`] knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    values: [Option<Value>; COUNT],
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            values: [const { None }; COUNT],
        }
    }
}

impl Facts {
    /// The known value.
    pub fn get(&self, fact: FactId) -> Option<&Value> {
        self.values.get(fact.index()).and_then(Option::as_ref)
    }

    /// Records a value, or that it is not known; a value of another kind leaves the fact unknown.
    pub fn set(&mut self, fact: FactId, value: Option<Value>) {
        if let Some(slot) = self.values.get_mut(fact.index()) {
            *slot = value.filter(|value| value.fits(fact.def().kind));
        }
    }

    /// Reads a person document; every complaint names the key and what is allowed.
    pub fn from_json(person: &Map<String, Json>) -> Result<Self, Vec<String>> {
        let mut facts = Self::default();
        let mut complaints = Vec::new();
        for (key, json) in person {
            if key == MERIT {
                facts.set_merit(person, json, &mut complaints);
            } else if let Some(fact) = find(key) {
                if !json.is_null() {
                    match from_json(fact, json) {
                        Ok(value) => facts.set(fact, Some(value)),
                        Err(complaint) => complaints.push(complaint),
                    }
                }
            } else {
                complaints.push(unknown_key(key));
            }
        }
        if complaints.is_empty() {
            Ok(facts)
        } else {
            Err(complaints)
        }
    }

    /// The person document of what is known, in dictionary order.
    pub fn to_json(&self) -> Map<String, Json> {
        let mut person = Map::new();
        let merit = self.merit_json();
        for fact in FactId::all() {
            if let (true, Some(merit)) = (is_merit(fact), &merit) {
                person.insert(MERIT.to_owned(), merit.clone());
            } else if let Some(value) = self.get(fact) {
                person.insert(fact.name().to_owned(), value.to_json());
            }
        }
        person
    }

    fn set_merit(&mut self, person: &Map<String, Json>, json: &Json, complaints: &mut Vec<String>) {
        let words: Vec<&str> = FactId::all()
            .filter(|fact| is_merit(*fact))
            .filter_map(merit_word)
            .collect();
        if let Some(key) = person.keys().find(|key| find(key).is_some_and(is_merit)) {
            complaints.push(format!("merit：不能与 {key} 同时写，请只写其中一种"));
        }
        let held: Option<Vec<&str>> = match json {
            Json::Null => return,
            Json::String(word) if word == "none" => Some(Vec::new()),
            Json::String(word) => Some(vec![word]),
            Json::Array(list) => list.iter().map(Json::as_str).collect(),
            _ => None,
        };
        let Some(held) = held.filter(|held| held.iter().all(|word| words.contains(word))) else {
            complaints.push(format!(
                "merit（优抚类别）：{json} 不能用，应为 none、{} 之一或其列表",
                words.join("、")
            ));
            return;
        };
        for fact in FactId::all().filter(|fact| is_merit(*fact)) {
            let holds = merit_word(fact).is_some_and(|word| held.contains(&word));
            self.set(fact, Some(Value::Bool(holds)));
        }
    }

    /// The value of `merit` where all its facts are known.
    fn merit_json(&self) -> Option<Json> {
        let mut held = Vec::new();
        for fact in FactId::all().filter(|fact| is_merit(*fact)) {
            match self.get(fact) {
                Some(Value::Bool(true)) => held.extend(merit_word(fact)),
                Some(_) => {}
                None => return None,
            }
        }
        Some(match held.as_slice() {
            [] => "none".into(),
            [one] => (*one).into(),
            _ => held.into(),
        })
    }
}

fn is_merit(fact: FactId) -> bool {
    fact.name().starts_with(MERIT_FACT) && fact.name() != MERIT_PENSION
}

fn merit_word(fact: FactId) -> Option<&'static str> {
    fact.name().strip_prefix(MERIT_FACT)
}

fn unknown_key(key: &str) -> String {
    if let Some(recorded) = derived_from(key) {
        return format!("{key}：这是推算出来的，请写 {recorded}");
    }
    match nearest(key, dictionary().iter().map(|def| def.name).chain([MERIT])) {
        Some(near) => format!("{key}：事实词典里没有这一项，是不是 {near}？"),
        None => format!("{key}：事实词典里没有这一项，请用 laoyou 的事实词典核对名称"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Facts, Vec<String>> {
        Facts::from_json(
            serde_json::from_str::<Json>(text)
                .unwrap()
                .as_object()
                .unwrap(),
        )
    }

    /// engineering.md 5: an unknown key in a person file is an error; so is a value out of range.
    #[test]
    fn refusals_name_the_key_and_what_is_allowed() {
        for (text, says) in [
            (r#"{"dibao_houshold": true}"#, "是不是 dibao_household"),
            (r#"{"age": 80}"#, "请写 birth_date"),
            (r#"{"hukou_local": true}"#, "请写 hukou_area"),
            (r#"{"alive": "yes"}"#, "true 或 false"),
            (r#"{"ability_level": 9}"#, "0 到 4"),
            (r#"{"ability_level": 1.5}"#, "0 到 4"),
            (r#"{"birth_date": "1945-02-30"}"#, "2025-06-30"),
            (r#"{"merit": "hero"}"#, "martyr_family"),
            (r#"{"merit": ["none"]}"#, "none、martyr_family"),
            (
                r#"{"merit": "none", "merit_veteran": true}"#,
                "merit_veteran",
            ),
        ] {
            let complaints = read(text).unwrap_err().join("；");
            assert!(complaints.contains(says), "{text}: {complaints}");
        }
        assert_eq!(read(r#"{"x": 1, "sex": "m"}"#).unwrap_err().len(), 2);
    }

    /// facts.md, `merit`: one value, a list or none; null leaves all eight unknown.
    #[test]
    fn merit_is_eight_facts_and_one_key() {
        let veteran = find("merit_veteran").unwrap();
        let pension = find("merit_pension").unwrap();
        for (text, value) in [
            (r#"{"merit": "none"}"#, Some(false)),
            (r#"{"merit": "veteran"}"#, Some(true)),
            (r#"{"merit": ["martyr_family", "veteran"]}"#, Some(true)),
            (r#"{"merit": null}"#, None),
            (r#"{"merit_veteran": true}"#, Some(true)),
        ] {
            let facts = read(text).unwrap();
            assert_eq!(
                facts.get(veteran),
                value.map(Value::Bool).as_ref(),
                "{text}"
            );
            assert_eq!(facts.get(pension), None);
            assert_eq!(
                Facts::from_json(&facts.to_json()).as_ref(),
                Ok(&facts),
                "{text}"
            );
        }
    }

    #[test]
    fn areas_are_padded_and_a_wrong_kind_is_not_recorded() {
        let facts = read(r#"{"hukou_area": "421303", "alive": true}"#).unwrap();
        let json = serde_json::to_string(&facts.to_json()).unwrap();
        assert_eq!(json, r#"{"alive":true,"hukou_area":"421303000000"}"#);
        let mut facts = Facts::default();
        facts.set(FactId::ALIVE, Some(Value::Int(1)));
        assert_eq!(facts.get(FactId::ALIVE), None);
    }
}
