//! Where somebody stands: the class that is certain, the class that could be, and the order that follows.

use super::terms::{Class, terms};
use kernel::{Day, Instant};
use rules::{Facts, Truth};
use std::cmp::Reverse;

/// The place among the classes, with its reasons.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// The first class that holds.
    place: usize,
    /// A class before it that may hold: what decides is not known.
    maybe: Option<usize>,
    /// The groups of the class that they are in.
    pub(crate) holds: Vec<&'static str>,
    /// What is not known and decides, by name.
    pub(crate) missing: Vec<String>,
    /// 同等条件下优先: yes, no or not known.
    equal: Option<Truth>,
    /// Its groups.
    pub(crate) equal_holds: Vec<&'static str>,
}

/// What people are sorted by, first to last: class that may hold, certain before not certain, certain class, level (the
/// worse first), 同等条件下优先, the moment of asking, key.
pub(crate) type Rank = (
    usize,
    bool,
    usize,
    Reverse<Option<usize>>,
    Reverse<Option<Truth>>,
    i64,
    String,
);

/// Asks the facts of a day. Who may be of an earlier class stands behind those who certainly are and before the next
/// class, and is shown as 待核实: what is not known never makes a class lower (invariant 3).
pub(crate) fn stand(facts: &Facts, day: Day) -> Standing {
    let mut standing = Standing::default();
    for (place, class) in terms().classes.iter().enumerate() {
        let asked = class.ask(facts, day);
        standing.place = place;
        match asked.truth() {
            Truth::True => {
                standing.holds = asked.holds;
                break;
            }
            Truth::False => {}
            Truth::Unknown => {
                standing.maybe.get_or_insert(place);
                for one in asked.missing {
                    if !standing.missing.contains(&one) {
                        standing.missing.push(one);
                    }
                }
            }
        }
    }
    let equal = terms().equal.ask(facts, day);
    standing.equal = Some(equal.truth());
    standing.equal_holds = equal.holds;
    standing
}

impl Standing {
    /// The class that is certain.
    pub(crate) fn class(&self) -> Option<&'static Class> {
        terms().classes.get(self.place)
    }

    /// The class that decides about the place: the one that may hold, else the certain one.
    pub(crate) fn best(&self) -> Option<&'static Class> {
        terms().classes.get(self.maybe.unwrap_or(self.place))
    }

    /// Nothing that is not known could change the class.
    pub(crate) const fn is_certain(&self) -> bool {
        self.maybe.is_none()
    }

    /// The key of the certain class.
    pub(crate) fn key(&self) -> &'static str {
        self.class().map_or("", |class| &class.key)
    }

    /// The class on pages: its name, or which it may be.
    pub(crate) fn zh(&self) -> String {
        let best = self.best().map_or("", |class| class.zh.as_str());
        if self.is_certain() {
            best.to_owned()
        } else {
            format!("待核实（可能是{best}）")
        }
    }

    /// Why this class, in a sentence.
    pub(crate) fn why(&self) -> String {
        let class = self.class().map_or("", |class| class.zh.as_str());
        let mut out = if self.is_certain() {
            String::new()
        } else {
            format!(
                "缺{}，核实以前排在已确定的{}之后；至少是{class}",
                self.missing.join("、"),
                self.best().map_or("", |class| class.zh.as_str())
            )
        };
        // A group that is named as its class says nothing more.
        let more: Vec<&str> = self
            .holds
            .iter()
            .copied()
            .filter(|one| *one != class)
            .collect();
        if !more.is_empty() {
            if !out.is_empty() {
                out.push('：');
            }
            out.push_str(&more.join("、"));
        }
        out
    }

    /// 同等条件下优先 in words; empty where it does not hold.
    pub(crate) fn equal_zh(&self) -> String {
        match self.equal {
            Some(Truth::True) => format!("同等条件下优先：{}", self.equal_holds.join("、")),
            Some(Truth::Unknown) => "同等条件下优先：待核实".to_owned(),
            _ => String::new(),
        }
    }

    /// What people are sorted by.
    pub(crate) fn rank(&self, level: Option<usize>, asked: Instant, admission: &str) -> Rank {
        (
            self.maybe.unwrap_or(self.place),
            self.maybe.is_some(),
            self.place,
            Reverse(level),
            Reverse(self.equal),
            asked.micros(),
            admission.to_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Facts with everything that classes ask known as no, and these beside it.
    fn known(beside: Value) -> Facts {
        let mut person = json!({
            "birth_date": "1955-01-01", "tekun": false, "dibao": false, "dibao_household": false, "low_income": false,
            "special_family": false, "living": "with_family", "left_behind": false, "dementia": false,
            "ability_level": 0, "merit": "none", "merit_pension": false,
        });
        let (Some(all), Value::Object(beside)) = (person.as_object_mut(), beside) else {
            panic!("objects");
        };
        all.extend(beside);
        Facts::from_json(all).unwrap()
    }

    fn day() -> Day {
        "2025-06-30".parse().unwrap()
    }

    /// Row B12; invariants 1, 3: the first class that holds, with its groups; an unknown fact is named and leaves the class
    /// open, it never makes it a lower one.
    #[test]
    fn a_class_is_certain_or_says_what_is_missing() {
        for (beside, class, may_be, holds, missing) in [
            (
                json!({"tekun": true, "dibao": null}),
                "tekun",
                None,
                "特困人员",
                "",
            ),
            (json!({}), "other", None, "", ""),
            (
                json!({"dibao": true}),
                "priority",
                None,
                "低保、低收入家庭老年人",
                "",
            ),
            (
                json!({"low_income": true, "birth_date": "1940-01-01"}),
                "base",
                None,
                "经济困难的高龄老年人（80周岁起）",
                "",
            ),
            (
                json!({"living": "alone", "ability_level": 3}),
                "priority",
                None,
                "空巢、独居、农村留守老年人、重度失能老年人（能力等级3级起）",
                "",
            ),
            (
                json!({"merit": "disabled_soldier"}),
                "priority",
                None,
                "重点优抚对象",
                "",
            ),
            (
                json!({"tekun": null}),
                "other",
                Some("tekun"),
                "",
                "特困人员",
            ),
            (
                json!({"tekun": null, "dibao": true}),
                "priority",
                Some("tekun"),
                "低保、低收入家庭老年人",
                "特困人员",
            ),
            (
                json!({"dibao": true, "ability_level": null}),
                "priority",
                Some("base"),
                "低保、低收入家庭老年人",
                "老年人能力等级",
            ),
            (
                json!({"ability_level": null}),
                "other",
                Some("priority"),
                "",
                "老年人能力等级",
            ),
            (
                json!({"living": null, "left_behind": null}),
                "other",
                Some("priority"),
                "",
                "居住状况、留守老年人",
            ),
            (
                json!({"living": null, "special_family": true}),
                "priority",
                None,
                "计划生育特殊家庭老年人",
                "",
            ),
        ] {
            let found = stand(&known(beside.clone()), day());
            assert_eq!(found.key(), class, "{beside}");
            let best = found.best().map(|class| class.key.as_str());
            assert_eq!(best.filter(|_| !found.is_certain()), may_be, "{beside}");
            assert_eq!(found.holds.join("、"), holds, "{beside}");
            assert_eq!(found.missing.join("、"), missing, "{beside}");
            assert_eq!(found.zh().contains("待核实"), may_be.is_some(), "{beside}");
        }
        let nobody = stand(&Facts::default(), day());
        assert_eq!(nobody.best().map(|class| class.key.as_str()), Some("tekun"));
        assert!(nobody.missing.contains(&"特困人员".to_owned()));
    }

    /// Row B12; product rule 32: class before level before 同等条件 before the day of asking; 特困 is overtaken by nobody,
    /// also not by somebody who may be 特困.
    #[test]
    fn the_order_follows_class_level_and_day() {
        let in_order = [
            (
                "late 特困 with the best level",
                json!({"tekun": true}),
                Some(0),
                900,
            ),
            (
                "may be 特困, 低保",
                json!({"tekun": null, "dibao": true}),
                Some(4),
                100,
            ),
            ("may be 特困", json!({"tekun": null}), Some(4), 100),
            (
                "经济困难的高龄",
                json!({"dibao": true, "birth_date": "1940-01-01"}),
                Some(1),
                800,
            ),
            ("优先, worse", json!({"living": "alone"}), Some(3), 700),
            (
                "优先, 同等条件下优先",
                json!({"special_family": true}),
                Some(2),
                600,
            ),
            (
                "优先, 同等条件待核实",
                json!({"living": "alone", "merit": null}),
                Some(2),
                300,
            ),
            (
                "优先, asked before",
                json!({"living": "alone"}),
                Some(2),
                400,
            ),
            (
                "优先, asked after",
                json!({"living": "empty_nest"}),
                Some(2),
                500,
            ),
            (
                "优先, without a level",
                json!({"special_family": true}),
                None,
                50,
            ),
            ("may be 优先", json!({"living": null}), Some(4), 20),
            ("其他", json!({}), Some(4), 10),
        ];
        let mut ranked: Vec<(Rank, &str)> = in_order
            .iter()
            .map(|(name, facts, level, asked)| {
                let standing = stand(&known(facts.clone()), day());
                (
                    standing.rank(*level, Instant::from_micros(*asked), name),
                    *name,
                )
            })
            .collect();
        ranked.sort();
        let found: Vec<&str> = ranked.iter().map(|(_, name)| *name).collect();
        assert_eq!(found, in_order.map(|(name, ..)| name));
    }
}
