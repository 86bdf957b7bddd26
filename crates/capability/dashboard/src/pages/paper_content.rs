//! What stands on the page: headline figures, red list, bodies, years, money, three problems.

use super::dashboard_tiles;
use super::dashboard_view::{Half, Tile};
use super::paper_charts::{ranking, worst, years};
use super::paper_money::Money;
use crate::aim::{Aim, Target};
use crate::board::Board;
use crate::places::Place;
use crate::show;
use crate::standing::{Light, PARAMETERS, Standing};
use docs::{Block, Cell, Column, Paper, Table};
use figures::Num;
use kernel::Day;

/// What the address asks for.
pub(crate) struct Asked {
    pub(crate) place: Place,
    /// The place is all of it.
    pub(crate) whole: bool,
    pub(crate) halves: Vec<Half>,
    /// As known on this day.
    pub(crate) known: Option<String>,
    pub(crate) demo: bool,
    pub(crate) made: Day,
}

impl Asked {
    fn holds(&self, target: &Target) -> bool {
        let half = self
            .halves
            .iter()
            .any(|half| half.holds(&target.measure.domain));
        half && (self.whole || target.comparable())
    }
}

/// A target with its leading goal and how that stands.
pub(super) struct Stood<'a> {
    pub(super) target: &'a Target,
    pub(super) aim: &'a Aim,
    pub(super) standing: Standing,
}

impl Stood<'_> {
    fn says(&self, value: Option<Num>) -> String {
        value.map_or_else(String::new, |value| {
            show::with_unit(value, &self.target.unit)
        })
    }

    fn overdue(&self, today: Day) -> bool {
        today > self.standing.due
    }

    /// Overdue first, then by the share of the way that is missing.
    fn rank(&self, today: Day) -> (bool, Num) {
        let goal = &self.aim.goal;
        let way = goal
            .baseline
            .map_or(goal.need, |base| base.distance(goal.need));
        let share = self.standing.gap.and_then(|gap| gap.over(way));
        (self.overdue(today), share.unwrap_or_default())
    }

    fn who(&self) -> String {
        match self.aim.departments.as_slice() {
            [] => "文件没有写".to_owned(),
            [only] => only.clone(),
            [first, others @ ..] => format!("{first}等{}家", others.len() + 1),
        }
    }
}

const MOST_RED: usize = 10;
const PROBLEMS: usize = 3;

/// The page.
pub(crate) fn content(board: &Board, asked: &Asked, money: &Money) -> Paper {
    let all: Vec<Stood<'_>> = board
        .targets
        .iter()
        .filter(|target| asked.holds(target))
        .filter_map(|target| {
            let aim = target.leading()?;
            Some(Stood {
                target,
                aim,
                standing: board.standing(target, aim, &asked.place.key),
            })
        })
        .collect();
    let mut red: Vec<&Stood<'_>> = all
        .iter()
        .filter(|one| one.standing.light == Light::Red)
        .collect();
    red.sort_by_key(|one| std::cmp::Reverse(one.rank(board.today)));
    let mut blocks = vec![Block::Heading {
        text: "一、总体".to_owned(),
        aside: summary(&all),
    }];
    for half in &asked.halves {
        blocks.push(tiles(board, *half, asked, &all));
    }
    blocks.push(Block::Heading {
        text: "二、红灯清单".to_owned(),
        aside: if red.len() > MOST_RED {
            format!("共 {} 项，列差距最大的 {MOST_RED} 项", red.len())
        } else {
            format!("共 {} 项", red.len())
        },
    });
    blocks.push(Block::Table(reds(board, asked, &red)));
    blocks.push(Block::Beside {
        columns: vec![
            (64, ranking(board, &all, &red)),
            (36, years(board, asked.whole, &asked.halves)),
        ],
    });
    blocks.push(Block::Beside {
        columns: vec![(42, money.blocks()), (58, problems(board, asked, &red))],
    });
    paper(board, asked, blocks)
}

fn paper(board: &Board, asked: &Asked, blocks: Vec<Block>) -> Paper {
    let end = board.period_end();
    let over = end.filter(|end| board.today > *end);
    let mut date = board.until(&asked.place).map_or_else(
        || "还没有数据".to_owned(),
        |until| format!("数据截至 {until}"),
    );
    if board.today != asked.made {
        date.push_str(&format!(" · 按 {} 看", board.today.zh()));
    }
    if let Some(day) = &asked.known {
        date.push_str(&format!(" · 按 {day} 当时掌握的情况"));
    }
    let mut notice = Vec::new();
    if let Some(end) = over {
        notice.push(format!("规划已到期（{}）· 终期评估", end.zh()));
    }
    if asked.demo {
        notice.push("演示数据".to_owned());
    }
    let halves = match asked.halves.as_slice() {
        [Half::Old] => "一老",
        [Half::Young] => "一小",
        _ => "一老一小",
    };
    let near = PARAMETERS.near_percent;
    Paper {
        title: format!("{}「{halves}」一页纸", asked.place.name),
        subtitle: subtitle(board),
        date_line: date,
        notice: notice.join(" · "),
        blocks,
        note: format!(
            "口径：现值是截至日前最近一次的填报、实报、估计或计算数，计算数按常住地；属地按管理区划比较；资金按户籍地。\
             红：落后应到进度达到全程（基数到目标）的 {near}%，或者过了期限还没有达到目标；黄：落后不到 {near}%、\
             超过 {} 个月没有新数、没有基数；绿：已达到目标或不低于应到进度；灰：未填报。不含个人信息。",
            PARAMETERS.stale_months
        ),
        made: asked.made,
    }
}

/// The plan's period.
fn subtitle(board: &Board) -> String {
    let documents = &board.shelved.book.head.documents;
    let from = documents.iter().filter_map(|one| one.from).min();
    match (from, board.period_end()) {
        (Some(from), Some(until)) if from.year() != until.year() => {
            format!("{}–{} 年规划执行情况", from.year(), until.year())
        }
        _ => "规划执行情况".to_owned(),
    }
}

fn summary(all: &[Stood<'_>]) -> String {
    let lights: Vec<String> = Light::ALL
        .iter()
        .map(|light| {
            let count = all.iter().filter(|one| one.standing.light == *light);
            format!("{} {}", light.zh(), count.count())
        })
        .collect();
    format!("目标 {} 项：{}", all.len(), lights.join(" · "))
}

const fn light(light: Light) -> docs::Light {
    match light {
        Light::Red => docs::Light::Red,
        Light::Yellow => docs::Light::Yellow,
        Light::Grey => docs::Light::Grey,
        Light::Green => docs::Light::Green,
    }
}

fn tiles(board: &Board, half: Half, asked: &Asked, all: &[Stood<'_>]) -> Block {
    let mine: Vec<&Target> = all
        .iter()
        .map(|one| one.target)
        .filter(|target| half.holds(&target.measure.domain))
        .collect();
    let tiles = dashboard_tiles::tiles(board, half, &asked.place, &mine);
    Block::Tiles {
        label: match half {
            Half::Old => "一老",
            Half::Young => "一小",
        }
        .to_owned(),
        tiles: tiles
            .into_iter()
            .map(|one| tile(board, asked, all, one))
            .collect(),
    }
}

fn tile(board: &Board, asked: &Asked, all: &[Stood<'_>], one: Tile) -> docs::Tile {
    let stood = all.iter().find(|stood| stood.target.name() == one.name);
    let id = stood.map_or_else(
        || {
            crate::computed::ALL
                .iter()
                .find(|figure| figure.name == one.name)
                .map(|figure| figure.id)
        },
        |stood| Some(stood.target.measure.id.as_str()),
    );
    let day = id
        .and_then(|id| board.last(id, &asked.place.key))
        .map(|value| value.day.to_string());
    let meaning: Vec<String> = [Some(one.meaning), day]
        .into_iter()
        .flatten()
        .filter(|words| !words.is_empty())
        .collect();
    let goal = if stood.is_some() && !one.goal.is_empty() {
        format!("目标 {}", one.goal)
    } else {
        one.goal
    };
    docs::Tile {
        label: one.name,
        value: one.now,
        unit: one.unit,
        lacking: if stood.is_some() {
            "未填报"
        } else {
            "未计算"
        }
        .to_owned(),
        target: goal,
        gap: one.gap,
        change: one.change,
        meaning: meaning.join(" · "),
        light: stood.map(|stood| light(stood.standing.light)),
    }
}

fn reds(board: &Board, asked: &Asked, red: &[&Stood<'_>]) -> Table {
    let rows = red
        .iter()
        .take(MOST_RED)
        .map(|one| {
            let whose = match worst(board, one.target).filter(|_| asked.whole) {
                Some(last) => format!("{}（末位 {last}）", asked.place.name),
                None => asked.place.name.clone(),
            };
            vec![
                Cell::strong(one.target.name()),
                whose.into(),
                one.aim.says.clone().into(),
                one.says(one.standing.now.map(|point| point.value)).into(),
                Cell::strong(one.says(one.standing.gap)),
                one.standing.due.to_string().into(),
                one.who().into(),
            ]
        })
        .collect();
    Table {
        columns: vec![
            Column::words("事项", 48),
            Column::words("属地", 35),
            Column::numbers("目标", 21),
            Column::numbers("现值", 25),
            Column::numbers("差距", 24),
            Column::middle("截止", 22),
            Column::words("责任单位", 27),
        ],
        rows,
        empty: "没有红灯：没有落后进度或逾期未达的目标。".to_owned(),
    }
}

/// The worst reds, a sentence each.
fn problems(board: &Board, asked: &Asked, red: &[&Stood<'_>]) -> Vec<Block> {
    let heading = Block::Heading {
        text: "六、三个问题".to_owned(),
        aside: "红灯中差距最大的，按规则算出".to_owned(),
    };
    if red.is_empty() {
        let text = "没有红灯。".to_owned();
        return vec![heading, Block::Text { text }];
    }
    let points = red
        .iter()
        .take(PROBLEMS)
        .map(|one| (one.target.name().to_owned(), problem(board, asked, one)))
        .collect();
    vec![heading, Block::Points { points }]
}

fn problem(board: &Board, asked: &Asked, one: &Stood<'_>) -> String {
    let standing = &one.standing;
    let now = one.says(standing.now.map(|point| point.value));
    let mut words = format!(
        "：现为 {now}，离目标 {} 还差 {}",
        one.aim.says,
        one.says(standing.gap)
    );
    if one.overdue(board.today) {
        words.push_str(&format!("，期限 {} 已过", standing.due));
    } else {
        if let (Some(path), Some(point)) = (standing.path, standing.now) {
            words.push_str(&format!(
                "，比今天应到的 {} {} {}",
                one.says(Some(path)),
                if one.aim.goal.down { "多" } else { "少" },
                one.says(Some(path.distance(point.value)))
            ));
        }
        words.push_str(&match standing.reaches {
            Some(true) => format!("；按现在的速度 {} 前能达到", standing.due),
            Some(false) => format!("；按现在的速度 {} 前达不到", standing.due),
            None => format!("；期限 {}", standing.due),
        });
    }
    if let Some(last) = worst(board, one.target).filter(|_| asked.whole) {
        words.push_str(&format!("；{last}末位"));
    }
    words.push_str(&if one.aim.departments.is_empty() {
        "。文件没有写责任单位。".to_owned()
    } else {
        format!("。责任单位：{}。", one.who())
    });
    words
}
