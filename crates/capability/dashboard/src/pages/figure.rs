//! One figure: what it means, where it stands against every goal, how it went, by area.
//!
//! Rows A03, A22–A52; product.md 42: every figure has formula, numerator, denominator, as-of day, source
//! and kind.

use super::bits::Shown;
use super::dashboard_view::{Line, line};
use super::report::meaning;
use crate::aim::Target;
use crate::board::{Board, DAY, KNOWN};
use crate::computed::{self, Computed};
use crate::drill::guard::Guard;
use crate::drill::spot;
use crate::places;
use crate::show;
use crate::standing::{Point, nodes, rule};
use crate::trend::{Drawn, Trend, draw};
use crate::value;
use askama::Template;
use authz::Action;
use axum::extract::{Path, RawQuery};
use figures::{Num, Unit};
use host::{Ctx, Failure, Page};
use kernel::Day;
use std::collections::BTreeMap;
use ui::{Choice, ListQuery, ListSpec, PageError, Shell};

const SPEC: ListSpec = ListSpec::filtered(&["area", DAY, KNOWN]);

struct GoalShown {
    line: Line,
    name: String,
    stands: String,
    quote: String,
    baseline: String,
    href: String,
}

struct ByArea {
    name: String,
    value: String,
    day: String,
    kind: &'static str,
    pill: &'static str,
    parts: String,
}

#[derive(Template)]
#[template(path = "pages/figure.html")]
struct FigurePage {
    shell: Shell,
    query: ListQuery,
    id: String,
    area_name: String,
    areas: Vec<Choice>,
    unit: String,
    formula: String,
    meaning: Vec<String>,
    last: Option<Shown>,
    change: String,
    total: String,
    goals: Vec<GoalShown>,
    who: String,
    trend: Option<Trend>,
    bodies: Vec<ByArea>,
    counties: Vec<ByArea>,
    history: Vec<Shown>,
    rules: Vec<String>,
    order: &'static str,
    may_report: bool,
    computed: bool,
    /// The same figure opened down to villages.
    drill: String,
}

/// A figure of the plan or of the register.
enum Which<'a> {
    Target(&'a Target),
    Computed(&'static Computed),
}

/// `GET /dashboard/{measure}`
pub(crate) async fn get(ctx: Ctx, Path(id): Path<String>, RawQuery(raw): RawQuery) -> Page {
    let query = ListQuery::of(raw.as_deref(), &SPEC)?;
    let board = Board::of(&ctx, Some(&query)).await?;
    let which = match (computed::of(&id), board.target(&id)) {
        (Some(figure), _) => Which::Computed(figure),
        (None, Some(target)) => Which::Target(target),
        (None, None) => {
            return Err(PageError::not_found()
                .text("本地规划没有这个指标的目标。")
                .link("回到驾驶舱", "/dashboard")
                .into());
        }
    };
    let mut all = vec![board.whole.clone()];
    all.extend(board.bodies.iter().cloned());
    if let Which::Computed(_) = which {
        // A county that is whole is listed once.
        let counties = places::counties(&board.areas);
        all.extend(counties);
    }
    let place = match query.filter("area") {
        None => Some(&board.whole),
        Some(key) => all.iter().find(|place| place.key == key),
    }
    .cloned()
    .ok_or_else(|| PageError::bad_request("查询条件「area」不是本地的县（市、区）或管委会。"))?;
    let hidden = hidden(&ctx, &board, &which).await?;
    if hidden.contains_key(&place.key) {
        return Err(PageError::bad_request("人数过少，不单列这个地区的数。")
            .link("看全市", format!("/dashboard/{id}").as_str())
            .into());
    }
    let unit = match which {
        Which::Target(target) => target.unit.clone(),
        Which::Computed(figure) => Unit::parse(figure.unit),
    };
    let name = match which {
        Which::Target(target) => target.name(),
        Which::Computed(figure) => figure.name,
    };
    let values = board.values(&id, &place.key);
    let (points, path, change) = match which {
        Which::Target(target) => target.leading().map_or_else(
            || (Vec::new(), Vec::new(), None),
            |aim| {
                let change = board.standing(target, aim, &place.key).change;
                let points = crate::standing::counted(&aim.goal, &points(values), board.today);
                (points, nodes(&aim.goal), change)
            },
        ),
        Which::Computed(_) => {
            let change = values.last().and_then(|last| {
                let month = last.day.first_of_month();
                let before = values.iter().rev().find(|value| value.day < month)?;
                Some((last.value - before.value, before.day))
            });
            (points(values), Vec::new(), change)
        }
    };
    let trend = draw(&Drawn {
        says: format!("{name}在{}的变化，数值见下面的记录", place.name),
        points: &points,
        path: &path,
        unit: &unit,
    });
    let rows = value::history(&ctx.app.store, &id).await?;
    let role = ctx.actor().role;
    let page = FigurePage {
        shell: ctx.shell(name).crumb("驾驶舱", "/dashboard"),
        area_name: place.name.clone(),
        areas: all
            .iter()
            .skip(1)
            .filter(|other| other.key.starts_with("E:"))
            .map(|other| Choice::new(&other.key, &other.name))
            .collect(),
        formula: formula(&board, &which),
        meaning: match which {
            Which::Target(target) => meaning(target),
            Which::Computed(figure) => vec![figure.basis().to_owned()],
        },
        last: values
            .last()
            .map(|value| Shown::of(value, &unit, String::new())),
        change: change.map_or_else(String::new, |(by, since): (Num, Day)| {
            format!("较 {since} {}", show::change(by, &unit))
        }),
        total: match which {
            // What was done in the earlier years of the period counts too.
            Which::Target(target) if target.flow => points.last().map_or_else(String::new, |p| {
                format!("规划期内累计 {}", show::with_unit(p.value, &unit))
            }),
            _ => String::new(),
        },
        goals: goals(&board, &which, &place.key),
        who: match which {
            Which::Target(target) => target
                .leading()
                .map(|aim| aim.departments.join("、"))
                .filter(|who| !who.is_empty())
                .unwrap_or_else(|| "牵头单位".to_owned()),
            Which::Computed(_) => String::new(),
        },
        trend,
        bodies: by_area(&board, &id, &unit, &board.bodies, &hidden),
        counties: match which {
            Which::Computed(_) => {
                by_area(&board, &id, &unit, &places::counties(&board.areas), &hidden)
            }
            Which::Target(_) => Vec::new(),
        },
        history: rows
            .iter()
            .filter(|value| value.area == place.key)
            .take(40)
            .map(|value| Shown::of(value, &unit, String::new()))
            .collect(),
        rules: rule(),
        order: crate::aim::RULE,
        may_report: Action::ReportValue.allowed_to(role),
        computed: matches!(which, Which::Computed(_)),
        drill: match which {
            Which::Computed(figure) => figure.drill.map_or_else(String::new, |key| {
                let area = if place.key == board.whole.key {
                    ""
                } else {
                    place.key.as_str()
                };
                crate::drill::figure::href(key, area, "")
            }),
            Which::Target(_) => String::new(),
        },
        unit: unit.printed.clone(),
        id,
        query,
    };
    Ok(ui::page_no_store(page))
}

impl FigurePage {
    fn chosen(&self, key: &str) -> &str {
        self.query.filter(key).unwrap_or_default()
    }
}

fn points(values: &[value::Value]) -> Vec<Point> {
    values
        .iter()
        .map(|value| Point {
            day: value.day,
            value: value.value,
        })
        .collect()
}

/// How the number comes about, in words.
fn formula(board: &Board, which: &Which<'_>) -> String {
    match which {
        Which::Computed(figure) => figure.formula.to_owned(),
        Which::Target(target) => match &target.measure.ratio {
            Some(ratio) => {
                let name = |id: &str| {
                    let known = board.shelved.book.measures.get(id);
                    known.map_or_else(|| id.to_owned(), |measure| measure.name.clone())
                };
                format!(
                    "{} ÷ {} × {}",
                    name(&ratio.numerator),
                    name(&ratio.denominator),
                    ratio.scale
                )
            }
            None => "由责任单位按文件口径填报".to_owned(),
        },
    }
}

fn goals(board: &Board, which: &Which<'_>, area: &str) -> Vec<GoalShown> {
    let Which::Target(target) = which else {
        return Vec::new();
    };
    if area != board.whole.key && !target.comparable() {
        return Vec::new();
    }
    target
        .aims
        .iter()
        .map(|aim| GoalShown {
            line: line(target, aim, &board.standing(target, aim, area)),
            name: aim.row_name.clone(),
            stands: aim.stands.clone(),
            quote: aim.quote.clone(),
            baseline: aim.baseline.clone(),
            href: format!("/plan/rows/{}", aim.row),
        })
        .collect()
}

/// Places of a computed figure whose count may not be shown to those who see no lists, with what is shown
/// instead (product.md 42).
async fn hidden(
    ctx: &Ctx,
    board: &Board,
    which: &Which<'_>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut out = BTreeMap::new();
    let Which::Computed(figure) = which else {
        return Ok(out);
    };
    if Action::ReadLists.allowed_to(ctx.actor().role) {
        return Ok(out);
    }
    let key = figure.drill.unwrap_or_default();
    let Some(opened) = crate::drill::figure::of(key, None) else {
        return Ok(out);
    };
    let guard = Guard::of(&ctx.app.store, &board.areas, &opened).await?;
    for place in board.bodies.iter().chain(&places::counties(&board.areas)) {
        let cell = spot::of(&board.areas, &place.key).map(|spot| guard.cell(&spot, 0));
        if let Some(cell) = cell.filter(|cell| !cell.is_open()) {
            out.insert(place.key.clone(), cell.text());
        }
    }
    Ok(out)
}

fn by_area(
    board: &Board,
    id: &str,
    unit: &Unit,
    all: &[places::Place],
    hidden: &BTreeMap<String, String>,
) -> Vec<ByArea> {
    let rows: Vec<ByArea> = all
        .iter()
        .map(|place| {
            let shown = board
                .last(id, &place.key)
                .map(|value| Shown::of(value, unit, String::new()));
            match shown {
                Some(shown) if hidden.contains_key(&place.key) => ByArea {
                    name: place.name.clone(),
                    value: hidden.get(&place.key).cloned().unwrap_or_default(),
                    day: shown.day,
                    kind: shown.kind,
                    pill: shown.pill,
                    parts: String::new(),
                },
                Some(shown) => ByArea {
                    name: place.name.clone(),
                    value: format!("{}{}", shown.number, shown.unit),
                    day: shown.day,
                    kind: shown.kind,
                    pill: shown.pill,
                    parts: shown.parts,
                },
                None => ByArea {
                    name: place.name.clone(),
                    value: String::new(),
                    day: String::new(),
                    kind: "",
                    pill: "",
                    parts: String::new(),
                },
            }
        })
        .collect();
    if rows.iter().all(|row| row.value.is_empty()) {
        Vec::new()
    } else {
        rows
    }
}
