//! Plan folders as drafts and published versions.
