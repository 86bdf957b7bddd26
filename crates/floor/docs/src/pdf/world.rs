//! What typst sees of the world: the template, the paper as JSON, its charts and three fonts. No clock, no
//! network, no other file.

use crate::fonts::{Face, Fonts};
use crate::{DocError, Paper};
use serde_json::json;
use std::path::Path;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt};

const TEMPLATE: &str = include_str!("paper.typ");

pub(super) struct World {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: Source,
    /// The paper and what goes with it.
    paper: serde_json::Value,
    paper_file: (FileId, Bytes),
    charts: Vec<(FileId, Bytes)>,
}

impl World {
    pub(super) fn new(paper: &Paper, fonts: &Fonts) -> Result<Self, DocError> {
        let read = fonts.read()?;
        let mut loaded = Vec::new();
        for (file, bytes) in read {
            let bytes = Bytes::new(bytes);
            let mut of_file: Vec<&Face> = [&fonts.text, &fonts.bold, &fonts.title]
                .into_iter()
                .filter(|face| face.file == file)
                .collect();
            of_file.dedup();
            for face in of_file {
                loaded.push(font(face, bytes.clone())?);
            }
        }
        let charts = paper
            .figures()
            .into_iter()
            .enumerate()
            .map(|(at, figure)| {
                let bytes = Bytes::from_string(figure.svg.clone());
                Ok((file(&format!("/chart-{at}.svg"))?, bytes))
            })
            .collect::<Result<Vec<_>, DocError>>()?;
        let content = json!({
            "paper": paper,
            "foot": paper.foot(),
            "text": fonts.text.family,
            "title": fonts.title.family,
        });
        let mut world = Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&loaded)),
            fonts: loaded,
            main: Source::new(file("/paper.typ")?, TEMPLATE.to_owned()),
            paper: content,
            paper_file: (file("/paper.json")?, Bytes::from_string("")),
            charts,
        };
        world.size(100, 100);
        Ok(world)
    }

    /// Sets everything at this size of type with this room, in percent.
    pub(super) fn size(&mut self, size: u32, air: u32) {
        if let Some(content) = self.paper.as_object_mut() {
            content.insert("size".to_owned(), size.into());
            content.insert("air".to_owned(), air.into());
        }
        self.paper_file.1 = Bytes::from_string(self.paper.to_string());
    }
}

fn file(path: &str) -> Result<FileId, DocError> {
    let path = VirtualPath::new(path).map_err(|error| DocError::Setting(format!("{error:?}")))?;
    Ok(FileId::new(RootedPath::new(VirtualRoot::Project, path)))
}

fn font(face: &Face, bytes: Bytes) -> Result<Font, DocError> {
    Font::new(bytes, face.index).ok_or_else(|| bad(&face.file))
}

fn bad(file: &Path) -> DocError {
    DocError::BadFont {
        file: file.to_owned(),
        why: "typst does not know its format".to_owned(),
    }
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() {
            return Ok(self.main.clone());
        }
        Err(FileError::NotSource)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        std::iter::once(&self.paper_file)
            .chain(&self.charts)
            .find(|(known, _)| *known == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
