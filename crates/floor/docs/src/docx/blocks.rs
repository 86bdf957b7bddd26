//! Blocks in their order: into the page, or into a column beside another.

use super::parts::{DEEP, SOFT, Type, cell, gap, line, line_of, shares, table};
use super::table::Set;
use super::{AREA, Charts, tight};
use crate::Block;
use crate::raster::Png;
use docx_rs::{Docx, Paragraph, Pic, Run, TableCell, TableRow, VAlignType};

/// Something that holds blocks.
trait Holds: Sized {
    fn paragraph(self, paragraph: Paragraph) -> Self;
    fn table(self, table: docx_rs::Table) -> Self;
}

impl Holds for Docx {
    fn paragraph(self, paragraph: Paragraph) -> Self {
        self.add_paragraph(paragraph)
    }

    fn table(self, table: docx_rs::Table) -> Self {
        self.add_table(table).add_paragraph(gap(3.0))
    }
}

impl Holds for TableCell {
    fn paragraph(self, paragraph: Paragraph) -> Self {
        self.add_paragraph(paragraph)
    }

    fn table(self, table: docx_rs::Table) -> Self {
        self.add_table(table).add_paragraph(gap(2.0))
    }
}

/// All blocks of the page.
pub(super) fn set(docx: Docx, blocks: &[Block], charts: &mut Charts<'_>) -> Docx {
    blocks
        .iter()
        .fold(docx, |docx, block| one(docx, block, AREA, charts))
}

fn one<H: Holds>(holder: H, block: &Block, wide: usize, charts: &mut Charts<'_>) -> H {
    match block {
        Block::Heading { text, aside } => {
            let aside = if aside.is_empty() {
                String::new()
            } else {
                format!("　{aside}")
            };
            let words = line_of(&[
                (text, Type::strong(9.5).ink(DEEP)),
                (&aside, Type::plain(6.5).ink(SOFT)),
            ]);
            holder.paragraph(
                words
                    .keep_next(true)
                    .outline_lvl(0)
                    .line_spacing(tight(13.0).before(110).after(50)),
            )
        }
        Block::Tiles { label, tiles } => holder.table(super::tiles::set(label, tiles, wide)),
        Block::Table(it) => match super::table::set(it, wide) {
            Set::Table(table) => holder.table(*table),
            Set::Words(words) => holder.paragraph(*words),
        },
        Block::Figure(_) => match charts.next() {
            Some((at, png)) => holder.paragraph(picture(at, png, wide)),
            None => holder,
        },
        Block::Text { text } => holder
            .paragraph(line(text, Type::plain(8.5)).line_spacing(tight(12.6).before(30).after(20))),
        Block::Points { points } => points.iter().enumerate().fold(holder, |out, (at, point)| {
            let words = line_of(&[
                (&format!("{}. ", at + 1), Type::strong(8.5).ink(DEEP)),
                (&point.0, Type::strong(8.5)),
                (&point.1, Type::plain(8.5)),
            ]);
            out.paragraph(words.line_spacing(tight(12.4).after(40)))
        }),
        Block::Beside { columns } => {
            let parts: Vec<u32> = columns.iter().map(|(part, _)| *part).collect();
            let widths = shares(wide, &parts);
            let cells = columns
                .iter()
                .zip(&widths)
                .map(|((_, blocks), width)| {
                    let empty = cell(*width).vertical_align(VAlignType::Top);
                    blocks.iter().fold(empty, |holder, block| {
                        one(holder, block, width.saturating_sub(160), charts)
                    })
                })
                .collect();
            holder.table(table(vec![TableRow::new(cells).cant_split()], &widths))
        }
    }
}

/// As wide as its column; EMU are 635 to the twentieth of a point.
fn picture(at: usize, png: Png, wide: usize) -> Paragraph {
    let wide = wide as u32 * 635;
    let tall = u64::from(wide) * u64::from(png.tall) / u64::from(png.wide.max(1));
    let pic = Pic::new_with_dimensions(png.bytes, png.wide, png.tall)
        .id(format!("rIdImage{}", at + 1))
        .size(wide, u32::try_from(tall).unwrap_or(wide));
    Paragraph::new().add_run(Run::new().add_image(pic))
}
