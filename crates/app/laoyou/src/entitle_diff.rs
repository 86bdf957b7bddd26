//! `laoyou entitle diff`: a list over a snapshot, compared with another day, version or snapshot; needs
//! no database (rows C02, C03).

mod shown;
mod text;

use crate::fault::{Fault, Outcome};
use crate::{files, out};
use engine::diff::{Diff, Side};
use kernel::{AreaCode, Day};
use rules::List;
use rules::folder::Folder;
use std::path::Path;

/// A side as asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The plan folder.
    pub plan: &'a Path,
    /// The people snapshot.
    pub snapshot: &'a Path,
    /// The day that is asked about.
    pub as_of: Day,
    /// Demo values.
    pub overlay: Option<&'a Path>,
}

impl Asked<'_> {
    const fn side<'a>(&'a self, list: &'a List) -> Side<'a> {
        Side {
            list,
            snapshot: self.snapshot,
            as_of: self.as_of,
        }
    }
}

/// The plan folders of both sides, for names.
struct Folders {
    before: Folder,
    after: Folder,
}

impl Folders {
    /// The county's name; people registered or living elsewhere have a code that no plan names.
    fn area(&self, area: Option<AreaCode>) -> String {
        let Some(code) = area else {
            return "区划不明".to_owned();
        };
        let counties = [&self.after, &self.before].into_iter();
        let mut counties = counties.flat_map(|folder| &folder.areas.counties);
        counties
            .find(|county| county.code == code)
            .map_or_else(|| code.to_string(), |county| county.name.clone())
    }
}

/// Compares and prints.
pub fn run(before: &Asked<'_>, after: &Asked<'_>, threads: usize, json: bool) -> Outcome<()> {
    let (folders, found) = compared(before, after, threads)?;
    if json {
        let shown = shown::shown(&folders, &found);
        let text = serde_json::to_string_pretty(&shown);
        out::line(text.map_err(|error| Fault::new(error.to_string()))?);
    } else {
        for line in text::lines(&folders, &found) {
            out::line(line);
        }
    }
    Ok(())
}

fn compared(before: &Asked<'_>, after: &Asked<'_>, threads: usize) -> Outcome<(Folders, Diff)> {
    let (first, second) = (load(before)?, load(after)?);
    let sides = (before.side(&first.1), after.side(&second.1));
    let found = engine::diff::diff(&sides.0, &sides.1, threads)
        .map_err(|error| Fault::new(error.to_string()))?;
    let folders = Folders {
        before: first.0,
        after: second.0,
    };
    Ok((folders, found))
}

fn load(asked: &Asked<'_>) -> Outcome<(Folder, List)> {
    let refused = |problems: Vec<rules::Problem>| files::problems(&problems);
    let folder = rules::folder::load(&files::read_plan(asked.plan)?).map_err(refused)?;
    let overlay = asked.overlay.map(|path| {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Fault::new(format!("读不了 {}：{error}", path.display())))?;
        rules::folder::overlay(&text).map_err(refused)
    });
    let list = rules::compile(&folder, overlay.transpose()?.as_ref()).map_err(refused)?;
    Ok((folder, list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::snapshot::{SCHEMA_VERSION, SnapshotMeta, SnapshotPerson, Writer};
    use kernel::Instant;
    use rules::facts::{FactId, Facts, Value};

    fn elder(born: &str) -> Facts {
        let mut facts = Facts::default();
        facts.set(FactId::ALIVE, Some(Value::Bool(true)));
        facts.set(FactId::BIRTH_DATE, Some(Value::Day(born.parse().unwrap())));
        let area = Some(Value::Area("421321102200".parse().unwrap()));
        facts.set(FactId::HUKOU_AREA, area);
        facts
    }

    fn written(name: &str, people: &[(&str, &str)]) -> std::path::PathBuf {
        let name = format!("laoyou-diff-{}-{name}.parquet", std::process::id());
        let path = std::env::temp_dir().join(name);
        let as_of: Day = "2025-06-30".parse().unwrap();
        let meta = SnapshotMeta {
            version: SCHEMA_VERSION,
            as_of,
            known_at: Instant::at(as_of, 0),
            register_digest: "7c".into(),
            place: "suizhou".into(),
        };
        let mut writer = Writer::create(&path, &meta).unwrap();
        for (key, born) in people {
            let facts = elder(born);
            writer.push(&SnapshotPerson { key, facts: &facts }).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    /// Rows C02, C03: text and JSON say who gains by which condition, who left and what a year costs.
    #[test]
    fn a_birthday_and_a_departure_are_told() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
        let plan = root.join("plans/suizhou");
        let overlay = root.join("crates/app/demo/overlay/suizhou-params.toml");
        let first = written(
            "a",
            &[
                ("p1", "1945-12-31"),
                ("p2", "1940-01-01"),
                ("p4", "1955-09-01"),
            ],
        );
        let second = written(
            "b",
            &[
                ("p1", "1945-12-31"),
                ("p3", "1930-01-01"),
                ("p4", "1955-09-01"),
            ],
        );
        let asked = |snapshot, as_of: &str| Asked {
            plan: &plan,
            snapshot,
            as_of: as_of.parse().unwrap(),
            overlay: Some(&overlay),
        };
        let (folders, found) = compared(
            &asked(&first, "2025-06-30"),
            &asked(&second, "2025-12-31"),
            2,
        )
        .unwrap();
        let text = text::lines(&folders, &found).join("\n");
        for says in [
            "3 人（快照 2025年6月30日）　两边都有 2　新进 1　离开 1",
            "   档次改变 1",
            "   门票半价 → 免票　1 人",
            "两边都有的人里（每人只计一次）　有新符合的 1　金额或档次有变的 1",
            " 3 高龄津贴　符合 1 → 2　待核实 0　金额 50.00 元/月 → 150.00 元/月　一年 600.00 元 → 1,800.00 元",
            "   新符合 1　新进符合 1　离开前符合 1",
            "   因「80周岁及以上」　新符合 1　其中只因这一条 1 人",
            "       随县　符合 1 → 2",
        ] {
            assert!(text.contains(says), "{says}\n{text}");
        }
        let json = shown::shown(&folders, &found);
        let item = &json["items"][2];
        assert_eq!(item["all"]["gained"], 1);
        assert_eq!(json["people"]["changed"], 1);
        let tiers = &json["items"][8]["tiers"];
        assert_eq!(tiers[0]["before"]["tier"], "门票半价");
        assert_eq!(tiers[0]["after"]["tier"], "免票");
        assert_eq!(json["items"][20]["after"]["household"], true);
        assert_eq!(item["all"]["changes"]["no_to_yes"], 1);
        assert_eq!(item["all"]["left"]["yes"], 1);
        assert_eq!(item["all"]["fen_per_year"]["after"], 180_000);
        assert_eq!(item["areas"][0]["name"], "随县");
        for path in [first, second] {
            std::fs::remove_file(path).unwrap();
        }
    }
}
