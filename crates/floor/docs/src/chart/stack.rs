//! Years as stacked bars: how many of a year's tasks are in which state.

use super::{At, Canvas, INK, PLAIN, Pen, SOFT, TYPE, width};
use crate::Figure;

/// A state, the same for all years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its word.
    pub name: String,
    /// Its ground.
    pub fill: &'static str,
    /// Its number on the ground.
    pub ink: &'static str,
}

/// A year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// A number for each state.
    pub counts: Vec<usize>,
}

const PITCH: f64 = 17.0;
const THICK: f64 = 12.0;
const LEGEND: f64 = 14.0;

/// Draws years below each other, `wide` in all, with a legend.
pub fn stacks(segments: &[Segment], rows: &[Stack], wide: u32) -> Figure {
    let tall = LEGEND + rows.len() as f64 * PITCH + 1.0;
    let mut canvas = Canvas::new(wide, tall.ceil() as u32);
    let mut x = 0.0;
    for segment in segments {
        canvas.rect([x, 1.5, 7.0, 7.0], segment.fill, Some(SOFT));
        canvas.text(x + 9.0, 7.8, &segment.name, At::Start, PLAIN);
        x += 9.0 + width(&segment.name, TYPE) + 7.0;
    }
    let names = rows.iter().map(|row| width(&row.name, TYPE));
    let names = names.fold(0.0, f64::max);
    let left = names + 4.0;
    let span = f64::from(wide) - left - 4.0 * TYPE;
    let most: usize = rows.iter().map(Stack::all).max().unwrap_or(0).max(1);
    let bold = Pen {
        bold: true,
        ..PLAIN
    };
    for (place, row) in rows.iter().enumerate() {
        let y = LEGEND + place as f64 * PITCH;
        canvas.text(0.0, y + 8.6, &row.name, At::Start, bold);
        let mut from = left;
        for (segment, count) in segments.iter().zip(&row.counts) {
            if *count == 0 {
                continue;
            }
            let long = *count as f64 * span / most as f64;
            canvas.rect([from, y, long, THICK], segment.fill, Some(SOFT));
            let pen = Pen {
                ink: segment.ink,
                ..bold
            };
            canvas.text(
                from + long / 2.0,
                y + 8.6,
                &count.to_string(),
                At::Middle,
                pen,
            );
            from += long;
        }
        let all = Pen { ink: INK, ..PLAIN };
        let words = format!("{} 项", row.all());
        canvas.text(from + 4.0, y + 8.6, &words, At::Start, all);
    }
    let alt: Vec<String> = rows.iter().map(|row| says(segments, row)).collect();
    canvas.figure(alt.join("；"))
}

impl Stack {
    fn all(&self) -> usize {
        self.counts.iter().sum()
    }
}

fn says(segments: &[Segment], row: &Stack) -> String {
    let parts: Vec<String> = segments
        .iter()
        .zip(&row.counts)
        .map(|(segment, count)| format!("{} {count}", segment.name))
        .collect();
    format!("{} {} 项：{}", row.name, row.all(), parts.join("，"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A state without tasks has no bar, and the numbers add up.
    #[test]
    fn years_add_up() {
        let segment = |name: &str| Segment {
            name: name.to_owned(),
            fill: "#FFFFFF",
            ink: "#000000",
        };
        let row = |name: &str, counts: &[usize]| Stack {
            name: name.to_owned(),
            counts: counts.to_vec(),
        };
        let figure = stacks(
            &[segment("完成"), segment("逾期")],
            &[row("2023年", &[20, 1]), row("2024年", &[11, 0])],
            200,
        );
        // Two squares of the legend and three bars.
        assert_eq!(figure.svg.matches("<rect").count(), 5, "{}", figure.svg);
        assert!(figure.svg.contains("21 项"));
        assert_eq!(
            figure.alt,
            "2023年 21 项：完成 20，逾期 1；2024年 11 项：完成 11，逾期 0"
        );
    }
}
