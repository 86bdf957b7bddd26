//! Layout, form kit, table kit, error pages: every page stands on these.
