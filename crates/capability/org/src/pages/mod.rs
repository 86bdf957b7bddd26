//! One use case a file, its template beside it.

pub(crate) mod account_acts;
pub(crate) mod account_list;
pub(crate) mod big_text;
pub(crate) mod change_password;
pub(crate) mod coming;
pub(crate) mod demo_door;
pub(crate) mod doors;
pub(crate) mod local;
pub(crate) mod log;
pub(crate) mod new_account;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
