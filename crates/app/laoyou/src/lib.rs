//! Composition: all capabilities added up, the web server, the worker, the demo, the commands.

pub mod audit_commands;
pub mod compose;
pub mod config;
pub mod demo_city;
pub mod demo_roles;
pub mod doctor;
pub mod entitle_diff;
pub mod entitle_run;
pub mod fault;
pub mod files;
pub mod imports;
pub mod keep;
pub mod layers;
pub mod logs;
pub mod metrics;
pub mod out;
pub mod payments;
pub mod periods;
pub mod plan_commands;
pub mod plan_figures;
pub mod privacy_commands;
pub mod procedures;
pub mod serve;
pub mod snapshot;
pub mod work;
