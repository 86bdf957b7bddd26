//! One use case a file, its template beside it.

pub(crate) mod account_acts;
pub(crate) mod account_list;
pub(crate) mod big_text;
pub(crate) mod change_password;
pub(crate) mod coming;
pub(crate) mod demo_door;
pub(crate) mod doors;
pub(crate) mod grants;
pub(crate) mod handovers;
pub(crate) mod local;
pub(crate) mod log;
pub(crate) mod new_account;
pub(crate) mod notices;
pub(crate) mod ownerless;
pub(crate) mod questions;
pub(crate) mod security;
pub(crate) mod sign_in;
pub(crate) mod sign_in_code;
pub(crate) mod sign_in_phone;
pub(crate) mod sign_out;
pub(crate) mod village_accounts;
