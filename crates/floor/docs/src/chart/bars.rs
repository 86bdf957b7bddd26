//! The bodies side by side: a few measures beside each other, the best first, the last one marked.

use super::{At, Canvas, PLAIN, Pen, RULE, SOFT, TYPE, fitted, width};
use crate::Figure;

/// One body.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// Its value; none where it was not reported.
    pub value: Option<f64>,
    /// The value as text.
    pub says: String,
    /// Marked: the last of those that are ranked.
    pub last: bool,
}

/// One measure.
#[derive(Debug, Clone, PartialEq)]
pub struct BarGroup {
    /// Its name with the unit.
    pub title: String,
    /// Bodies, the best first.
    pub bars: Vec<Bar>,
    /// What is wanted: value and text.
    pub goal: Option<(f64, String)>,
}

const PITCH: f64 = 12.0;
const THICK: f64 = 8.0;
const TOP: f64 = 16.0;
const GAP: f64 = 14.0;
const BAR: &str = "#3B6FA5";
const WORST: &str = "#B42318";

/// Draws measures beside each other, `wide` in all.
pub fn bars(groups: &[BarGroup], wide: u32) -> Figure {
    let most = groups
        .iter()
        .map(|group| group.bars.len())
        .max()
        .unwrap_or(0);
    let below = if groups.iter().any(|group| group.goal.is_some()) {
        12.0
    } else {
        3.0
    };
    let tall = TOP + most as f64 * PITCH + below;
    let mut canvas = Canvas::new(wide, tall.ceil() as u32);
    let count = groups.len().max(1) as f64;
    let room = (f64::from(wide) - GAP * (count - 1.0)) / count;
    for (place, group) in groups.iter().enumerate() {
        let left = place as f64 * (room + GAP);
        one(&mut canvas, group, left, room, most);
    }
    let alt: Vec<String> = groups.iter().map(says).collect();
    canvas.figure(alt.join("。"))
}

fn one(canvas: &mut Canvas, group: &BarGroup, left: f64, room: f64, most: usize) {
    let bold = Pen {
        bold: true,
        ..PLAIN
    };
    let title = fitted(&group.title, TYPE, room);
    canvas.text(left, 8.0, &title, At::Start, bold);
    let names = group.bars.iter().map(|bar| width(&bar.name, TYPE));
    let names = names.fold(0.0, f64::max).min(room * 0.4);
    let values = group.bars.iter().map(|bar| width(&bar.says, TYPE));
    let values = values.fold(0.0, f64::max).max(3.0 * TYPE);
    let from = left + names + 4.0;
    let span = (room - names - values - 8.0).max(10.0);
    let top = group
        .bars
        .iter()
        .filter_map(|bar| bar.value)
        .chain(group.goal.iter().map(|(value, _)| *value))
        .fold(0.0, f64::max);
    let scale = if top > 0.0 { span / top } else { 0.0 };
    for (row, bar) in group.bars.iter().enumerate() {
        let y = TOP + row as f64 * PITCH;
        let name = fitted(&bar.name, TYPE, room * 0.4);
        let pen = Pen {
            bold: bar.last,
            ink: if bar.last { WORST } else { PLAIN.ink },
            ..PLAIN
        };
        canvas.text(from - 4.0, y + 6.8, &name, At::End, pen);
        if let Some(value) = bar.value {
            let fill = if bar.last { WORST } else { BAR };
            canvas.rect([from, y, (value * scale).max(0.6), THICK], fill, None);
            canvas.text(left + room, y + 6.8, &bar.says, At::End, pen);
        } else {
            let soft = Pen { ink: SOFT, ..PLAIN };
            canvas.text(left + room, y + 6.8, &bar.says, At::End, soft);
        }
    }
    let floor = TOP + most as f64 * PITCH - (PITCH - THICK) + 1.5;
    canvas.line([from, TOP - 2.0, from, floor], RULE, false);
    if let Some((value, words)) = &group.goal {
        let x = from + value * scale;
        canvas.line([x, TOP - 2.0, x, floor + 1.0], PLAIN.ink, true);
        let soft = Pen {
            size: TYPE - 0.5,
            ..PLAIN
        };
        canvas.text(
            x.min(left + room - width(words, TYPE) / 2.0),
            floor + 8.5,
            words,
            At::Middle,
            soft,
        );
    }
}

fn says(group: &BarGroup) -> String {
    let bars: Vec<String> = group
        .bars
        .iter()
        .map(|bar| format!("{} {}", bar.name, bar.says))
        .collect();
    format!("{}：{}", group.title, bars.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every number is written; who reported nothing has no bar; texts are escaped.
    #[test]
    fn bars_say_their_numbers() {
        let bar = |name: &str, value: Option<f64>, says: &str| Bar {
            name: name.to_owned(),
            value,
            says: says.to_owned(),
            last: value == Some(41.0),
        };
        let group = BarGroup {
            title: "护理型占比<%>".to_owned(),
            bars: vec![
                bar("甲县", Some(62.5), "62.5"),
                bar("乙县", Some(41.0), "41 末位"),
                bar("丙县", None, "未填报"),
            ],
            goal: Some((60.0, "目标 60".to_owned())),
        };
        let figure = bars(&[group], 240);
        assert_eq!(figure.svg.matches("<rect").count(), 2);
        for words in [
            "62.5",
            "41 末位",
            "未填报",
            "目标 60",
            "护理型占比&lt;%&gt;",
        ] {
            assert!(figure.svg.contains(words), "{words}: {}", figure.svg);
        }
        assert!(figure.alt.contains("丙县 未填报"), "{}", figure.alt);
    }
}
