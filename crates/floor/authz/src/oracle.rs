//! The naive oracle of tests: the same rules once more, as plain Rust, written before there were policies. Nothing but
//! tests may ask it.

use crate::{Action, Actor, Decision, Role, Subject};

/// Whether `role` may do this at all, somewhere.
pub fn allowed(action: Action, role: Role) -> bool {
    use Role::{
        AssessmentBody, Assessor, AuditAdmin, Bank, CityCivil, CityHealth, CountyCivil,
        CountyHealth, DepartmentData, ElderHome, Family, Finance, InspectorDiscipline, Leader,
        Planner, Provider, SecurityAdmin, System, SystemAdmin, TownWorker, Visitor,
    };
    if role == System {
        return true;
    }
    match action {
        Action::ReadPerson => {
            matches!(
                role,
                CityCivil
                    | CountyCivil
                    | TownWorker
                    | Visitor
                    | DepartmentData
                    | Family
                    | InspectorDiscipline
            )
        }
        Action::Unmask => matches!(role, CityCivil | CountyCivil | TownWorker),
        Action::CorrectFact { offices } => {
            allowed(Action::ReadPerson, role)
                && offices.iter().any(|office| role.offices().contains(office))
        }
        Action::RegisterPerson => matches!(role, CountyCivil | TownWorker),
        Action::ReportEvent => matches!(role, CountyCivil | TownWorker | Visitor),
        Action::ReadCounts => {
            matches!(
                role,
                Leader
                    | CityCivil
                    | CountyCivil
                    | CityHealth
                    | CountyHealth
                    | Planner
                    | TownWorker
                    | Visitor
                    | InspectorDiscipline
            )
        }
        Action::ReadLists => matches!(
            role,
            CityCivil | CountyCivil | TownWorker | Visitor | InspectorDiscipline
        ),
        Action::FollowFinding => matches!(role, CountyCivil | TownWorker | Visitor),
        Action::ReadPlan => !matches!(role, SystemAdmin | SecurityAdmin | AuditAdmin),
        Action::EditPlan => matches!(role, Planner | CityCivil | CityHealth),
        Action::DraftList => matches!(role, Planner | CityCivil | CityHealth | CountyCivil),
        Action::PublishPlan => matches!(role, CityCivil),
        Action::ReportValue => matches!(
            role,
            CityCivil | CountyCivil | CityHealth | CountyHealth | DepartmentData
        ),
        Action::ReadTask => matches!(
            role,
            Leader | CityCivil | CountyCivil | CityHealth | CountyHealth | Planner
        ),
        Action::ReportTask => matches!(
            role,
            CityCivil | CountyCivil | CityHealth | CountyHealth | Planner
        ),
        Action::LeadTask => matches!(role, CityCivil | CityHealth | Planner),
        Action::Export => matches!(
            role,
            CityCivil | CountyCivil | TownWorker | CityHealth | CountyHealth
        ),
        Action::Import => matches!(
            role,
            CityCivil | CountyCivil | TownWorker | CityHealth | CountyHealth | DepartmentData
        ),
        // Which purposes and systems is decided by the office of the role.
        Action::Match | Action::ReportUp => matches!(
            role,
            CityCivil | CountyCivil | CityHealth | CountyHealth | DepartmentData
        ),
        Action::ManageVillage => matches!(role, TownWorker),
        Action::Erase => matches!(role, SecurityAdmin | CityCivil),
        Action::HandOver => matches!(role, SystemAdmin | SecurityAdmin),
        Action::GrantScope => matches!(role, SecurityAdmin),
        Action::ManageAccounts => matches!(role, SystemAdmin),
        Action::ReadAudit => matches!(role, AuditAdmin),
        Action::ReadMoney => matches!(
            role,
            Leader | CityCivil | CountyCivil | Finance | Bank | InspectorDiscipline
        ),
        Action::HandleMoney => matches!(role, Leader | CountyCivil | Finance | Bank),
        Action::GrantMoney => matches!(role, CountyCivil),
        Action::DispatchAssessment => matches!(role, CountyCivil | CountyHealth),
        Action::Apply => matches!(role, CountyCivil | TownWorker | Visitor | Family),
        Action::ReadCase => matches!(
            role,
            CityCivil
                | CountyCivil
                | TownWorker
                | Visitor
                | DepartmentData
                | Family
                | InspectorDiscipline
        ),
        Action::HandleCase => matches!(role, CountyCivil | TownWorker | DepartmentData),
        Action::ReadAssessment => matches!(
            role,
            CityCivil
                | CountyCivil
                | CityHealth
                | CountyHealth
                | TownWorker
                | Visitor
                | Family
                | Assessor
                | AssessmentBody
                | InspectorDiscipline
        ),
        Action::AskAssessment => {
            matches!(
                role,
                CountyCivil | CountyHealth | TownWorker | Visitor | Family
            )
        }
        Action::Assess => matches!(role, Assessor),
        Action::TakeVoucher => matches!(role, ElderHome | Provider),
        Action::KeepAccount => matches!(role, CountyCivil | TownWorker),
    }
}

/// Whether `actor` may do `action` to `subject`.
pub fn decide(actor: &Actor, action: Action, subject: &Subject) -> Decision {
    if !allowed(action, actor.role) {
        return Decision::NotYourWork;
    }
    if actor.scope.admits(subject) {
        Decision::Allow
    } else {
        Decision::OutOfScope
    }
}
