//! A paper as DOCX for Word, WPS and LibreOffice: ordinary tables and paragraphs that can be edited, charts
//! as pictures with their words as alternative text.

mod blocks;
mod parts;
mod table;
mod tiles;

use crate::raster::{self, Png};
use crate::{DocError, Fonts, Paper};
use docx_rs::{
    AlignmentType, Docx, FieldCharType, Footer, InstrNUMPAGES, InstrPAGE, InstrText, LineSpacing,
    PageMargin, Paragraph, RunFonts, XMLDocx,
};
use parts::{DEEP, RED, SOFT, Type, line, points};
use std::io::Cursor;

/// A4 and what is printed on, in twentieths of a point.
const PAGE: (u32, u32) = (11906, 16838);
const SIDE: usize = 850;
/// Width of the type area.
pub(super) const AREA: usize = 11906 - 2 * SIDE;

/// Families by the names Word and WPS know; both put in their own where one is missing.
const BODY: &str = "微软雅黑";
const TITLE: &str = "宋体";

/// What docx-rs says of every picture.
const PLACE: &str = "<wp:docPr id=\"1\" name=\"Figure\" />";

/// Sets the paper as DOCX.
pub fn to_docx(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, DocError> {
    let charts = raster::draw(&paper.figures(), fonts, fonts.read()?)?;
    // Ids of paragraphs start anew with a document; nothing before this line makes one.
    let docx = frame(paper);
    let docx = blocks::set(docx, &paper.blocks, &mut charts.into_iter().enumerate());
    let docx = if paper.note.is_empty() {
        docx
    } else {
        let note = Type::plain(6.5).ink(SOFT);
        docx.add_paragraph(line(&paper.note, note).line_spacing(tight(8.5).before(100)))
    };
    let mut parts = docx.build();
    describe(&mut parts, paper)?;
    let mut out = Cursor::new(Vec::new());
    parts
        .pack(&mut out)
        .map_err(|error| DocError::Setting(error.to_string()))?;
    Ok(out.into_inner())
}

/// Lines this far apart, whatever font a machine puts in.
pub(super) fn tight(size: f64) -> LineSpacing {
    LineSpacing::new()
        .line_rule(docx_rs::LineSpacingType::Exact)
        .line(points(size) as i32)
        .before(0)
        .after(0)
}

/// Page, fonts, head and foot.
fn frame(paper: &Paper) -> Docx {
    let fonts = RunFonts::new()
        .ascii("Arial")
        .hi_ansi("Arial")
        .east_asia(BODY);
    let margin = PageMargin {
        top: 620,
        left: SIDE as i32,
        bottom: 760,
        right: SIDE as i32,
        header: 300,
        footer: 360,
        gutter: 0,
    };
    let title = line(&paper.title, Type::strong(19.0).family(TITLE))
        .align(AlignmentType::Center)
        .line_spacing(tight(24.0));
    let subtitle = line(&paper.subtitle, Type::plain(8.0).ink(SOFT))
        .align(AlignmentType::Center)
        .line_spacing(tight(12.0).after(40));
    let date = parts::line_of(&[
        (&paper.date_line, Type::strong(8.0)),
        (
            &if paper.notice.is_empty() {
                String::new()
            } else {
                format!("　　{}", paper.notice)
            },
            Type::strong(8.0).ink(RED),
        ),
    ])
    .line_spacing(tight(13.0).after(40));
    Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(margin)
        .default_fonts(fonts)
        .default_size(16)
        .footer(Footer::new().add_paragraph(foot(paper)))
        .add_paragraph(title)
        .add_paragraph(parts::ruled(subtitle, DEEP))
        .add_paragraph(date)
}

fn foot(paper: &Paper) -> Paragraph {
    let soft = Type::plain(6.5).ink(SOFT);
    let words = format!("{} · 第 ", paper.foot());
    let line = Paragraph::new().add_run(parts::run(&words, soft));
    let line = field(line, InstrText::PAGE(InstrPAGE::new()), soft);
    let line = line.add_run(parts::run(" 页，共 ", soft));
    let line = field(line, InstrText::NUMPAGES(InstrNUMPAGES::new()), soft);
    line.add_run(parts::run(" 页", soft))
        .line_spacing(tight(9.0))
}

/// A number that the reader's program puts in: five runs, so that it looks like the words around it.
fn field(paragraph: Paragraph, what: InstrText, look: Type) -> Paragraph {
    let empty = || parts::run("", look);
    paragraph
        .add_run(empty().add_field_char(FieldCharType::Begin, false))
        .add_run(empty().add_instr_text(what))
        .add_run(empty().add_field_char(FieldCharType::Separate, false))
        .add_run(parts::run("1", look))
        .add_run(empty().add_field_char(FieldCharType::End, false))
}

/// Title and date of the file, and what each picture shows.
fn describe(parts: &mut XMLDocx, paper: &Paper) -> Result<(), DocError> {
    let date = format!("{}T00:00:00Z", paper.made);
    parts.doc_props.core = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>{}</dc:title>\
         <dc:creator>Laoyou</dc:creator><cp:lastModifiedBy>Laoyou</cp:lastModifiedBy>\
         <cp:keywords>{}</cp:keywords>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{date}</dcterms:modified></cp:coreProperties>",
        parts::escaped(&paper.title),
        paper.digest(),
    )
    .into_bytes();
    let mut document = String::from_utf8(std::mem::take(&mut parts.document))
        .map_err(|error| DocError::Setting(error.to_string()))?;
    for (at, figure) in paper.figures().iter().enumerate() {
        let number = at + 1;
        let described = format!(
            "<wp:docPr id=\"{}\" name=\"图 {number}\" descr=\"{}\"/>",
            // Another number than the place holder's, so that the next one is found.
            number + 100,
            parts::escaped(&figure.alt)
        );
        document = document.replacen(PLACE, &described, 1);
    }
    parts.document = document.into_bytes();
    Ok(())
}

/// The charts in the order they are set.
pub(super) type Charts<'a> = dyn Iterator<Item = (usize, Png)> + 'a;
