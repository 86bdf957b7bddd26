//! 对照表: every column of a system's template, where it comes from, in which format and code, what awaits confirmation.

use super::system;
use crate::systems::{Column, Source, System};
use askama::Template;
use axum::extract::Path;
use host::{Ctx, Page};
use rules::facts::{parse_value, value_zh};
use ui::Shell;

struct Line {
    column: &'static Column,
    codes: String,
}

#[derive(Template)]
#[template(path = "pages/mapping.html")]
struct MappingPage {
    shell: Shell,
    system: &'static System,
    lines: Vec<Line>,
}

/// `GET /reporting/systems/{system}/mapping`
pub(crate) async fn get(ctx: Ctx, Path(key): Path<String>) -> Page {
    let system = system(&ctx, &key)?;
    let codes = |column: &Column| {
        let word = |text: &String| match &column.from {
            Source::Fact(fact, _) => parse_value(*fact, text)
                .map_or_else(|_error| text.clone(), |value| value_zh(*fact, &value)),
            _ => text.clone(),
        };
        let pairs: Vec<String> = column
            .codes
            .iter()
            .map(|(value, code)| format!("{} → {code}", word(value)))
            .collect();
        pairs.join("；")
    };
    let mut shell = ctx.shell("对照表").crumb("上报", "/reporting");
    if system.later.is_none() {
        shell = shell.crumb(system.title.clone(), format!("/reporting/systems/{key}"));
    }
    Ok(ui::page(MappingPage {
        shell,
        lines: system
            .columns
            .iter()
            .map(|column| Line {
                codes: codes(column),
                column,
            })
            .collect(),
        system,
    }))
}
