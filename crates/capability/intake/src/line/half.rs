//! A row while its cells are read. Pure.

use kernel::{AreaCode, Day, IdNumber};
use people::api::Beside;
use rules::facts::{FactId, Value};
use tabular::Wrong;

/// A row while its cells are read.
#[derive(Default)]
pub(super) struct Half {
    pub(super) number: Option<IdNumber>,
    pub(super) provisional: Option<String>,
    pub(super) name: Option<String>,
    pub(super) since: Option<Day>,
    pub(super) happened: Option<Day>,
    pub(super) values: Vec<(FactId, Value)>,
    pub(super) beside: Beside,
    pub(super) programme: Option<String>,
    pub(super) from: Option<Day>,
    pub(super) until: Option<Day>,
    pub(super) fen: Option<i64>,
    pub(super) formerly: Vec<(String, AreaCode)>,
    pub(super) wrongs: Vec<Wrong>,
}
