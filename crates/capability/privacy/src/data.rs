//! Purposes and rules of retention as files: read whole, with every mistake named; what is unknown is an error.

use serde::Deserialize;
use store::secret::sm3_hex;

/// The purposes that come with the program; an office may load its own.
pub(crate) const PURPOSES: &str = include_str!("../data/purposes.toml");
/// The rules of retention that come with the program.
pub(crate) const RETENTION: &str = include_str!("../data/retention.toml");

/// The use by which families see: withdrawing it ends their sight.
pub(crate) const FAMILY: &str = "family";
/// The use of small children's data: asked about children only.
pub(crate) const CHILD: &str = "child";

/// On what a use of personal data rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// 履行法定职责.
    Duty,
    /// 法律、行政法规规定.
    Law,
    /// 同意.
    Consent,
    /// 单独同意.
    Separate,
}

impl LegalBasis {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Duty, "duty", "履行法定职责"),
        (Self::Law, "law", "法律法规规定"),
        (Self::Consent, "consent", "本人同意"),
        (Self::Separate, "separate", "单独同意"),
    ];

    /// Its key in rows.
    pub fn key(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.1)
    }

    /// Its words.
    pub fn zh(self) -> &'static str {
        Self::ALL
            .into_iter()
            .find(|row| row.0 == self)
            .map_or("", |row| row.2)
    }

    pub(crate) fn of(key: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|row| row.1 == key)
            .map(|row| row.0)
    }

    /// Whether somebody is asked.
    pub fn by_consent(self) -> bool {
        matches!(self, Self::Consent | Self::Separate)
    }
}

/// How far an article is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Trust {
    /// Read in the text of the law.
    Text,
    /// 待当地确认.
    Confirm,
}

impl Trust {
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Confirm => "confirm",
        }
    }
}

/// A purpose as a file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PurposeFile {
    pub(crate) key: String,
    pub(crate) title: String,
    pub(crate) basis: LegalBasis,
    pub(crate) law: String,
    pub(crate) article: String,
    pub(crate) says: String,
    pub(crate) categories: Vec<String>,
    pub(crate) receivers: Vec<String>,
    pub(crate) retention: String,
    pub(crate) trust: Trust,
    #[serde(default)]
    pub(crate) sensitive: bool,
    /// Facts of the dictionary that rest on it; those of the program where a file does not say.
    facts: Option<Vec<String>>,
}

impl PurposeFile {
    /// The facts that rest on it.
    pub(crate) fn facts(&self) -> Vec<String> {
        match &self.facts {
            Some(facts) => facts.clone(),
            None => program_facts(&self.key),
        }
    }

    /// What a consent is given to: changes when any word does.
    pub(crate) fn digest(&self) -> String {
        let parts = [
            self.key.as_str(),
            &self.title,
            self.basis.key(),
            &self.law,
            &self.article,
            &self.says,
            &self.categories.join("、"),
            &self.receivers.join("、"),
            &self.retention,
        ];
        sm3_hex(parts.join("\n").as_bytes())
    }
}

/// The facts that rest on a purpose by the file of the program.
pub(crate) fn program_facts(purpose: &str) -> Vec<String> {
    let all = purposes(PURPOSES).unwrap_or_default();
    let found = all.into_iter().find(|one| one.key == purpose);
    found.and_then(|one| one.facts).unwrap_or_default()
}

/// A rule as a file says it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    pub(crate) key: String,
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) auto: bool,
    #[serde(default)]
    pub(crate) months: i64,
    #[serde(default)]
    pub(crate) days: i64,
    pub(crate) law: String,
    pub(crate) article: String,
    pub(crate) says: String,
    pub(crate) trust: Trust,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Purposes {
    purpose: Vec<PurposeFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    rule: Vec<RuleFile>,
}

/// Reads purposes; all that is wrong with them, in words.
pub(crate) fn purposes(text: &str) -> Result<Vec<PurposeFile>, String> {
    let all: Purposes =
        toml::from_str(text).map_err(|error| format!("purposes.toml：{}", error.message()))?;
    let mut wrong = doubled(all.purpose.iter().map(|one| one.key.as_str()));
    for one in &all.purpose {
        for (what, value) in [
            ("title", &one.title),
            ("law", &one.law),
            ("article", &one.article),
            ("says", &one.says),
            ("retention", &one.retention),
        ] {
            if value.trim().is_empty() {
                wrong.push(format!("目的 {} 没有写 {what}", one.key));
            }
        }
        if one.categories.is_empty() || one.receivers.is_empty() {
            wrong.push(format!("目的 {} 要写明信息种类和接收方", one.key));
        }
        for fact in one.facts.iter().flatten() {
            if rules::facts::find(fact).is_none() {
                wrong.push(format!("目的 {} 的事实「{fact}」不在事实字典里", one.key));
            }
        }
    }
    ended(wrong, "purposes.toml", all.purpose)
}

/// Reads rules; `kinds` are the records that capabilities offer.
pub(crate) fn rules(text: &str, kinds: &[&str]) -> Result<Vec<RuleFile>, String> {
    let all: Rules =
        toml::from_str(text).map_err(|error| format!("retention.toml：{}", error.message()))?;
    let mut wrong = doubled(all.rule.iter().map(|one| one.key.as_str()));
    for one in &all.rule {
        if one.months < 0 || one.days < 0 {
            wrong.push(format!("规则 {} 的期限不能是负数", one.key));
        }
        if !one.auto && !kinds.contains(&one.kind.as_str()) {
            wrong.push(format!(
                "规则 {} 的种类「{}」不认识，可用：{}",
                one.key,
                one.kind,
                kinds.join("、")
            ));
        }
    }
    ended(wrong, "retention.toml", all.rule)
}

fn doubled<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    keys.filter(|key| !seen.insert(*key))
        .map(|key| format!("{key} 写了两次"))
        .collect()
}

fn ended<T>(wrong: Vec<String>, file: &str, all: Vec<T>) -> Result<Vec<T>, String> {
    if wrong.is_empty() {
        return Ok(all);
    }
    Err(format!("{file}：{}", wrong.join("；")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: &[&str] = &[
        "people.dead",
        "people.left",
        "privacy.request",
        "quality.words",
        "org.question",
        "identity.paper",
    ];

    /// Row B03: what comes with the program reads, and each purpose says on what it rests.
    #[test]
    fn the_files_of_the_program_read() {
        let all = purposes(PURPOSES).unwrap();
        assert!(all.len() >= 8);
        assert!(all.iter().any(|one| one.basis.by_consent()));
        assert!(all.iter().all(|one| one.digest().len() == 64));
        let health = all.iter().find(|one| one.key == "health").unwrap();
        assert!(health.facts().iter().any(|fact| fact == "dementia"));
        // A file of an office that does not say keeps them; one that says takes its own.
        for (line, facts) in [("", 6), ("facts = [\"dementia\"]", 1), ("facts = []", 0)] {
            let own: String = PURPOSES
                .lines()
                .map(|one| {
                    if one.starts_with("facts = ") {
                        line
                    } else {
                        one
                    }
                })
                .flat_map(|one| [one, "\n"])
                .collect();
            let all = purposes(&own).unwrap();
            let health = all.iter().find(|one| one.key == "health").unwrap();
            assert_eq!(health.facts().len(), facts, "{line}");
        }
        assert!(rules(RETENTION, KINDS).unwrap().len() >= 8);
    }

    /// Row M05; invariant 4: what is not known is refused by name.
    #[test]
    fn what_is_not_known_is_refused() {
        let wrong = rules(RETENTION, &["people.dead"]).unwrap_err();
        assert!(
            wrong.contains("people.left") && wrong.contains("不认识"),
            "{wrong}"
        );
        let unknown = PURPOSES.replacen("sensitive", "secret", 1);
        assert!(purposes(&unknown).unwrap_err().contains("secret"));
        let fact = PURPOSES.replacen("dementia", "demenita", 1);
        assert!(purposes(&fact).unwrap_err().contains("demenita"));
        let twice = format!("{PURPOSES}\n{PURPOSES}");
        assert!(purposes(&twice).unwrap_err().contains("写了两次"));
    }
}
