//! The roles of product.md, with their keys, names and the office whose facts they keep.

use serde::{Deserialize, Serialize};

/// What a role's first page is until its own capability has landed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// 待办工作台.
    Desk,
    /// A page with the menu and scope; the work itself comes with a later capability.
    Coming,
    /// The people this account cares for.
    OwnPeople,
    /// Administration of accounts, permissions or logs.
    Administration,
}

macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident $key:literal $zh:literal $offices:expr, $home:ident;)*) => {
        /// One role; an account has exactly one.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Role {
            $($(#[$doc])* $variant,)*
        }

        impl Role {
            /// Every role, in the order of product.md.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable key in data and URLs.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),* }
            }

            /// The name on screens.
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),* }
            }

            /// The offices whose facts this role may correct (fact dictionary, column owner).
            pub const fn offices(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $offices),* }
            }

            /// The first page.
            pub const fn home(self) -> Home {
                match self { $(Self::$variant => Home::$home),* }
            }
        }
    };
}

roles! {
    /// City or management-area leader: counts only.
    Leader "leader" "领导" &[], Coming;
    /// 市民政局.
    CityCivil "city_civil" "市民政" &["民政", "村级"], Desk;
    /// 县民政局.
    CountyCivil "county_civil" "县民政" &["民政", "村级"], Desk;
    /// 市卫健委（托育）.
    CityHealth "city_health" "市卫健（托育）" &["卫健"], Coming;
    /// 县卫健局（托育）.
    CountyHealth "county_health" "县卫健（托育）" &["卫健"], Coming;
    /// 发改: keeps the plan.
    Planner "planner" "发改" &[], Coming;
    /// 乡镇民政办.
    TownWorker "town_worker" "乡镇民政办" &["村级"], Desk;
    /// 村级、探访员.
    Visitor "visitor" "村级、探访员" &["村级"], Desk;
    /// 残联、人社、医保等数据员.
    DepartmentData "department_data" "部门数据员（残联）" &["残联"], Coming;
    /// 财政.
    Finance "finance" "财政" &[], Coming;
    /// 代发银行经办.
    Bank "bank" "代发银行经办" &[], Coming;
    /// 评估员.
    Assessor "assessor" "评估员" &[], Coming;
    /// 评估机构.
    AssessmentBody "assessment_body" "评估机构" &[], Coming;
    /// 养老院院长.
    ElderHome "elder_home" "养老院院长" &[], Coming;
    /// 托育机构负责人.
    ChildcareCentre "childcare_centre" "托育机构负责人" &[], Coming;
    /// 服务商.
    Provider "provider" "服务商" &[], Coming;
    /// 调度.
    Dispatcher "dispatcher" "服务调度" &[], Coming;
    /// 12349 坐席.
    Hotline "hotline" "12349坐席" &[], Coming;
    /// 家属.
    Family "family" "家属" &[], OwnPeople;
    /// 审计、纪检.
    InspectorDiscipline "inspector_discipline" "审计、纪检" &[], Coming;
    /// 系统管理员: accounts; no personal data.
    SystemAdmin "system_admin" "系统管理员" &[], Administration;
    /// 安全管理员: permissions; no personal data.
    SecurityAdmin "security_admin" "安全管理员" &[], Administration;
    /// 安全审计员: logs only.
    AuditAdmin "audit_admin" "安全审计员" &[], Administration;
    /// The product itself; nobody signs in with it.
    System "system" "系统" &[], Administration;
}

impl Role {
    /// The role of this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.key() == key)
    }

    /// Roles that people sign in with.
    pub fn people() -> impl Iterator<Item = Self> {
        Self::ALL
            .iter()
            .copied()
            .filter(|role| *role != Self::System)
    }
}
