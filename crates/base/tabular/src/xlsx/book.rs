//! The workbook: its sheets, its calendar, its styles.

use super::package::{Package, Part, broken};
use super::sheet::{Cells, Known};
use super::strings::Strings;
use super::styles::Styles;
use super::xml::{Xml, attribute, name};
use crate::detect::head::Sample;
use crate::rows::{Got, Record};
use crate::{Cell, ReadError, Source, Wrong};
use quick_xml::events::Event;
use std::collections::BTreeMap;

/// Sheets a workbook may have.
const MOST_SHEETS: usize = 500;

/// A sheet of the workbook.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    pub(crate) part: Option<Part>,
}

/// A workbook.
pub(crate) struct Book {
    pub(super) package: Package,
    entries: Vec<Entry>,
    pub(super) since_1904: bool,
    pub(super) styles: Styles,
    pub(super) strings: Option<Strings>,
}

impl Book {
    pub(crate) fn open(source: Box<dyn Source>) -> Result<Self, ReadError> {
        let mut package = Package::open(source)?;
        let Some(workbook) = package.part("xl/workbook.xml") else {
            return Err(no_workbook(&package).into());
        };
        let targets = targets(&mut package)?;
        let (mut entries, mut since_1904) = (Vec::new(), false);
        let mut xml = Xml::new(package.read(workbook)?);
        let mut found = Vec::new();
        loop {
            match xml.next()? {
                Event::Start(element) | Event::Empty(element) => match name(&element) {
                    "workbookPr" => {
                        let value = attribute(&element, "date1904");
                        since_1904 = matches!(value.as_deref(), Some("1" | "true" | "on"));
                    }
                    "sheet" if found.len() < MOST_SHEETS => {
                        let hidden = attribute(&element, "state");
                        found.push((
                            attribute(&element, "name").unwrap_or_default(),
                            hidden.is_some_and(|state| state != "visible"),
                            attribute(&element, "id").unwrap_or_default(),
                        ));
                    }
                    _ => {}
                },
                Event::Eof => break,
                _ => {}
            }
        }
        drop(xml);
        for (name, hidden, id) in found {
            // Chart sheets and the like have no cells.
            let part = targets
                .get(&id)
                .filter(|target| target.contains("worksheets/"));
            entries.push(Entry {
                name,
                hidden,
                part: part.and_then(|target| package.part(target)),
            });
        }
        if entries.iter().all(|entry| entry.part.is_none()) {
            return Err(broken("没有工作表").into());
        }
        let styles = match package.part("xl/styles.xml") {
            Some(part) => Styles::read(Xml::new(package.read(part)?))?,
            None => Styles::default(),
        };
        Ok(Self {
            package,
            entries,
            since_1904,
            styles,
            strings: None,
        })
    }

    pub(crate) fn sheets(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn load_strings(&mut self) -> Result<(), ReadError> {
        if self.strings.is_none() {
            self.strings = Some(match self.package.part("xl/sharedStrings.xml") {
                Some(part) => Strings::read(Xml::new(self.package.read(part)?), part.size)?,
                None => Strings::default(),
            });
        }
        Ok(())
    }

    /// The first rows of a sheet, and how many it has, about.
    pub(crate) fn samples(
        &mut self,
        sheet: usize,
        most: usize,
    ) -> Result<(Vec<Sample>, u64), ReadError> {
        self.load_strings()?;
        let Some(part) = self.entries.get(sheet).and_then(|entry| entry.part) else {
            return Ok((Vec::new(), 0));
        };
        let (Some(strings), styles) = (&self.strings, &self.styles) else {
            return Ok((Vec::new(), 0));
        };
        let known = Known {
            strings,
            styles,
            since_1904: self.since_1904,
        };
        let mut cells = Cells::new(Xml::new(self.package.read(part)?));
        let mut record = Record::default();
        let mut out = Vec::new();
        while out.len() < most {
            match cells.read(&known, &mut record)? {
                Got::End => break,
                Got::Refused(_) => {}
                Got::Row(line) => {
                    let cell = |slot: &crate::rows::Slot| slot.cell(&record.text, &strings.all);
                    let shown = |slot| crate::value::clean(&cell(slot).shown()).into_owned();
                    let is_text = |slot| matches!(cell(slot), Cell::Text(_) | Cell::Empty);
                    out.push(Sample {
                        line,
                        cells: record.slots.iter().map(shown).collect(),
                        is_text: record.slots.iter().map(is_text).collect(),
                    });
                }
            }
        }
        let rows = if out.len() < most {
            cells.row()
        } else {
            cells.dimension.max(cells.row())
        };
        Ok((out, rows))
    }
}

/// Where the parts stand that the workbook names.
fn targets(package: &mut Package) -> Result<BTreeMap<String, String>, ReadError> {
    let mut out = BTreeMap::new();
    let Some(part) = package.part("xl/_rels/workbook.xml.rels") else {
        return Ok(out);
    };
    let mut xml = Xml::new(package.read(part)?);
    loop {
        match xml.next()? {
            Event::Start(element) | Event::Empty(element) if name(&element) == "Relationship" => {
                let pair = (attribute(&element, "Id"), attribute(&element, "Target"));
                if let ((Some(id), Some(target)), true) = (pair, out.len() < 10_000) {
                    let target = match target.strip_prefix('/') {
                        Some(whole) => whole.to_owned(),
                        None => format!("xl/{}", target.trim_start_matches("./")),
                    };
                    out.insert(id, target);
                }
            }
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

fn no_workbook(package: &Package) -> Wrong {
    if package.part("mimetype").is_some() {
        return Wrong::new(
            "file.unknown",
            "这是 ODS 或其他格式的表格，不能直接读",
            "请用 Excel 或 WPS 打开，另存为 xlsx 或 csv 再上传",
        );
    }
    Wrong::new(
        "file.unknown",
        "这是压缩包或其他文件，不是 Excel 表格",
        "请解压后上传里面的 xlsx 或 csv 文件",
    )
}
