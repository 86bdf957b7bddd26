//! The only door for other capabilities and the app.

pub use crate::accounts::{
    Account, Grant, GrantKind, NewAccount, account, account_names, accounts, create_account,
    first_admin,
};
pub use crate::audit_words::{broken, reason};
pub use crate::handover::HANDOVERS;
pub use crate::layer::session_layer;
pub use crate::names::Names;
pub use crate::offices::{Office, offices};
pub use crate::outside::{Outside, OutsideAnswer, refused_outside, sign_in_outside};
pub use crate::pace::Rate;
pub use crate::part::Org;
pub use crate::password::{HashCost, PasswordHash, first_code};
pub use crate::questions::{NewQuestion, QUESTION_KINDS, Question, ask_question, questions_about};
pub use crate::regrant::{
    end_family_grants, end_grant, family_account, grant_person, grants_changed, lead, regrant,
    with_family, with_family_of,
};
pub use crate::scope::{home, resolve_scope};
pub use crate::sessions::SESSION_COOKIE;
pub use crate::settings::OrgSettings;
pub use crate::village::open_village;
