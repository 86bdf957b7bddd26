//! What somebody may want to do, and the one decision about a single record: an evaluation of the [`policies`].

use crate::{Actor, Role, policies};
use kernel::AreaCode;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Open a person's page.
    ReadPerson,
    /// See identity number and phone in full, with a reason.
    Unmask,
    /// Correct a fact that `offices` own.
    CorrectFact {
        /// Owners of the fact by the dictionary.
        offices: &'static [&'static str],
    },
    /// Register a person.
    RegisterPerson,
    /// Report a death or a move.
    ReportEvent,
    /// See lists and counts by area.
    ReadCounts,
    /// See lists of people by name.
    ReadLists,
    /// Say what was done about somebody who is owed and does not receive, or receives and is not owed.
    FollowFinding,
    /// Read the service list and its rules.
    ReadPlan,
    /// Change rows of a plan's draft and acknowledge its findings.
    EditPlan,
    /// Draft the service list: the city's, or that of one's own county.
    DraftList,
    /// Load, edit or publish a list version.
    PublishPlan,
    /// Report a value of a measure for one's own area.
    ReportValue,
    /// See the task loop: items, parts, 督办单, 通报.
    ReadTask,
    /// Report progress and answer 督办单 for one's own executor.
    ReportTask,
    /// Split items, review reports, issue 督办单 and 通报.
    LeadTask,
    /// Take a list out as a workbook; the list itself needs its own action besides.
    Export,
    /// Bring lists into the register.
    Import,
    /// Send lists to departments for matching and settle what comes back (比对).
    Match,
    /// Report records to national systems and take their receipts (上报).
    ReportUp,
    /// Open, reset and stop accounts of the villages of one's own town.
    ManageVillage,
    /// Manage accounts.
    ManageAccounts,
    /// Say where an account may look, and until when.
    GrantScope,
    /// Prepare and confirm that somebody's work and places pass to a successor.
    HandOver,
    /// Make and approve lists of what is erased because its time is over; begin and end legal holds.
    Erase,
    /// Read the operation log.
    ReadAudit,
    /// See batches, sums and the book of one's own offices.
    ReadMoney,
    /// Take a step of a batch; which one a role takes is asked inside.
    HandleMoney,
    /// Grant, suspend and end what a person is paid, and register accounts and recoveries.
    GrantMoney,
    /// Register the account a person is paid into.
    KeepAccount,
    /// Apply for a programme in somebody's name.
    Apply,
    /// Look at cases.
    ReadCase,
    /// Accept, check and decide cases.
    HandleCase,
    /// See assessments of people of one's scope, or those dispatched to oneself or one's body.
    ReadAssessment,
    /// Ask for an assessment and object to a result.
    AskAssessment,
    /// Dispatch assessments, confirm results, keep bodies and assessors.
    DispatchAssessment,
    /// Assess whom one was dispatched to.
    Assess,
    /// Take vouchers at one's own institution.
    TakeVoucher,
}

impl Action {
    /// Every action once, with a sample of owners: for ledgers and tests.
    pub const ALL: &'static [Self] = &[
        Self::ReadPerson,
        Self::Unmask,
        Self::CorrectFact {
            offices: &["民政"]
        },
        Self::RegisterPerson,
        Self::ReportEvent,
        Self::ReadCounts,
        Self::ReadLists,
        Self::FollowFinding,
        Self::ReadPlan,
        Self::EditPlan,
        Self::DraftList,
        Self::PublishPlan,
        Self::ReportValue,
        Self::ReadTask,
        Self::ReportTask,
        Self::LeadTask,
        Self::Export,
        Self::Import,
        Self::Match,
        Self::ReportUp,
        Self::ManageVillage,
        Self::ManageAccounts,
        Self::GrantScope,
        Self::HandOver,
        Self::Erase,
        Self::ReadAudit,
        Self::ReadMoney,
        Self::HandleMoney,
        Self::GrantMoney,
        Self::KeepAccount,
        Self::Apply,
        Self::ReadCase,
        Self::HandleCase,
        Self::ReadAssessment,
        Self::AskAssessment,
        Self::DispatchAssessment,
        Self::Assess,
        Self::TakeVoucher,
    ];

    /// Whether `role` may do this at all, somewhere: by the policies, so of menus, routes and decisions there is one
    /// truth. Nothing is allowed while the policies do not hold.
    pub fn allowed_to(self, role: Role) -> bool {
        policies::in_force().is_ok_and(|policies| policies.does(role, self))
    }

    /// Its name in the policies.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReadPerson => "ReadPerson",
            Self::Unmask => "Unmask",
            Self::CorrectFact { .. } => "CorrectFact",
            Self::RegisterPerson => "RegisterPerson",
            Self::ReportEvent => "ReportEvent",
            Self::ReadCounts => "ReadCounts",
            Self::ReadLists => "ReadLists",
            Self::FollowFinding => "FollowFinding",
            Self::ReadPlan => "ReadPlan",
            Self::EditPlan => "EditPlan",
            Self::DraftList => "DraftList",
            Self::PublishPlan => "PublishPlan",
            Self::ReportValue => "ReportValue",
            Self::ReadTask => "ReadTask",
            Self::ReportTask => "ReportTask",
            Self::LeadTask => "LeadTask",
            Self::Export => "Export",
            Self::Import => "Import",
            Self::ManageVillage => "ManageVillage",
            Self::ManageAccounts => "ManageAccounts",
            Self::GrantScope => "GrantScope",
            Self::HandOver => "HandOver",
            Self::ReadAudit => "ReadAudit",
            Self::Match => "Match",
            Self::ReportUp => "ReportUp",
            Self::Erase => "Erase",
            Self::ReadMoney => "ReadMoney",
            Self::HandleMoney => "HandleMoney",
            Self::GrantMoney => "GrantMoney",
            Self::KeepAccount => "KeepAccount",
            Self::Assess => "Assess",
            Self::TakeVoucher => "TakeVoucher",
            Self::DispatchAssessment => "DispatchAssessment",
            Self::AskAssessment => "AskAssessment",
            Self::ReadAssessment => "ReadAssessment",
            Self::HandleCase => "HandleCase",
            Self::ReadCase => "ReadCase",
            Self::Apply => "Apply",
        }
    }
}

/// What a decision needs to know of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Person id.
    pub person: String,
    /// 户籍地.
    pub hukou: Option<AreaCode>,
    /// 常住地.
    pub residence: Option<AreaCode>,
}

/// The answer, with what to tell the person who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Go ahead.
    Allow,
    /// The role does not do this at all.
    NotYourWork,
    /// The role does this, but not for this record.
    OutOfScope,
}

/// Whether `actor` may do `action` to `subject`, by the policies. While they do not hold, nobody may do anything.
pub fn decide(actor: &Actor, action: Action, subject: &Subject) -> Decision {
    match policies::in_force() {
        Ok(policies) => policies.decide(actor, action, subject),
        Err(_fault) => Decision::NotYourWork,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scope;

    fn actor(role: Role, area: &str) -> Actor {
        Actor {
            id: "a".into(),
            name: "测".into(),
            role,
            scope: Scope::Areas(vec![area.parse().unwrap()]),
            scope_name: String::new(),
        }
    }

    fn subject(hukou: &str, residence: &str) -> Subject {
        Subject {
            person: "p".into(),
            hukou: hukou.parse().ok(),
            residence: residence.parse().ok(),
        }
    }

    /// Rows M03, M05; invariants 8 and 10: both areas admit, the role decides first.
    #[test]
    fn both_areas_admit_and_the_role_decides_first() {
        let apart = subject("421303001001", "421381001001");
        let read = |role, area| decide(&actor(role, area), Action::ReadPerson, &apart);
        assert_eq!(read(Role::TownWorker, "421303001"), Decision::Allow);
        assert_eq!(read(Role::TownWorker, "421381001"), Decision::Allow);
        assert_eq!(read(Role::TownWorker, "421303002"), Decision::OutOfScope);
        assert_eq!(read(Role::Leader, "4213"), Decision::NotYourWork);
        assert_eq!(read(Role::SystemAdmin, "4213"), Decision::NotYourWork);
        let correct = |role, offices| {
            decide(
                &actor(role, "4213"),
                Action::CorrectFact { offices },
                &apart,
            )
        };
        assert_eq!(correct(Role::TownWorker, &["残联"]), Decision::NotYourWork);
        assert_eq!(correct(Role::DepartmentData, &["残联"]), Decision::Allow);
        assert_eq!(correct(Role::TownWorker, &["村级"]), Decision::Allow);
    }

    /// Row M03: the three administrators see no personal data.
    #[test]
    fn administrators_see_no_personal_data() {
        for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin] {
            for action in [
                Action::ReadPerson,
                Action::Unmask,
                Action::ReadLists,
                Action::ReadCounts,
            ] {
                assert!(!action.allowed_to(role), "{role:?} {action:?}");
            }
        }
    }
}
