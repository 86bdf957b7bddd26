//! The only door for other capabilities, commands and the app.

pub use crate::ack::{acknowledge_finding, lay as lay_acknowledgements, withdraw_acknowledgement};
pub use crate::book::{PlanBook, Published, Shelved};
pub use crate::check::{Check, check};
pub use crate::edits::{EditError, discard, edit, history, working};
pub use crate::load::{LoadError, load};
pub use crate::overlay::{overlay_of, set_overlay};
pub use crate::pages::trial::refuse_untried;
pub use crate::params::{ParamRow, ParamValueRow, param_rows};
pub use crate::publish::{PublishError, publish};
pub use crate::show::show_json;
pub use crate::trial::{TrialHook, Trials, Tried, publish_untried, replaced, trial_day, tried};
pub use crate::version::{Publication, Status, Version, VersionId, export, version, versions};
