//! A condition or an amount as somebody types it, read on its own before it stands in a folder.
//!
//! It is the reader of folders: what is refused here would be refused there. A problem names the line of what was
//! typed instead of a file's.

use crate::facts::FactId;
use crate::folder::{Folder, ParamUnit};
use crate::lang::{Reads, Scope, Wanted, read};
use crate::{Expr, Problem, ROUNDING};

/// The name that problems of a typed text have instead of a file's.
const TYPED: &str = "";

/// What a typed text asks, in the order of the dictionary and of the parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Recorded facts.
    pub facts: Vec<FactId>,
    /// Parameters by name.
    pub params: Vec<String>,
    /// Items asked by `entitled(n)`.
    pub items: Vec<u16>,
}

/// Reads a condition of the item with this number; the problem has the line of the text and what to write instead.
pub fn condition_typed(folder: &Folder, no: u16, text: &str) -> Result<Typed, Problem> {
    typed(folder, no, text, Wanted::Condition)
}

/// Reads an amount in fen of the item with this number.
pub fn amount_typed(folder: &Folder, no: u16, text: &str) -> Result<Typed, Problem> {
    typed(folder, no, text, Wanted::Amount)
}

fn typed(folder: &Folder, no: u16, text: &str, wanted: Wanted) -> Result<Typed, Problem> {
    let names: Vec<(String, ParamUnit)> = folder
        .params
        .iter()
        .map(|param| (param.name.clone(), param.unit))
        .collect();
    let scope = Scope {
        params: &names,
        items_below: no,
        place: folder.plan.area,
    };
    let expr = read(text, wanted, &scope, TYPED, 1).map_err(|problem| placed(text, problem))?;
    if rounds(&expr) && names.iter().all(|(name, _)| name != ROUNDING) {
        let remedy = format!("先在参数表里有“{ROUNDING}”，或把金额写成不用 pct 的数");
        return Err(Problem::at(TYPED, 1, "用了 pct 却没有取整办法", remedy));
    }
    let reads = Reads::of(&expr, None);
    let name = |id: &crate::ParamId| names.get(usize::from(id.0)).map(|(name, _)| name.clone());
    Ok(Typed {
        params: reads.params.iter().filter_map(name).collect(),
        facts: reads.facts,
        items: reads.items,
    })
}

fn rounds(expr: &Expr) -> bool {
    matches!(expr, Expr::Pct(..)) || expr.parts().into_iter().any(rounds)
}

/// The problem at the line it speaks of, where that can be told, without the parser's English.
fn placed(text: &str, mut problem: Problem) -> Problem {
    if let Some((what, line)) = of_parser(&problem.what) {
        (problem.what, problem.line) = (what, line);
        return problem;
    }
    // What stands behind a whole expression stands in the last line that has it.
    let behind = problem.what.strip_suffix("」之后的内容看不懂");
    if let Some(token) = behind.and_then(|what| what.strip_prefix('「')) {
        let lines = text.lines().enumerate();
        let last = lines.filter(|(_, line)| line.contains(token)).last();
        problem.line = last.map_or(1, |(line, _)| line + 1);
        return problem;
    }
    let spoken = words(&problem.what);
    let known = |line: &str| words(line).iter().any(|word| spoken.contains(word));
    if let Some(line) = text.lines().position(known) {
        problem.line = line + 1;
    }
    problem
}

/// What the parser of SQL says, in our words: `… found: ) at Line: 2, Column: 7`.
fn of_parser(what: &str) -> Option<(String, usize)> {
    if !what.starts_with("看不懂「") {
        return None;
    }
    let number = |key: &str| -> Option<usize> {
        let digits = what.rsplit_once(key)?.1.trim_start();
        let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let found = what.rsplit_once("found: ").map(|(_, rest)| rest);
    let found = found.map(|rest| rest.split(" at Line:").next().unwrap_or(rest).trim());
    Some(match (number("Line:"), number("Column:"), found) {
        (Some(line), Some(column), Some(found)) if found != "EOF" => {
            (format!("第 {column} 个字处看不懂「{found}」"), line)
        }
        (Some(line), Some(column), _) => (format!("第 {column} 个字处看不懂"), line),
        (_, _, Some("EOF")) => ("没有写完".to_owned(), 1),
        _ => ("看不懂这个写法".to_owned(), 1),
    })
}

/// The names and numbers in a text, without the words of the language.
fn words(text: &str) -> Vec<&str> {
    const LANGUAGE: [&str; 9] = [
        "and", "or", "not", "in", "between", "case", "when", "then", "param",
    ];
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.len() > 1 && !LANGUAGE.contains(word))
        .collect()
}
