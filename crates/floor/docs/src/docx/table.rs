//! A table: three strong rules, hair lines between the rows.

use super::parts::{
    DEEP, HAIR, INK, SOFT, Type, aligned, cell, edge, lamp, line, shares, side, table,
};
use super::tight;
use crate::{Cell, Table};
use docx_rs::{
    Paragraph, TableBorderPosition, TableBorders, TableCellBorderPosition, TableCellBorders,
    TableRow,
};

const SIZE: f64 = 8.0;
const PITCH: f64 = 12.0;

/// The table, or the words instead of one.
pub(super) enum Set {
    Table(Box<docx_rs::Table>),
    Words(Box<Paragraph>),
}

pub(super) fn set(it: &Table, wide: usize) -> Set {
    if it.rows.is_empty() {
        let words = line(&it.empty, Type::plain(8.0).ink(SOFT));
        return Set::Words(Box::new(words.line_spacing(tight(12.0))));
    }
    let parts: Vec<u32> = it.columns.iter().map(|column| column.width).collect();
    let widths = shares(wide, &parts);
    let head = it
        .columns
        .iter()
        .zip(&widths)
        .map(|(column, width)| {
            let words = line(&column.head, Type::strong(SIZE).ink(DEEP));
            cell(*width)
                .set_borders(TableCellBorders::with_empty().set(side(
                    TableCellBorderPosition::Bottom,
                    INK,
                    6,
                )))
                .add_paragraph(words.align(aligned(column.align)).line_spacing(pitch()))
        })
        .collect();
    let mut rows = vec![TableRow::new(head).cant_split()];
    rows.extend(it.rows.iter().map(|row| {
        let cells = row
            .iter()
            .zip(&it.columns)
            .zip(&widths)
            .map(|((content, column), width)| {
                cell(*width).add_paragraph(
                    words(content)
                        .align(aligned(column.align))
                        .line_spacing(pitch()),
                )
            })
            .collect();
        TableRow::new(cells).cant_split()
    }));
    let borders = TableBorders::with_empty()
        .set(edge(TableBorderPosition::Top, INK, 8))
        .set(edge(TableBorderPosition::Bottom, INK, 8))
        .set(edge(TableBorderPosition::InsideH, HAIR, 4));
    Set::Table(Box::new(table(rows, &widths).set_borders(borders)))
}

fn pitch() -> docx_rs::LineSpacing {
    tight(PITCH).before(22).after(22)
}

fn words(content: &Cell) -> Paragraph {
    match content.light {
        Some(light) => Paragraph::new().add_run(lamp(light, SIZE)),
        None if content.strong => line(&content.text, Type::strong(SIZE)),
        None => line(&content.text, Type::plain(SIZE)),
    }
}
