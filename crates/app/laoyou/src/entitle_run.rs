//! `laoyou entitle run`: the whole list over a snapshot, counted by item and county; needs no database.

use crate::fault::{Fault, Outcome};
use crate::{files, out};
use engine::{Tally, Totals};
use kernel::{AreaCode, Day, Fen};
use rules::folder::Folder;
use serde_json::{Value, json};
use std::path::Path;

/// What to run.
pub struct Run<'a> {
    /// The plan folder.
    pub plan: &'a Path,
    /// The people snapshot.
    pub snapshot: &'a Path,
    /// The day that is asked about.
    pub as_of: Day,
    /// Demo values.
    pub overlay: Option<&'a Path>,
    /// Where every single answer goes.
    pub out: Option<&'a Path>,
    /// Threads.
    pub threads: usize,
    /// JSON instead of text.
    pub json: bool,
}

/// Runs the list and prints counts and sums.
pub fn run(asked: &Run<'_>) -> Outcome<()> {
    let folder = rules::folder::load(&files::read_plan(asked.plan)?)
        .map_err(|problems| files::problems(&problems))?;
    let overlay = asked
        .overlay
        .map(|path| {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Fault::new(format!("读不了 {}：{error}", path.display())))?;
            rules::folder::overlay(&text).map_err(|problems| files::problems(&problems))
        })
        .transpose()?;
    let list =
        rules::compile(&folder, overlay.as_ref()).map_err(|problems| files::problems(&problems))?;
    let totals = match asked.out {
        Some(path) => {
            engine::write_answers(&list, asked.snapshot, asked.as_of, asked.threads, path)
        }
        None => engine::run(&list, asked.snapshot, asked.as_of, asked.threads),
    }
    .map_err(|error| Fault::new(format!("{}：{error}", asked.snapshot.display())))?;
    if asked.json {
        let shown = shown(&folder, &totals, asked.as_of);
        out::line(
            serde_json::to_string_pretty(&shown).map_err(|error| Fault::new(error.to_string()))?,
        );
        return Ok(());
    }
    out::line(format!(
        "《{}》{} 这一天 · {} 人（快照 {}）",
        folder.list.name,
        asked.as_of.zh(),
        totals.people,
        totals.meta.as_of.zh()
    ));
    for item in &totals.items {
        out::line(format!(
            "{:>2} {}　{}",
            item.no,
            name(&folder, item.no),
            words(&item.all)
        ));
        for (area, tally) in item.counties() {
            out::line(format!(
                "       {}　{}",
                area_name(&folder, area),
                words(&tally)
            ));
        }
    }
    Ok(())
}

fn words(tally: &Tally) -> String {
    let mut out = format!(
        "符合 {}　待核实 {}　不符合 {}",
        tally.yes, tally.unknown, tally.no
    );
    if tally.fen > 0 {
        out.push_str(&format!("　金额 {} 元", Fen(tally.fen)));
    }
    if tally.fen_unknown > 0 {
        out.push_str(&format!("　标准未定 {} 人", tally.fen_unknown));
    }
    out
}

fn name(folder: &Folder, no: u16) -> &str {
    let of_no = |service: &&rules::folder::Service| service.no == no;
    folder
        .services
        .iter()
        .find(of_no)
        .map_or("", |service| service.name.as_str())
}

/// The county's name; people registered or living elsewhere have a code that the plan does not name.
fn area_name(folder: &Folder, area: Option<AreaCode>) -> String {
    let Some(code) = area else {
        return "区划不明".to_owned();
    };
    let of_code = |county: &&rules::folder::County| county.code == code;
    folder
        .areas
        .counties
        .iter()
        .find(of_code)
        .map_or_else(|| code.to_string(), |county| county.name.clone())
}

fn shown(folder: &Folder, totals: &Totals, as_of: Day) -> Value {
    let tally = |tally: &Tally| {
        json!({ "yes": tally.yes, "unknown": tally.unknown, "no": tally.no, "fen": tally.fen,
            "fen_unknown": tally.fen_unknown })
    };
    let items: Vec<Value> = totals
        .items
        .iter()
        .map(|item| {
            let areas: Vec<Value> = item
                .counties()
                .iter()
                .map(|(area, sum)| {
                    json!({ "area": area.map(|area| area.to_string()), "name": area_name(folder, *area),
                        "totals": tally(sum) })
                })
                .collect();
            json!({ "no": item.no, "name": name(folder, item.no), "area_basis": item.area_basis.zh(),
                "all": tally(&item.all), "areas": areas })
        })
        .collect();
    json!({ "as_of": as_of, "list": folder.list.name, "plan_digest": folder.digest, "people": totals.people,
        "snapshot": { "as_of": totals.meta.as_of, "known_at": totals.meta.known_at.to_string(),
            "register_digest": totals.meta.register_digest, "place": totals.meta.place }, "items": items })
}
