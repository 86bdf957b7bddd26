//! The parts of a workbook's package, unpacked as they are read and never beyond what is sane.

use crate::{ReadError, Source, Wrong};
use flate2::bufread::DeflateDecoder;
use std::collections::BTreeMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use zip::{CompressionMethod, ZipArchive};

/// Bytes a part may unpack to.
const MOST: u64 = 6 * 1024 * 1024 * 1024;
/// How many times its packed size a part may be, once it is larger than [`FREE`].
const RATIO: u64 = 300;
/// Bytes that are never too many.
const FREE: u64 = 64 * 1024 * 1024;
/// Parts a workbook may have.
const PARTS: usize = 20_000;

/// Where a part stands in the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    start: u64,
    packed: u64,
    pub(crate) size: u64,
    deflated: bool,
}

impl Part {
    /// Bytes in the file.
    pub(crate) fn packed(self) -> u64 {
        self.packed
    }
}

/// The package.
pub(crate) struct Package {
    source: Box<dyn Source>,
    parts: BTreeMap<String, Part>,
}

impl Package {
    pub(crate) fn open(mut source: Box<dyn Source>) -> Result<Self, ReadError> {
        source.seek(SeekFrom::Start(0))?;
        let mut archive = ZipArchive::new(source).map_err(|error| of_zip(&error))?;
        if archive.len() > PARTS {
            return Err(bomb().into());
        }
        let mut parts = BTreeMap::new();
        let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
        for name in names {
            let plain = plain(&name);
            if plain == "mimetype" {
                parts.insert(
                    plain,
                    Part {
                        start: 0,
                        packed: 0,
                        size: 0,
                        deflated: false,
                    },
                );
                continue;
            }
            let wanted = plain == "[content_types].xml"
                || (plain.starts_with("xl/")
                    && ["xml", "rels"].contains(&plain.rsplit('.').next().unwrap_or(""))
                    && !plain.contains("/drawings/")
                    && !plain.contains("/charts/"));
            let Some(index) = archive.index_for_name(&name).filter(|_| wanted) else {
                continue;
            };
            let file = archive
                .by_index_raw(index)
                .map_err(|error| of_zip(&error))?;
            if file.encrypted() {
                return Err(crate::detect::encrypted().into());
            }
            let deflated = match file.compression() {
                CompressionMethod::Stored => false,
                CompressionMethod::Deflated => true,
                _ => return Err(broken("压缩方式不认识").into()),
            };
            let Some(start) = file.data_start() else {
                return Err(broken("压缩目录不完整").into());
            };
            let part = Part {
                start,
                packed: file.compressed_size(),
                size: file.size(),
                deflated,
            };
            if part.size > MOST || (part.size > FREE && part.size / RATIO > part.packed) {
                return Err(bomb().into());
            }
            parts.insert(plain, part);
        }
        Ok(Self {
            source: archive.into_inner(),
            parts,
        })
    }

    pub(crate) fn part(&self, name: &str) -> Option<Part> {
        self.parts.get(&plain(name)).copied()
    }

    /// Reads a part, the package stays.
    pub(crate) fn read(&mut self, part: Part) -> Result<Unpacked<&mut Box<dyn Source>>, ReadError> {
        self.source.seek(SeekFrom::Start(part.start))?;
        Ok(Unpacked::new(&mut self.source, part))
    }

    /// Reads a part to its end.
    pub(crate) fn into_read(mut self, part: Part) -> Result<Unpacked<Box<dyn Source>>, ReadError> {
        self.source.seek(SeekFrom::Start(part.start))?;
        Ok(Unpacked::new(self.source, part))
    }
}

/// Names are compared without regard to case and to the slash used.
fn plain(name: &str) -> String {
    name.replace('\\', "/")
        .trim_start_matches('/')
        .to_lowercase()
}

enum Body<R: Read> {
    Stored(Take<R>),
    Deflated(Box<DeflateDecoder<BufReader<Take<R>>>>),
}

/// A part as it is unpacked.
pub(crate) struct Unpacked<R: Read> {
    body: Body<R>,
    packed: u64,
    out: u64,
}

impl<R: Read> Unpacked<R> {
    fn new(source: R, part: Part) -> Self {
        let raw = source.take(part.packed);
        let body = if part.deflated {
            let buffered = BufReader::with_capacity(64 * 1024, raw);
            Body::Deflated(Box::new(DeflateDecoder::new(buffered)))
        } else {
            Body::Stored(raw)
        };
        Self {
            body,
            packed: part.packed,
            out: 0,
        }
    }

    /// Bytes of the file that are used up.
    pub(crate) fn used(&self) -> u64 {
        match &self.body {
            Body::Stored(_) => self.out,
            Body::Deflated(decoder) => decoder.total_in(),
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.body {
            Body::Stored(raw) => raw.read(into)?,
            Body::Deflated(decoder) => decoder.read(into)?,
        };
        self.out += read as u64;
        let too_large = self.out > FREE && self.out / RATIO > self.packed;
        if self.out > MOST || too_large {
            return Err(io::Error::other(Refusal(bomb())));
        }
        Ok(read)
    }
}

/// A refusal on its way through a reader.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refusal(pub(crate) Wrong);

/// A disk error stays one, a refusal comes out again, all else is a broken file.
pub(crate) fn of_io(error: &io::Error) -> ReadError {
    if let Some(refusal) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Refusal>())
    {
        return ReadError::Refused(refusal.0.clone());
    }
    match error.kind() {
        io::ErrorKind::InvalidData
        | io::ErrorKind::InvalidInput
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => broken("内容读不下去").into(),
        kind => ReadError::Io(io::Error::new(kind, error.to_string())),
    }
}

fn of_zip(error: &zip::result::ZipError) -> ReadError {
    match error {
        zip::result::ZipError::Io(error) => of_io(error),
        _ => broken("压缩目录不完整").into(),
    }
}

/// A workbook that is broken.
pub(crate) fn broken(how: &str) -> Wrong {
    Wrong::new(
        "file.broken",
        format!("Excel 文件损坏或没有传完整（{how}）"),
        "请用 Excel 或 WPS 打开，另存为新的 xlsx 再上传",
    )
}

fn bomb() -> Wrong {
    Wrong::new(
        "file.bomb",
        "这个文件解开后大得不正常，没有读",
        "请用 Excel 或 WPS 打开，只留要导入的工作表，另存后再上传",
    )
}
