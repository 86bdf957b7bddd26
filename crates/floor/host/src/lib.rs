//! What a capability plugs into: routes with their roles, menus, migrations, jobs, hooks.
