//! Excel workbooks, read row by row out of their packed parts.

mod book;
mod package;
mod sheet;
mod strings;
mod styles;
mod xml;

pub(crate) use book::Book;
pub(crate) use sheet::SheetReader;
