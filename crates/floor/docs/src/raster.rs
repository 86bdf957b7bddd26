//! A chart as PNG for programs that know no SVG.

use crate::fonts::Fonts;
use crate::{DocError, Figure};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::path::PathBuf;
use std::sync::Arc;

/// Pixels of a unit: four, so that a point of type prints sharp (about 290 dpi).
const PIXELS: f32 = 4.0;

/// A drawn chart.
pub(crate) struct Png {
    pub(crate) bytes: Vec<u8>,
    pub(crate) wide: u32,
    pub(crate) tall: u32,
}

/// Draws all of them with these fonts.
pub(crate) fn draw(
    figures: &[&Figure],
    fonts: &Fonts,
    files: Vec<(PathBuf, Vec<u8>)>,
) -> Result<Vec<Png>, DocError> {
    let mut options = Options {
        font_family: fonts.text.family.clone(),
        ..Options::default()
    };
    for (_, bytes) in files {
        let source = fontdb::Source::Binary(Arc::new(bytes));
        options.fontdb_mut().load_font_source(source);
    }
    options
        .fontdb_mut()
        .set_sans_serif_family(fonts.text.family.clone());
    figures.iter().map(|figure| one(figure, &options)).collect()
}

fn one(figure: &Figure, options: &Options<'_>) -> Result<Png, DocError> {
    let tree =
        Tree::from_str(&figure.svg, options).map_err(|error| DocError::Chart(error.to_string()))?;
    let pixels = |units: u32| (units as f32 * PIXELS).ceil() as u32;
    let (wide, tall) = (pixels(figure.wide), pixels(figure.tall));
    let mut picture = Pixmap::new(wide, tall)
        .ok_or_else(|| DocError::Chart(format!("{wide} × {tall} pixels")))?;
    picture.fill(resvg::tiny_skia::Color::WHITE);
    resvg::render(
        &tree,
        Transform::from_scale(PIXELS, PIXELS),
        &mut picture.as_mut(),
    );
    let bytes = picture
        .encode_png()
        .map_err(|error| DocError::Chart(error.to_string()))?;
    Ok(Png { bytes, wide, tall })
}
