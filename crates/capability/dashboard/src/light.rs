//! A light of the dashboard in words, for the 督办单 that follows from it (row A03).

use crate::board::Board;
use crate::pages::dashboard_view::line;
use crate::standing::{Light, rule};
use host::{Ctx, Failure};
use ui::PageError;

/// How a measure stands for an area, in words, as a 督办单 says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LightSays {
    /// The measure's name.
    pub name: String,
    /// The area's key: a code, or `E:` and the key of a body.
    pub area: String,
    /// The area's name.
    pub area_name: String,
    /// It is red.
    pub red: bool,
    /// The word of its light.
    pub light: &'static str,
    /// Why, by the rule.
    pub why: String,
    /// Words and values: 目标, 现值, 差距 …
    pub facts: Vec<(String, String)>,
    /// 责任单位 of the goal, lead first; of the whole place.
    pub departments: Vec<String>,
}

/// The light of a measure's leading goal for an area (none: the whole place).
pub async fn light(ctx: &Ctx, measure: &str, area: Option<&str>) -> Result<LightSays, Failure> {
    let board = Board::of(ctx, None).await?;
    let place = board.place(area)?;
    let target = board.target(measure).ok_or_else(|| {
        PageError::not_found()
            .text("本地规划没有这个指标的目标。")
            .link("回到驾驶舱", "/dashboard")
    })?;
    let whole = place.key == board.whole.key;
    let aim = target
        .leading()
        .filter(|_| whole || target.comparable())
        .ok_or_else(|| PageError::bad_request("这个目标只定到全市，没有分到县（市、区）。"))?;
    let standing = board.standing(target, aim, &place.key);
    let line = line(target, aim, &standing);
    let red_rule: Vec<String> = rule().into_iter().filter(|r| r.starts_with('红')).collect();
    let facts = [
        ("目标", format!("{}（{}）", line.goal, line.when)),
        ("现值", format!("{}（{}）", line.now, line.day)),
        ("差距", line.gap),
        ("今天应到", line.path),
        ("预计到期", line.forecast),
        ("截止", line.due),
        ("依据", format!("{} “{}”", aim.stands, aim.quote)),
        ("红灯规则", red_rule.concat()),
    ];
    Ok(LightSays {
        name: target.name().to_owned(),
        area: place.key,
        area_name: place.name,
        red: standing.light == Light::Red,
        light: standing.light.zh(),
        why: standing.why,
        facts: facts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(word, value)| (word.to_owned(), value))
            .collect(),
        departments: aim.departments.clone(),
    })
}
