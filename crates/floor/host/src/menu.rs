//! The left menu: the main menu of product.md, each role seeing its part.
//!
//! Capabilities bring their own entries; what is still to come stands here without an address, so
//! that every role already sees the shape of its work.

use authz::{Action, Role};
use ui::{MenuGroup, MenuItem};

/// One entry a capability offers.
#[derive(Debug, Clone)]
pub struct NavEntry {
    /// Group title of [`GROUPS`]; empty for a plain entry.
    pub group: &'static str,
    /// Words.
    pub title: &'static str,
    /// Address.
    pub href: &'static str,
    /// Who sees it.
    pub action: Option<Action>,
    /// Roles that see it when no action decides.
    pub roles: &'static [Role],
}

impl NavEntry {
    fn seen_by(&self, role: Role) -> bool {
        self.roles.contains(&role) || self.action.is_some_and(|action| action.allowed_to(role))
    }
}

use Role::{
    AssessmentBody, Assessor, AuditAdmin, Bank, ChildcareCentre, CityCivil, CityHealth,
    CountyCivil, CountyHealth, DepartmentData, Dispatcher, ElderHome, Family, Finance, Hotline,
    InspectorDiscipline, Leader, Planner, Provider, SecurityAdmin, SystemAdmin, TownWorker,
    Visitor,
};

/// A group of the menu and its places.
type Group = (&'static str, &'static [Slot]);
/// An entry's title, and who sees it while its capability is still to come.
type Slot = (&'static str, &'static [Role]);

const CIVIL: &[Role] = &[CityCivil, CountyCivil, TownWorker];

/// Groups and their entries in the order of product.md «Main menu»; who sees what is still to come.
const GROUPS: &[Group] = &[
    (
        "",
        &[
            ("工作台", &[]),
            (
                "驾驶舱",
                &[
                    Leader,
                    CityCivil,
                    CountyCivil,
                    CityHealth,
                    CountyHealth,
                    Planner,
                ],
            ),
        ],
    ),
    (
        "规划任务",
        &[
            ("指标", &[Planner, Leader, CityCivil, CityHealth]),
            (
                "重点任务",
                &[
                    Planner,
                    Leader,
                    CityCivil,
                    CountyCivil,
                    CityHealth,
                    CountyHealth,
                ],
            ),
            ("供给计划", &[Planner]),
            ("标准与政策", &[Planner]),
            ("口径差异", &[Planner]),
            ("地区比较", &[Planner]),
            ("督办通报", &[Planner, Leader]),
        ],
    ),
    (
        "人员档案",
        &[
            ("老年人", &[]),
            ("婴幼儿", &[CityHealth, CountyHealth]),
            ("家庭", &[]),
            ("重点人群", &[]),
            ("疑似重复", &[]),
            ("数据导入", &[]),
            ("部门比对", &[]),
            ("更正申请", &[]),
            ("删除请求", &[]),
            ("数据体检", &[]),
            ("赡养抚养督促", &[]),
        ],
    ),
    (
        "服务清单",
        &[
            ("清单管理", &[]),
            ("应享未享", &[]),
            ("待核实", &[]),
            ("政策测算", &[CityCivil, CountyCivil, Finance]),
        ],
    ),
    (
        "评估办件",
        &[
            (
                "能力评估",
                &[CityCivil, CountyCivil, TownWorker, Assessor, AssessmentBody],
            ),
            ("申请审批", CIVIL),
            ("公示", CIVIL),
            ("评价", &[CityCivil, CountyCivil]),
            ("办事指南", &[]),
            ("委托办理", &[]),
            ("消息记录", &[]),
        ],
    ),
    (
        "补贴资金",
        &[
            ("在享台账", &[CityCivil, CountyCivil, Finance]),
            ("发放批次", &[CountyCivil, Finance, Bank]),
            ("退回重发", &[CountyCivil, Bank]),
            ("补发追缴", &[CountyCivil, Finance]),
            ("资格认证", CIVIL),
            ("消费券", &[]),
            ("资金账", &[Finance, InspectorDiscipline]),
            ("资金预算", &[]),
            ("发放规则", &[]),
            ("育儿假计算", &[]),
        ],
    ),
    (
        "居家服务",
        &[
            ("探访关爱", &[CityCivil, CountyCivil, TownWorker, Visitor]),
            ("消费券核销", &[]),
            ("服务订单", &[Provider, Dispatcher, Hotline, CountyCivil]),
            ("助餐", &[CountyCivil, Provider]),
            ("家庭养老床位", &[CountyCivil, Provider]),
            ("适老化改造", &[CountyCivil]),
            ("紧急呼叫", &[Dispatcher, Hotline]),
        ],
    ),
    (
        "养老机构",
        &[
            ("台账备案", &[CityCivil, CountyCivil]),
            ("床位", &[ElderHome, CountyCivil]),
            ("收费与预存款", &[ElderHome, CountyCivil]),
            ("从业人员", &[ElderHome]),
        ],
    ),
    (
        "托育机构",
        &[
            ("托育台账备案", &[CityHealth, CountyHealth]),
            ("托位", &[ChildcareCentre, CountyHealth]),
            ("托育收费", &[ChildcareCentre]),
            ("托育人员", &[ChildcareCentre]),
        ],
    ),
    (
        "监督管理",
        &[
            ("抽查检查", &[CityCivil, CountyCivil]),
            (
                "整改",
                &[CityCivil, CountyCivil, ElderHome, ChildcareCentre],
            ),
            ("投诉举报", &[Hotline, CountyCivil]),
            ("资金监管", &[InspectorDiscipline, Finance]),
        ],
    ),
    (
        "统计报表",
        &[
            (
                "填报",
                &[
                    CityHealth,
                    CountyHealth,
                    CityCivil,
                    CountyCivil,
                    DepartmentData,
                ],
            ),
            ("上报", &[]),
            ("月度定版", &[]),
            ("报表", &[Leader, CityCivil, CountyCivil]),
            ("导出记录", &[CityCivil, CountyCivil]),
        ],
    ),
    (
        "我的家人",
        &[
            ("家人", &[Family]),
            ("个人信息授权", &[]),
            ("办件", &[Family]),
            ("消息", &[Family]),
        ],
    ),
    (
        "系统管理",
        &[
            ("账号", &[]),
            ("村级账号", &[]),
            ("权限", &[SecurityAdmin]),
            ("异常提醒", &[SecurityAdmin]),
            ("工作移交", &[SystemAdmin]),
            ("接口令牌", &[]),
            ("操作与查阅记录", &[AuditAdmin]),
            ("查阅疑问", &[AuditAdmin]),
            ("个人信息处理", &[]),
            ("保存期限与删除", &[]),
            ("参数", &[SecurityAdmin]),
        ],
    ),
];

/// The menu of a role.
pub fn menu_for(role: Role, entries: &[NavEntry]) -> Vec<MenuGroup> {
    let mut menu = Vec::new();
    for (group, slots) in GROUPS {
        let mut items = Vec::new();
        for (title, coming_for) in *slots {
            let delivered = entries
                .iter()
                .find(|entry| entry.group == *group && entry.title == *title);
            match delivered {
                Some(entry) if entry.seen_by(role) => items.push(MenuItem {
                    title: (*title).to_owned(),
                    href: entry.href.to_owned(),
                    active: false,
                    coming: false,
                }),
                None if coming_for.contains(&role) => items.push(MenuItem {
                    title: (*title).to_owned(),
                    href: String::new(),
                    active: false,
                    coming: true,
                }),
                Some(_) | None => {}
            }
        }
        if !items.is_empty() {
            menu.push(MenuGroup {
                title: (*group).to_owned(),
                items,
            });
        }
    }
    menu
}

/// Entries whose place in the menu is not named in product.md's order: a mistake the app refuses.
pub fn misplaced(entries: &[NavEntry]) -> Vec<&NavEntry> {
    let known = |entry: &&NavEntry| {
        GROUPS.iter().any(|(group, slots)| {
            *group == entry.group && slots.iter().any(|(title, _)| *title == entry.title)
        })
    };
    entries.iter().filter(|entry| !known(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row M03: every role has a menu, and administrators see no people.
    #[test]
    fn every_role_has_a_menu() {
        let entries = [NavEntry {
            group: "",
            title: "工作台",
            href: "/",
            action: None,
            roles: Role::ALL,
        }];
        for role in Role::people() {
            let menu = menu_for(role, &entries);
            assert!(!menu.is_empty(), "{role:?}");
            if matches!(role, SystemAdmin | SecurityAdmin | AuditAdmin) {
                assert!(menu.iter().all(|group| group.title != "人员档案"));
            }
        }
        assert!(misplaced(&entries).is_empty());
    }
}
