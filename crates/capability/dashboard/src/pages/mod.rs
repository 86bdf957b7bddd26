//! The pages: 驾驶舱, one figure, 填报.

pub(crate) mod bits;
pub(crate) mod dashboard;
mod dashboard_compare;
mod dashboard_tiles;
pub(crate) mod dashboard_view;
pub(crate) mod drill;
pub(crate) mod figure;
pub(crate) mod map;
pub(crate) mod money;
pub(crate) mod paper;
mod paper_charts;
mod paper_content;
mod paper_money;
pub(crate) mod report;
mod report_check;
pub(crate) mod reports;
pub(crate) mod tasks;
