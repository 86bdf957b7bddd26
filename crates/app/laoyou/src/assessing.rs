//! `laoyou assess …`: scales and scores; no database.

use crate::fault::{Fault, Outcome};
use crate::out;
use assess::{Answers, Scheme};
use std::path::Path;

/// Scores a document of answers and prints the level with its reasons.
pub fn score(scheme: &str, input: &Path, json: bool) -> Outcome<()> {
    let scheme = by_id(scheme)?;
    if !scheme.is_scored() {
        return Err(Fault::new(format!(
            "量表「{}」只登记旧结论，不再评分",
            scheme.id
        )));
    }
    let text = std::fs::read_to_string(input)
        .map_err(|error| Fault::new(format!("{}：读不出来（{error}）", input.display())))?;
    let wrong = |complaints: Vec<String>| {
        Fault::new(format!("{}：\n{}", input.display(), complaints.join("\n")))
    };
    let answers = Answers::whole(scheme, &text).map_err(wrong)?;
    let outcome = scheme
        .score(&answers)
        .map_err(|refused| Fault::new(refused.to_string()))?;
    if json {
        let shown = serde_json::to_string_pretty(&outcome.to_json())
            .map_err(|error| Fault::new(error.to_string()))?;
        out::line(shown);
        return Ok(());
    }
    out::line(format!("{}（{}）", scheme.name, scheme.document));
    for reason in &outcome.reasons {
        out::line(format!("  {reason}"));
    }
    for note in scheme.to_confirm() {
        out::line(format!("  待确认：{note}"));
    }
    Ok(())
}

/// Lists the scales; with a file, checks it as a scale.
pub fn schemes(file: Option<&Path>) -> Outcome<()> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Fault::new(format!("{}：读不出来（{error}）", file.display())))?;
        let scheme = Scheme::parse(&text).map_err(|problems| {
            Fault::new(format!("{}：\n{}", file.display(), problems.join("\n")))
        })?;
        out::line(format!(
            "量表「{}」没有问题，{} 项",
            scheme.id,
            scheme.items().count()
        ));
        return Ok(());
    }
    for scheme in assess::all() {
        let scored = if scheme.is_scored() {
            format!("{} 项", scheme.items().count())
        } else {
            "只登记旧结论".to_owned()
        };
        out::line(format!(
            "{:<18} {} {}（{}，{scored}，待确认 {} 处）",
            scheme.id,
            scheme.version,
            scheme.name,
            scheme.document,
            scheme.to_confirm().len()
        ));
    }
    Ok(())
}

fn by_id(id: &str) -> Outcome<&'static Scheme> {
    assess::by_id(id).ok_or_else(|| {
        let known: Vec<&str> = assess::all().iter().map(|one| one.id.as_str()).collect();
        Fault::new(format!("没有量表「{id}」，有 {}", known.join("、")))
    })
}
