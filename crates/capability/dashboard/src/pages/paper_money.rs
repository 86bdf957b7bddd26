//! Money on the page: what is received, owed and paid without right, from the nightly sums.

use crate::places::Place;
use crate::rollup::{self, Amount};
use docs::{Block, Cell, Column, Table};
use host::{Ctx, Failure};
use kernel::Day;
use plan::api::PlanBook;
use std::collections::BTreeSet;

/// Sums of a place.
pub(crate) struct Money {
    /// The night they were taken; none before the first.
    pub(crate) day: Option<Day>,
    owed: Amount,
    undue: Amount,
    receiving: Amount,
    /// Programmes of the list whose roll was loaded, and how many there are.
    connected: usize,
    programmes: usize,
    /// The programmes with most people who are owed: name and sum.
    most: Vec<(String, Amount)>,
}

const MOST: usize = 3;

impl Money {
    /// Of this place, by 户籍地.
    pub(crate) async fn of(ctx: &Ctx, place: &Place) -> Result<Self, Failure> {
        let store = &ctx.app.store;
        let leaves = rollup::money(store).await?;
        let sum = |figure: &str| {
            let mine = leaves.iter().filter(|((of, _), _)| of == figure);
            rollup::inside(mine.map(|((_, area), amount)| (area, amount)), &place.areas)
        };
        let list = ctx.app.part::<PlanBook>()?.in_force(ctx.today());
        let named: Vec<(&str, &str)> = list
            .iter()
            .flat_map(|published| published.list.programmes())
            .map(|one| (one.programme.id.as_str(), one.programme.name.as_str()))
            .collect();
        let known: BTreeSet<String> = entitle::api::connected(store).await?;
        let all = |state: &str| {
            let mut out = Amount::default();
            for (id, _) in &named {
                out.add(sum(&rollup::of_programme(state, id)));
            }
            out
        };
        let mut most: Vec<(String, Amount)> = named
            .iter()
            .map(|(id, name)| ((*name).to_owned(), sum(&rollup::of_programme("owed", id))))
            .filter(|(_, amount)| amount.people > 0)
            .collect();
        most.sort_by_key(|(name, amount)| (std::cmp::Reverse(amount.people), name.clone()));
        most.truncate(MOST);
        Ok(Self {
            day: rollup::computed_on(store).await?,
            owed: all("owed"),
            undue: all("undue"),
            receiving: all("receiving"),
            connected: named.iter().filter(|(id, _)| known.contains(*id)).count(),
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
            row("在享", self.receiving)
        }];
        // Who is owed what can only be said where rolls are connected (invariant 9).
        if self.connected == 0 {
            rows.extend([lacking("应享未享"), lacking("不应享仍享")]);
        } else {
            rows.extend([row("应享未享", self.owed), row("不应享仍享", self.undue)]);
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
                .map(|(name, amount)| {
                    format!("{name} {}", ui::grouped(amount.people.unsigned_abs()))
                })
                .collect();
            words.push_str(&format!("应享未享最多：{}。", most.join("、")));
        }
        if self.owed.unpriced > 0 {
            words.push_str("没有确定标准的不计金额。");
        }
        if !words.is_empty() {
            out.push(Block::Text { text: words });
        }
        out
    }
}

fn lacking(name: &str) -> Vec<Cell> {
    vec![name.into(), "未接入".into(), "未接入".into()]
}

fn row(name: &str, amount: Amount) -> Vec<Cell> {
    vec![
        name.into(),
        Cell::strong(ui::grouped(amount.people.unsigned_abs())),
        Cell::strong(ten_thousands(amount.fen)),
    ]
}

/// Fen as 万元 with two decimals, rounded half up.
fn ten_thousands(fen: i64) -> String {
    let hundredths = (fen.unsigned_abs() + 5_000) / 10_000;
    format!(
        "{}.{:02}",
        ui::grouped(hundredths / 100),
        hundredths % 100
    )
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
