//! Files for the paying bank and its answers: layouts are data, a value that does not fit is refused by name, and an
//! answer that does not agree with what was sent is refused as a whole, with every row that is wrong.

mod back;
mod layout;
mod sheet;
mod write;

pub use back::{Answer, AnswerRow, Matched, SentRow, Trouble, match_answer, read_answer};
pub use layout::{Charset, Code, Field, FieldSpec, Form, Layout, Outcome};
pub use write::{Head, Line, Maker, TooLong, made_answer};
