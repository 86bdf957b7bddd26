//! A month's report as a form: which figures are taken from data, what was typed, what is wrong with it. Pure.

use crate::model::{Assignment, Item, Origin, Told};
use crate::number::{self, with_unit};
use crate::status::Facts;
use figures::Num;
use kernel::Day;
use ui::{Field, Form};

/// One goal of the form.
pub(crate) struct Line {
    /// The field's name.
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) share: String,
    /// The figure that nobody types, with its 口径.
    pub(crate) taken: Option<(String, String)>,
    /// What the field says below its label.
    pub(crate) hint: String,
}

impl Line {
    /// The field that is typed.
    pub(crate) fn input(&self, form: &Form) -> Field {
        form.field(
            Field::text(&self.field, &self.name)
                .required()
                .inputmode("decimal")
                .unit(self.unit.clone())
                .width("short")
                .hint(self.hint.clone()),
        )
    }
}

/// The field of a goal.
pub(crate) fn field(at: usize) -> String {
    format!("figure-{at}")
}

/// The goals a part reports, in the item's order.
pub(crate) fn lines(item: &Item, part: &Assignment, facts: &Facts, month: Day) -> Vec<Line> {
    item.goals
        .iter()
        .enumerate()
        .filter_map(|(at, goal)| {
            let share = part.shares.get(at).copied().flatten()?;
            let unit = goal.unit();
            let taken = facts.taken(goal, &part.executor, month).map(|told| {
                let value = told
                    .value
                    .map_or_else(|| "还没有数".to_owned(), |value| with_unit(value, &unit));
                (value, told.means)
            });
            let kind = if goal.flow {
                "填当年1月1日起累计完成的数"
            } else {
                "填月末的存量或比率"
            };
            Some(Line {
                field: field(at),
                name: goal.name.clone(),
                hint: format!("{kind}；本单位目标 {}", with_unit(share, &unit)),
                share: with_unit(share, &unit),
                unit: unit.printed,
                taken,
            })
        })
        .collect()
}

/// The figures as they are written down, in the order of the item's goals. What is wrong stands at its field; a
/// figure that the data know is taken from there, and refused when somebody typed it all the same.
pub(crate) fn figures(
    item: &Item,
    part: &Assignment,
    facts: &Facts,
    month: Day,
    form: &mut Form,
) -> Vec<Told> {
    let mut out = Vec::new();
    for (at, goal) in item.goals.iter().enumerate() {
        let name = field(at);
        if part.shares.get(at).copied().flatten().is_none() {
            out.push(Told::default());
            continue;
        }
        let typed = form.data.get(&name).to_owned();
        if let Some(taken) = facts.taken(goal, &part.executor, month) {
            if !typed.is_empty() {
                let from = match taken.from {
                    Origin::Computed => "由数据计算",
                    Origin::Reported | Origin::Typed => "已在“统计报表 · 填报”里报过",
                };
                form.errors
                    .add(&name, format!("{}{from}，不用填，也不能另填", goal.name));
            }
            out.push(taken);
            continue;
        }
        let unit = goal.unit();
        let value = number::read(&typed, &unit);
        if typed.is_empty() {
            form.errors.add(&name, format!("请填写{}的数", goal.name));
        } else if value.is_none() {
            form.errors.add(
                &name,
                format!(
                    "「{typed}」不是数字，只写数字和小数点，单位是{}",
                    unit.printed
                ),
            );
        } else if unit.is_percent() && value.is_some_and(|value| value > Num::whole(100)) {
            form.errors.add(&name, "百分比不会大于 100%");
        }
        out.push(Told {
            typed,
            value: value.filter(|_| form.errors.of(&name).is_none()),
            from: Origin::Typed,
            means: String::new(),
        });
    }
    out
}
