//! Money on the page: what is received, owed and paid without right, from the nightly sums.

use crate::drill::figure;
use crate::drill::guard::Guard;
use crate::drill::spot;
use crate::places::Place;
use crate::rollup::{self, Amount};
use crate::suppress::{self, Cell};
use area::api::AreaBook;
use docs::{Block, Column, Table};
use host::{Ctx, Failure};
use kernel::Day;
use plan::api::{PlanBook, Published};

/// Sums of a place.
pub(crate) struct Money {
    /// The night they were taken; none before the first.
    day: Option<Day>,
    receiving: (Cell, Amount),
    owed: (Cell, Amount),
    undue: (Cell, Amount),
    /// Programmes of the list whose roll was loaded, and how many there are.
    connected: usize,
    programmes: usize,
    /// The programmes with most people who are owed: name and people.
    most: Vec<(String, i64)>,
}

const MOST: usize = 3;

impl Money {
    /// Of this place, by 户籍地; small counts are not printed (product.md 42).
    pub(crate) async fn of(ctx: &Ctx, areas: &AreaBook, place: &Place) -> Result<Self, Failure> {
        let store = &ctx.app.store;
        let list = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
        let leaves = rollup::money(store).await?;
        let sum = |state: &str, id: &str| {
            let figure = rollup::of_programme(state, id);
            let mine = leaves.iter().filter(|((of, _), _)| *of == figure);
            rollup::inside(mine.map(|((_, area), amount)| (area, amount)), &place.areas)
        };
        let named: Vec<(&str, &str)> = list
            .iter()
            .flat_map(|published| published.list.programmes())
            .map(|one| (one.programme.id.as_str(), one.programme.name.as_str()))
            .collect();
        let mut receiving = Amount::default();
        for (id, _) in &named {
            receiving.add(sum("receiving", id));
        }
        let known = entitle::api::connected(store).await?;
        let whole = areas
            .root()
            .is_some_and(|root| root.code.to_string() == place.key);
        // What stands beside a body's own total could be worked out from the other bodies' pages.
        let mut most: Vec<(String, i64)> = named
            .iter()
            .filter(|_| whole)
            .map(|(id, name)| ((*name).to_owned(), sum("owed", id).people))
            .filter(|(_, people)| *people > 0 && suppress::one(*people).is_open())
            .collect();
        most.sort_by_key(|(name, people)| (std::cmp::Reverse(*people), name.clone()));
        most.truncate(MOST);
        Ok(Self {
            day: rollup::computed_on(store).await?,
            receiving: (suppress::one(receiving.people), receiving),
            owed: guarded(ctx, areas, list.as_deref(), "owed", place).await?,
            undue: guarded(ctx, areas, list.as_deref(), "undue", place).await?,
            connected: named
                .iter()
                .filter(|(id, _)| known.within(id, &place.areas))
                .count(),
            programmes: named.len(),
            most,
        })
    }

    /// Its part of the page.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let heading = Block::Heading {
            text: "五、资金".to_owned(),
            aside: match self.day {
                Some(day) => format!("按户籍地 · {} 汇总", day.zh()),
                None => "按户籍地".to_owned(),
            },
        };
        if self.day.is_none() {
            let text = "还没有汇总，夜间计算完成后有数。".to_owned();
            return vec![heading, Block::Text { text }];
        }
        let mut rows = vec![if self.connected == 0 {
            lacking("在享")
        } else {
            row("在享", &self.receiving)
        }];
        // Who is owed what can only be said where rolls are connected (invariant 9).
        if self.connected == 0 {
            rows.extend([lacking("应享未享"), lacking("不应享仍享")]);
        } else {
            rows.extend([row("应享未享", &self.owed), row("不应享仍享", &self.undue)]);
        }
        let mut out = vec![
            heading,
            Block::Table(Table {
                columns: vec![
                    Column::words("", 30),
                    Column::numbers("人次", 28),
                    Column::numbers("每期金额（万元）", 42),
                ],
                rows,
                empty: String::new(),
            }),
        ];
        let mut words = String::new();
        if self.connected < self.programmes {
            words.push_str(&format!(
                "{} 个待遇项目中 {} 个发放名册未接入，不在数内。",
                self.programmes,
                self.programmes - self.connected
            ));
        }
        if !self.most.is_empty() && self.connected > 0 {
            let most: Vec<String> = self
                .most
                .iter()
                .map(|(name, people)| format!("{name} {}", ui::grouped(people.unsigned_abs())))
                .collect();
            words.push_str(&format!("应享未享最多：{}。", most.join("、")));
        }
        if self.owed.1.unpriced > 0 {
            words.push_str("没有确定标准的不计金额。");
        }
        let few = [&self.receiving, &self.owed, &self.undue];
        if few.iter().any(|(cell, _)| !cell.is_open()) {
            words.push_str(&suppress::rule());
        }
        if !words.is_empty() {
            out.push(Block::Text { text: words });
        }
        out
    }
}

/// A figure of the nightly sums at a place, as every page may show it.
async fn guarded(
    ctx: &Ctx,
    areas: &AreaBook,
    list: Option<&Published>,
    key: &str,
    place: &Place,
) -> Result<(Cell, Amount), Failure> {
    let store = &ctx.app.store;
    let leaves = rollup::of_figure(store, key, &place.areas).await?;
    let amount = rollup::inside(
        leaves.iter().map(|(area, amount)| (area, amount)),
        &place.areas,
    );
    let cell = match (figure::of(key, list), spot::of(areas, &place.key)) {
        (Some(figure), Some(spot)) => {
            let guard = Guard::of(store, areas, &figure).await?;
            guard.cell(&spot, amount.people)
        }
        _ => suppress::one(amount.people),
    };
    Ok((cell, amount))
}

fn lacking(name: &str) -> Vec<docs::Cell> {
    vec![name.into(), "未接入".into(), "未接入".into()]
}

fn row(name: &str, (cell, amount): &(Cell, Amount)) -> Vec<docs::Cell> {
    let money = if cell.is_open() {
        ten_thousands(amount.fen)
    } else {
        "—".to_owned()
    };
    vec![
        name.into(),
        docs::Cell::strong(cell.text()),
        docs::Cell::strong(money),
    ]
}

/// Fen as 万元 with two decimals, rounded half up.
fn ten_thousands(fen: i64) -> String {
    let hundredths = (fen.unsigned_abs() + 5_000) / 10_000;
    format!("{}.{:02}", ui::grouped(hundredths / 100), hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole fen in, rounded 万元 out.
    #[test]
    fn fen_are_shown_in_ten_thousands_of_yuan() {
        for (fen, words) in [
            (0, "0.00"),
            (4_999, "0.00"),
            (5_000, "0.01"),
            (23_400_000, "23.40"),
            (1_234_567_890_000, "1,234,567.89"),
        ] {
            assert_eq!(ten_thousands(fen), words, "{fen}");
        }
    }
}
