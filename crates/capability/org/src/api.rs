//! The only door for other capabilities and the app.

pub use crate::accounts::{
    Account, Grant, GrantKind, NewAccount, account_names, accounts, create_account, first_admin,
};
pub use crate::layer::session_layer;
pub use crate::names::Names;
pub use crate::part::Org;
pub use crate::password::{HashCost, PasswordHash, first_code};
pub use crate::scope::{home, resolve_scope};
pub use crate::sessions::SESSION_COOKIE;
pub use crate::settings::OrgSettings;
