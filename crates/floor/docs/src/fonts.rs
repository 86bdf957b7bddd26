//! Fonts with Chinese characters: found in known folders, read when a paper is set and forgotten afterwards.

use crate::DocError;
use fontdb::{Database, Query, Source, Stretch, Style, Weight};
use std::path::{Path, PathBuf};

/// Where systems keep fonts.
const FOLDERS: [&str; 6] = [
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/Library/Fonts",
    "/System/Library/Fonts",
    "C:/Windows/Fonts",
    "/app/fonts",
];

/// Families for text, best first.
const SANS: [&str; 9] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
];

/// Families for the title, best first; an office may own 小标宋, nobody may ship it.
const TITLE: [&str; 7] = [
    "FZXiaoBiaoSong-B05S",
    "FZXiaoBiaoSong-B05",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "SimSun",
];

/// Where an office keeps fonts of its own; the app hands it over as a part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FontFolder(pub Option<PathBuf>);

/// A face of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    pub(crate) family: String,
    pub(crate) file: PathBuf,
    pub(crate) index: u32,
}

/// Where the fonts of this machine are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fonts {
    pub(crate) text: Face,
    pub(crate) bold: Face,
    pub(crate) title: Face,
}

impl Fonts {
    /// Looks into `folder` first (an office's own), then where systems keep fonts.
    pub fn find(folder: Option<&Path>) -> Result<Self, DocError> {
        let folders: Vec<&Path> = folder
            .into_iter()
            .chain(FOLDERS.iter().map(Path::new))
            .collect();
        Self::find_in(&folders)
    }

    /// Looks into these folders only.
    pub fn find_in(folders: &[&Path]) -> Result<Self, DocError> {
        let mut known = Database::new();
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            known.load_fonts_dir(folder);
        }
        let face = |families: &[&str], weight| families.iter().find_map(|f| of(&known, f, weight));
        let text = face(&SANS, Weight::NORMAL).ok_or_else(|| {
            let looked: Vec<String> = folders.iter().map(|f| f.display().to_string()).collect();
            DocError::NoFont(looked.join("、"))
        })?;
        let bold = of(&known, &text.family, Weight::BOLD).unwrap_or_else(|| text.clone());
        let title = face(&TITLE, Weight::BOLD).unwrap_or_else(|| bold.clone());
        Ok(Self { text, bold, title })
    }

    /// The files, each once, with its content.
    pub(crate) fn read(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, DocError> {
        let mut files: Vec<&PathBuf> = [&self.text, &self.bold, &self.title]
            .into_iter()
            .map(|face| &face.file)
            .collect();
        files.sort();
        files.dedup();
        files.into_iter().map(|file| read(file)).collect()
    }
}

fn read(file: &Path) -> Result<(PathBuf, Vec<u8>), DocError> {
    let bytes = std::fs::read(file).map_err(|error| DocError::BadFont {
        file: file.to_owned(),
        why: error.to_string(),
    })?;
    Ok((file.to_owned(), bytes))
}

fn of(known: &Database, family: &str, weight: Weight) -> Option<Face> {
    let id = known.query(&Query {
        families: &[fontdb::Family::Name(family)],
        weight,
        stretch: Stretch::Normal,
        style: Style::Normal,
    })?;
    let info = known.face(id)?;
    let (Source::File(file) | Source::SharedFile(file, _)) = &info.source else {
        return None;
    };
    Some(Face {
        family: family.to_owned(),
        file: file.clone(),
        index: info.index,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine without Chinese fonts says which package to install and where it looked.
    #[test]
    fn without_a_font_the_error_says_what_to_install() {
        let error = Fonts::find_in(&[Path::new("/nowhere/fonts")]).unwrap_err();
        let words = error.to_string();
        assert!(
            words.contains("fonts-noto-cjk") && words.contains("/nowhere/fonts"),
            "{words}"
        );
    }
}
