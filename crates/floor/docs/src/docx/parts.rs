//! Runs, paragraphs, cells and borders.

use docx_rs::{
    AlignmentType, BorderType, Paragraph, ParagraphBorder, ParagraphBorderPosition,
    ParagraphBorders, Run, RunFonts, Shading, ShdType, Table, TableBorder, TableBorderPosition,
    TableBorders, TableCell, TableCellBorder, TableCellBorderPosition, TableCellBorders,
    TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType,
};

pub(super) const INK: &str = "1F2933";
pub(super) const SOFT: &str = "5B6470";
pub(super) const HAIR: &str = "C3CAD3";
pub(super) const DEEP: &str = "12406B";
pub(super) const RED: &str = "B42318";

/// How words look.
#[derive(Clone, Copy)]
pub(super) struct Type {
    size: f64,
    bold: bool,
    ink: &'static str,
    family: Option<&'static str>,
}

impl Type {
    pub(super) const fn plain(size: f64) -> Self {
        Self {
            size,
            bold: false,
            ink: INK,
            family: None,
        }
    }

    pub(super) const fn strong(size: f64) -> Self {
        Self {
            bold: true,
            ..Self::plain(size)
        }
    }

    pub(super) const fn ink(self, ink: &'static str) -> Self {
        Self { ink, ..self }
    }

    pub(super) const fn family(self, family: &'static str) -> Self {
        Self {
            family: Some(family),
            ..self
        }
    }
}

/// Twentieths of a point.
pub(super) fn points(size: f64) -> u32 {
    (size * 20.0).round() as u32
}

/// `#B42318` as Word writes it.
pub(super) fn colour(hex: &str) -> String {
    hex.trim_start_matches('#').to_owned()
}

pub(super) fn run(text: &str, look: Type) -> Run {
    let empty = Run::new();
    let out = if text.is_empty() {
        empty
    } else {
        empty.add_text(text)
    };
    let mut out = out.size((look.size * 2.0).round() as usize).color(look.ink);
    if look.bold {
        out = out.bold();
    }
    if let Some(family) = look.family {
        out = out.fonts(RunFonts::new().east_asia(family));
    }
    out
}

pub(super) fn line(text: &str, look: Type) -> Paragraph {
    line_of(&[(text, look)])
}

/// A paragraph of differently looking words.
pub(super) fn line_of(parts: &[(&str, Type)]) -> Paragraph {
    parts
        .iter()
        .filter(|(text, _)| !text.is_empty())
        .fold(Paragraph::new(), |out, (text, look)| {
            out.add_run(run(text, *look))
        })
}

/// With a line below it.
pub(super) fn ruled(mut paragraph: Paragraph, ink: &str) -> Paragraph {
    let border = ParagraphBorder::new(ParagraphBorderPosition::Bottom)
        .val(BorderType::Single)
        .size(12)
        .space(2)
        .color(ink);
    paragraph.property = paragraph
        .property
        .set_borders(ParagraphBorders::with_empty().set(border));
    paragraph
}

/// Room between two tables, which Word would join.
pub(super) fn gap(size: f64) -> Paragraph {
    line(" ", Type::plain(1.0)).line_spacing(super::tight(size))
}

/// Words with a ground, as a light.
pub(super) fn lamp(light: crate::Light, size: f64) -> Run {
    Run::new()
        .add_text(format!(" {} ", light.zh()))
        .size((size * 2.0).round() as usize)
        .bold()
        .color(colour(light.ink()))
        .shading(ground(light.ground()))
}

pub(super) fn ground(hex: &str) -> Shading {
    Shading::new()
        .shd_type(ShdType::Clear)
        .color("auto")
        .fill(colour(hex))
}

/// A table of fixed columns without lines, as wide as their sum.
pub(super) fn table(rows: Vec<TableRow>, columns: &[usize]) -> Table {
    Table::new(rows)
        .layout(TableLayoutType::Fixed)
        .width(columns.iter().sum(), WidthType::Dxa)
        .set_grid(columns.to_vec())
        .margins(TableCellMargins::new().margin(0, 50, 0, 50))
        .set_borders(TableBorders::with_empty())
}

/// A line of the whole table.
pub(super) fn edge(position: TableBorderPosition, ink: &str, size: usize) -> TableBorder {
    TableBorder::new(position)
        .border_type(BorderType::Single)
        .size(size)
        .color(ink)
}

/// A cell of this width; paragraphs are added by the caller.
pub(super) fn cell(width: usize) -> TableCell {
    TableCell::new()
        .width(width, WidthType::Dxa)
        .vertical_align(VAlignType::Center)
}

/// A box around a cell.
pub(super) fn boxed(cell: TableCell, ink: &str) -> TableCell {
    use TableCellBorderPosition::{Bottom, Left, Right, Top};
    let borders = [Top, Right, Bottom, Left]
        .into_iter()
        .fold(TableCellBorders::with_empty(), |out, position| {
            out.set(side(position, ink, 4))
        });
    cell.set_borders(borders)
}

/// One side of a cell.
pub(super) fn side(position: TableCellBorderPosition, ink: &str, size: usize) -> TableCellBorder {
    TableCellBorder::new(position)
        .border_type(BorderType::Single)
        .size(size)
        .color(ink)
}

pub(super) const fn aligned(align: crate::Align) -> AlignmentType {
    match align {
        crate::Align::Left => AlignmentType::Left,
        crate::Align::Center => AlignmentType::Center,
        crate::Align::Right => AlignmentType::Right,
    }
}

/// A width shared out; the last takes what is left over.
pub(super) fn shares(wide: usize, parts: &[u32]) -> Vec<usize> {
    let all: u32 = parts.iter().sum::<u32>().max(1);
    let mut out: Vec<usize> = parts
        .iter()
        .map(|part| wide * *part as usize / all as usize)
        .collect();
    let rest = wide - out.iter().sum::<usize>();
    if let Some(last) = out.last_mut() {
        *last += rest;
    }
    out
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
