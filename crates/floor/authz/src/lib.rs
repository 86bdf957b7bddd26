//! Roles, area scope, and the one decision about a single record.
