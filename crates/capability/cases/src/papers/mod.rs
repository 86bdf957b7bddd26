//! Words of the printed papers: built in, and replaced by a file of the place. A file holds a title and the paragraphs
//! before and after what the program fills in; `{placeholders}` are checked when the program starts.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Papers that stand in the data of a procedure: key and name. The notices (受理, 补正, 决定) belong to every procedure.
pub const CHOSEN: &[(&str, &str)] = &[
    ("application", "申请审批表"),
    ("visit", "入户核查表"),
    ("agreement", "照料协议"),
];

/// What may stand in any paper.
const COMMON: &[&str] = &[
    "name",
    "programme",
    "procedure",
    "number",
    "office",
    "town",
    "village",
    "phone",
    "clause",
    "day",
    "now",
];

/// A paper: its key (and the name of its file), what may stand in it beside [`COMMON`], the words built in.
struct Own {
    key: &'static str,
    more: &'static [&'static str],
    text: &'static str,
}

const fn own(key: &'static str, more: &'static [&'static str], text: &'static str) -> Own {
    Own { key, more, text }
}

const ALL: [Own; 8] = [
    own("acceptance", &["days"], include_str!("acceptance.toml")),
    own(
        "supplement",
        &["says", "due"],
        include_str!("supplement.toml"),
    ),
    own(
        "approved",
        &["says", "from", "amount", "appeal_days"],
        include_str!("approved.toml"),
    ),
    own(
        "refused",
        &["says", "decision", "appeal_days"],
        include_str!("refused.toml"),
    ),
    own(
        "rejected",
        &["says", "decision", "appeal_days"],
        include_str!("rejected.toml"),
    ),
    own("application", &[], include_str!("application.toml")),
    own("visit", &[], include_str!("visit.toml")),
    own("agreement", &[], include_str!("agreement.toml")),
];

/// The words of a paper.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Title.
    pub title: String,
    /// Paragraphs before what is filled in.
    pub before: Vec<String>,
    /// Paragraphs after it: signatures and seals.
    #[serde(default)]
    pub after: Vec<String>,
    /// The small line at the foot.
    #[serde(default)]
    pub note: String,
}

/// What placeholders stand for.
pub type Values = BTreeMap<&'static str, String>;

impl Words {
    fn parse(text: &str, known: &[&str]) -> Result<Self, Vec<String>> {
        let words: Self = toml::from_str(text).map_err(|error| vec![error.to_string()])?;
        let mut problems = Vec::new();
        if words.title.trim().is_empty() {
            problems.push("没有写标题 title".to_owned());
        }
        let all = words.before.iter().chain(&words.after);
        for paragraph in all.chain([&words.title, &words.note]) {
            for name in placeholders(paragraph) {
                if !known.contains(&name) {
                    problems.push(format!(
                        "不认识的占位「{{{name}}}」，可以写的是 {}",
                        known
                            .iter()
                            .map(|one| format!("{{{one}}}"))
                            .collect::<Vec<_>>()
                            .join(" ")
                    ));
                }
            }
        }
        if problems.is_empty() {
            Ok(words)
        } else {
            Err(problems)
        }
    }

    /// The words with everything filled in; a paragraph that asks for something that is not there is left out.
    pub fn filled(&self, values: &Values) -> Self {
        let all = |list: &[String]| list.iter().filter_map(|one| fill(one, values)).collect();
        Self {
            title: fill(&self.title, values).unwrap_or_default(),
            before: all(&self.before),
            after: all(&self.after),
            note: fill(&self.note, values).unwrap_or_default(),
        }
    }
}

/// The names in braces of a text; a brace that is not closed gives the rest.
fn placeholders(text: &str) -> Vec<&str> {
    text.split('{')
        .skip(1)
        .map(|part| part.split_once('}').map_or(part, |(name, _)| name))
        .collect()
}

fn fill(text: &str, values: &Values) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for (at, part) in text.split('{').enumerate() {
        if at == 0 {
            out.push_str(part);
            continue;
        }
        let (name, rest) = part.split_once('}')?;
        let value = values.get(name).filter(|value| !value.is_empty())?;
        out.push_str(value);
        out.push_str(rest);
    }
    Some(out)
}

/// The words of every paper, as this place has them.
#[derive(Debug, Clone, Default)]
pub struct PaperWords(BTreeMap<&'static str, Words>);

impl PaperWords {
    /// From the files `KEY.toml` of a folder; what has no file has the words built in. `Err` names every file that is
    /// wrong and what is wrong with it, in Chinese.
    pub fn load(folder: &Path) -> Result<Self, Vec<String>> {
        let unread = |error: std::io::Error| vec![format!("读不了 {}：{error}", folder.display())];
        let mut files = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            if path.extension().is_some_and(|ending| ending == "toml") {
                files.push(path);
            }
        }
        files.sort();
        let (mut words, mut problems) = (BTreeMap::new(), Vec::new());
        for path in files {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let Some(own) = ALL.iter().find(|own| own.key == name) else {
                let known: Vec<String> =
                    ALL.iter().map(|own| format!("{}.toml", own.key)).collect();
                problems.push(format!(
                    "{}：没有这种文书，文件名可以是 {}",
                    path.display(),
                    known.join("、")
                ));
                continue;
            };
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) => {
                    problems.push(format!("读不了 {}：{error}", path.display()));
                    continue;
                }
            };
            match Words::parse(&text, &own.known()) {
                Ok(read) => {
                    words.insert(own.key, read);
                }
                Err(all) => problems.extend(
                    all.into_iter()
                        .map(|one| format!("{}：{one}", path.display())),
                ),
            }
        }
        if problems.is_empty() {
            Ok(Self(words))
        } else {
            Err(problems)
        }
    }

    /// The words of a paper, filled in; `None` where there is no such paper.
    pub fn of(&self, key: &str, values: &Values) -> Option<Words> {
        let own = ALL.iter().find(|own| own.key == key)?;
        match self.0.get(key) {
            Some(words) => Some(words.filled(values)),
            None => Words::parse(own.text, &own.known())
                .ok()
                .map(|words| words.filled(values)),
        }
    }
}

impl Own {
    fn known(&self) -> Vec<&'static str> {
        COMMON.iter().chain(self.more).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything(own: &Own) -> Values {
        own.known()
            .into_iter()
            .map(|name| (name, format!("‹{name}›")))
            .collect()
    }

    /// Row K03; product rule 40: every paper has its words; all that is filled in is known, and nothing stays in braces.
    #[test]
    fn every_paper_has_its_words() {
        let none = PaperWords::default();
        for own in &ALL {
            let read = Words::parse(own.text, &own.known()).unwrap();
            assert!(!read.before.is_empty(), "{}", own.key);
            let words = none.of(own.key, &everything(own)).unwrap();
            assert_eq!(words.before.len(), read.before.len(), "{}", own.key);
            let all = [words.before, words.after, vec![words.title, words.note]].concat();
            assert!(all.iter().all(|one| !one.contains(['{', '}'])), "{all:?}");
        }
        assert!(none.of("diploma", &Values::new()).is_none());
    }

    /// Row K03; product rule 40, invariant 4: a place's file replaces the words; an unknown placeholder, file or key is named
    /// with its file; a paragraph with nothing to say is left out.
    #[test]
    fn a_place_has_its_own_words() {
        let folder = std::env::temp_dir().join(format!("laoyou-papers-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
        write(
            "refused.toml",
            "title = \"告知书\"\nbefore = [\"{name}同志\", \"因为：{says}\"]\n",
        );
        let own = PaperWords::load(&folder).unwrap();
        let values = Values::from([("name", "王念慈".to_owned()), ("says", String::new())]);
        let words = own.of("refused", &values).unwrap();
        assert_eq!(
            (words.title.as_str(), words.before),
            ("告知书", vec!["王念慈同志".to_owned()])
        );
        write(
            "refused.toml",
            "title = \"告知书\"\nbefore = [\"{nmae}同志\"]\n",
        );
        write("diploma.toml", "title = \"a\"\nbefore = []\n");
        write("visit.toml", "titel = \"a\"\nbefore = []\n");
        let told = PaperWords::load(&folder).unwrap_err().join("\n");
        for says in [
            "refused.toml",
            "{nmae}",
            "{says}",
            "diploma.toml",
            "visit.toml",
            "titel",
        ] {
            assert!(told.contains(says), "{says}: {told}");
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(PaperWords::load(&folder).is_err(), "no such folder");
    }
}
