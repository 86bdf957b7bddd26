//! Headline figures: a row of boxes after a dark label.

use super::parts::{HAIR, SOFT, Type, boxed, cell, colour, ground, lamp, line, run, table};
use super::tight;
use crate::Tile;
use docx_rs::{
    AlignmentType, HeightRule, Paragraph, Shading, ShdType, Table, TableCell, TableRow, VAlignType,
};

const LABEL: usize = 300;

pub(super) fn set(label: &str, tiles: &[Tile], wide: usize) -> Table {
    let each = (wide - LABEL) / tiles.len().max(1);
    let mut widths = vec![LABEL];
    widths.extend(tiles.iter().map(|_| each));
    let mut cells = vec![name(label)];
    cells.extend(tiles.iter().map(|one| tile(one, each)));
    let row = TableRow::new(cells)
        .cant_split()
        .row_height(1440.0)
        .height_rule(HeightRule::AtLeast);
    table(vec![row], &widths)
}

fn name(label: &str) -> TableCell {
    let dark = Shading::new()
        .shd_type(ShdType::Clear)
        .color("auto")
        .fill(super::DEEP);
    label
        .chars()
        .fold(cell(LABEL).shading(dark), |out, letter| {
            let letter = line(&letter.to_string(), Type::strong(9.5).ink("FFFFFF"));
            out.add_paragraph(
                letter
                    .align(AlignmentType::Center)
                    .line_spacing(tight(13.0)),
            )
        })
}

fn tile(one: &Tile, width: usize) -> TableCell {
    let mut value = if one.value.is_empty() {
        Paragraph::new().add_run(run(&one.lacking, Type::strong(11.0).ink(SOFT)))
    } else {
        Paragraph::new()
            .add_run(run(&one.value, Type::strong(14.0)))
            .add_run(run(&format!(" {}", one.unit), Type::plain(7.0)))
    };
    if let Some(light) = one.light {
        value = value
            .add_run(run(" ", Type::plain(7.0)))
            .add_run(lamp(light, 7.0));
    }
    let mut out = boxed(cell(width).vertical_align(VAlignType::Top), HAIR)
        .add_paragraph(line(&one.label, Type::plain(7.0)).line_spacing(tight(9.5).before(40)))
        .add_paragraph(value.line_spacing(tight(18.0).before(20).after(20)));
    if let Some(light) = one.light {
        let pale = ground(light.ground());
        out = out.shading(pale.color(colour(light.ground())));
    }
    let lines = [
        (&one.target, Type::plain(6.5)),
        (&one.gap, Type::strong(6.5)),
        (&one.change, Type::plain(6.5)),
        (&one.meaning, Type::plain(6.5).ink(SOFT)),
    ];
    lines
        .iter()
        .filter(|(text, _)| !text.is_empty())
        .fold(out, |out, (text, look)| {
            out.add_paragraph(line(text, *look).line_spacing(tight(9.0)))
        })
}
