//! The pages of 规划任务.

pub(crate) mod capacity;
pub(crate) mod changes;
pub(crate) mod charts;
pub(crate) mod compare;
pub(crate) mod documents;
pub(crate) mod edit;
pub(crate) mod finding;
pub(crate) mod findings;
pub(crate) mod home;
pub(crate) mod indicators;
pub(crate) mod reading;
pub(crate) mod row;
pub(crate) mod standards;
pub(crate) mod tasks;
pub(crate) mod workbook;
