//! The demo's doors: role buttons on the sign-in page, grouped as offices are.

use crate::accounts::{Account, accounts};
use area::api::AreaBook;
use authz::{Home, Role};
use host::Ctx;
use store::StoreResult;

/// Doors a role shows; a demo may have an account for every village.
const MOST_PER_ROLE: usize = 4;

pub(crate) struct Door {
    pub(crate) id: String,
    pub(crate) role: &'static str,
    pub(crate) scope: String,
    pub(crate) name: String,
}

pub(crate) struct DoorGroup {
    pub(crate) title: &'static str,
    pub(crate) doors: Vec<Door>,
}

/// Groups whose work is there, and the one group of roles whose work is still to come.
#[derive(Default)]
pub(crate) struct Doors {
    pub(crate) ready: Vec<DoorGroup>,
    pub(crate) coming: Vec<Door>,
}

const READY: &[(&str, &[Role])] = &[
    ("市、县民政", &[Role::CityCivil, Role::CountyCivil]),
    (
        "乡镇、村级和家属",
        &[Role::TownWorker, Role::Visitor, Role::Family],
    ),
    (
        "系统管理（不接触个人信息）",
        &[Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin],
    ),
];

/// The doors of a demo; none elsewhere.
pub(crate) async fn doors(ctx: &Ctx) -> StoreResult<Doors> {
    if ctx.app.demo.is_none() {
        return Ok(Doors::default());
    }
    let book = ctx.app.part::<AreaBook>()?;
    let all: Vec<Account> = accounts(&ctx.app.store)
        .await?
        .into_iter()
        .filter(|a| !a.disabled)
        .collect();
    let of = |role: Role| {
        let door = |account: &Account| Door {
            id: account.id.clone(),
            role: account.role.zh(),
            scope: account.scope(&book, ctx.today()).1,
            name: account.name.clone(),
        };
        all.iter()
            .filter(move |account| account.role == role)
            .take(MOST_PER_ROLE)
            .map(door)
            .collect::<Vec<_>>()
    };
    let group = |(title, roles): &(&'static str, &[Role])| DoorGroup {
        title,
        doors: roles.iter().flat_map(|role| of(*role)).collect(),
    };
    Ok(Doors {
        ready: READY
            .iter()
            .map(group)
            .filter(|group| !group.doors.is_empty())
            .collect(),
        coming: Role::people()
            .filter(|role| role.home() == Home::Coming)
            .flat_map(of)
            .collect(),
    })
}
