//! Who may do what, and where: roles, area scope, and the one decision about a single record.
//!
//! Two layers say the same thing (invariant 10): lists take a [`Scope`] into their query, single
//! records ask [`decide`], an evaluation of the Cedar [`policies`]. A property test in `people` proves that both agree, one
//! here that the policies say what the plain rules of the `oracle` say. Pure: no database.

pub mod action;
#[cfg(any(test, feature = "oracle"))]
pub mod oracle;
pub mod policies;
pub mod role;
pub mod scope;

pub use action::{Action, Decision, Subject, decide};
pub use role::{Home, Role};
pub use scope::Scope;

use serde::{Deserialize, Serialize};

/// Who is asking: an account with one role and the scope that its grants came to at sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account id, or a name such as `system:nightly` for the product's own work.
    pub id: String,
    /// Shown on pages and in history: 「张敏（万店镇民政办）」.
    pub name: String,
    /// The role they signed in with.
    pub role: Role,
    /// Where they may look.
    pub scope: Scope,
    /// The name of that scope on pages: 「曾都区万店镇」.
    pub scope_name: String,
}

impl Actor {
    /// The product itself, for jobs and commands: sees everything, its acts are logged under `name`.
    pub fn system(name: &str) -> Self {
        Self {
            id: format!("system:{name}"),
            name: "系统".to_owned(),
            role: Role::System,
            scope: Scope::Everywhere,
            scope_name: "全部".to_owned(),
        }
    }
}
