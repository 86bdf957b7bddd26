//! The pages of 规划任务.

pub(crate) mod capacity;
pub(crate) mod changes;
pub(crate) mod charts;
pub(crate) mod charts_path;
pub(crate) mod compare;
pub(crate) mod directory;
pub(crate) mod documents;
pub(crate) mod edit;
pub(crate) mod finding;
pub(crate) mod findings;
pub(crate) mod home;
pub(crate) mod indicators;
pub(crate) mod names;
pub(crate) mod print;
pub(crate) mod reading;
pub(crate) mod row;
pub(crate) mod row_chart;
pub(crate) mod row_figures;
pub(crate) mod row_related;
pub(crate) mod rows_filter;
pub(crate) mod rows_view;
pub(crate) mod standards;
pub(crate) mod tasks;
pub(crate) mod workbook;
