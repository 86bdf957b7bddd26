//! One page for a meeting: a [`Paper`] is content, [`to_pdf`] and [`to_docx`] set it.
//!
//! Row A03 and product.md 43. Pure but for reading font files ([`Fonts`]): the same paper gives the same bytes
//! (invariant 12); dates come from the paper, never from a clock. PDF is set by typst behind the feature
//! `pdf`; DOCX by docx-rs with charts as pictures, because Word and WPS agree on PNG only.

pub mod chart;
mod docx;
mod error;
mod fonts;
mod paper;
#[cfg(feature = "pdf")]
mod pdf;
mod raster;
#[cfg(feature = "testing")]
pub mod testing;

pub use docx::to_docx;
pub use error::DocError;
pub use fonts::{FontFolder, Fonts};
pub use paper::{Align, Block, Cell, Column, Figure, Light, Paper, Table, Tile};

/// Whether this build sets PDF.
pub const PDF: bool = cfg!(feature = "pdf");

/// Sets the paper as PDF; smaller type until it fits one A4 page.
#[cfg(feature = "pdf")]
pub fn to_pdf(paper: &Paper, fonts: &Fonts) -> Result<Vec<u8>, DocError> {
    pdf::to_pdf(paper, fonts)
}

/// Sets the paper as PDF: this build cannot.
#[cfg(not(feature = "pdf"))]
pub fn to_pdf(_paper: &Paper, _fonts: &Fonts) -> Result<Vec<u8>, DocError> {
    Err(DocError::WithoutPdf)
}
