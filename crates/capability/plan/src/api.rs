//! The only door for other capabilities, commands and the app.

pub use crate::ack::{acknowledge_finding, lay as lay_acknowledgements, withdraw_acknowledgement};
pub use crate::book::{PlanBook, Published, Shelved};
pub use crate::changed::{Changed, changed};
pub use crate::check::{Check, check};
pub use crate::county::{CountyVersion, answering_list, county_report, territory};
pub use crate::county_stand::{CountyListStand, CountyStand, county_stands, stands};
pub use crate::drafting::{Drafting, drafting, may_draft};
pub use crate::edits::{EditError, ask, discard, edit, edit_files, history, take_back, working};
pub use crate::load::{LoadError, load};
pub use crate::overlay::{overlay_of, set_overlay};
pub use crate::pages::trial::refuse_untried;
pub use crate::pages::value_typed::{how_to_type, value_typed};
pub use crate::params::{ParamRow, ParamValueRow, area_name, param_rows, value_zh};
pub use crate::publish::{PublishError, publish};
pub use crate::show::show_json;
pub use crate::trial::{TrialHook, Trials, Tried, publish_untried, replaced, trial_day, tried};
pub use crate::version::{
    Asked, Publication, Status, Version, VersionId, export, version, versions,
};
