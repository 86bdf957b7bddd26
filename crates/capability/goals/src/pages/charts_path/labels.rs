//! Where the values of a picture are written so that they do not touch.

use super::{FLOOR, LINE, Label, Line, Point, num};

/// Labels above their marks; below where another label or a line is in the way.
pub(super) fn labels(
    points: &[Point],
    at: impl Fn(&Point) -> (f64, f64),
    lines: &[Line],
) -> Vec<Label> {
    let mut order: Vec<(f64, f64, &str)> = points
        .iter()
        .map(|point| {
            let (x, y) = at(point);
            (x, y, point.label.as_str())
        })
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    order.dedup();
    let mut out = Vec::new();
    let mut last = (f64::MIN, f64::MIN);
    for (x, y, text) in order {
        let mut line = y - 8.0;
        let taken = (x - last.0).abs() < LINE && line < last.1 + LINE;
        if taken || lines.iter().any(|ends| crosses(ends, x, y)) {
            line = (y + LINE + 4.0).min(FLOOR - 4.0);
            if taken {
                line = line.max(last.1 + LINE);
            }
        }
        last = (x, line);
        out.push(Label {
            x: num(x),
            y: num(line),
            text: text.to_owned(),
        });
    }
    out
}

/// Whether a line runs through the place above a mark.
fn crosses(ends: &Line, x: f64, y: f64) -> bool {
    ends.windows(2).any(|pair| match pair {
        [(from, a), (to, b)] if *from <= x && x <= *to && to > from => {
            let height = a + (b - a) * (x - from) / (to - from);
            height < y - 3.0 && height > y - 24.0
        }
        _ => false,
    })
}
