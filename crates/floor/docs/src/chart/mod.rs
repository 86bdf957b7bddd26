//! Charts of a paper as SVG: bars of bodies side by side, stacked bars of years. Pure.
//!
//! A unit of the picture is a point of type when it stands in its column. Every bar says its number, so
//! that nothing is lost in black and white.

mod bars;
mod stack;

pub use bars::{Bar, BarGroup, bars};
pub use stack::{Segment, Stack, stacks};

/// Fonts as [`crate::Fonts`] may find them.
const FAMILY: &str = "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, SimHei, sans-serif";
const INK: &str = "#1F2933";
const SOFT: &str = "#5B6470";
const RULE: &str = "#C3CAD3";
/// Size of type.
const TYPE: f64 = 7.0;

/// A picture under construction.
struct Canvas {
    wide: u32,
    tall: u32,
    inner: String,
}

/// Where a text is held.
#[derive(Clone, Copy)]
enum At {
    Start,
    Middle,
    End,
}

/// How a text looks.
#[derive(Clone, Copy)]
struct Pen {
    size: f64,
    bold: bool,
    ink: &'static str,
}

const PLAIN: Pen = Pen {
    size: TYPE,
    bold: false,
    ink: INK,
};

impl Canvas {
    fn new(wide: u32, tall: u32) -> Self {
        Self {
            wide,
            tall,
            inner: String::new(),
        }
    }

    fn rect(&mut self, place: [f64; 4], fill: &str, edge: Option<&str>) {
        let [x, y, wide, tall] = place;
        let edge = edge.map_or_else(String::new, |ink| {
            format!(" stroke=\"{ink}\" stroke-width=\"0.6\"")
        });
        self.inner.push_str(&format!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" height=\"{tall:.1}\" fill=\"{fill}\"{edge}/>"
        ));
    }

    fn line(&mut self, ends: [f64; 4], ink: &str, dashed: bool) {
        let [x1, y1, x2, y2] = ends;
        let dash = if dashed {
            " stroke-dasharray=\"2 1.5\""
        } else {
            ""
        };
        self.inner.push_str(&format!(
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"0.7\"{dash}/>"
        ));
    }

    fn text(&mut self, x: f64, y: f64, text: &str, at: At, pen: Pen) {
        let anchor = match at {
            At::Start => "start",
            At::Middle => "middle",
            At::End => "end",
        };
        let weight = if pen.bold { " font-weight=\"700\"" } else { "" };
        self.inner.push_str(&format!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{:.1}\" fill=\"{}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
            pen.size,
            pen.ink,
            escaped(text)
        ));
    }

    fn figure(self, alt: String) -> crate::Figure {
        let Self { wide, tall, inner } = self;
        crate::Figure {
            svg: format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{tall}\" \
                 viewBox=\"0 0 {wide} {tall}\" font-family=\"{FAMILY}\">{inner}</svg>"
            ),
            wide,
            tall,
            alt,
        }
    }
}

/// About how wide a text is.
fn width(text: &str, size: f64) -> f64 {
    let units: f64 = text
        .chars()
        .map(|c| if c.is_ascii() { 0.58 } else { 1.0 })
        .sum();
    units * size
}

/// A text cut to a width, with an ellipsis where something is lost.
fn fitted(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if width(&out, size) + 2.0 * size > room {
            break;
        }
        out.push(c);
    }
    out.push('…');
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
