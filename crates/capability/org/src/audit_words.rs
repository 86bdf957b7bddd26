//! Codes of the log in the words of the office. A code without words is shown as it is.

use area::api::AreaBook;
use serde_json::Value as Json;

/// Actions that a filter offers and their words.
pub(crate) const ACTIONS: &[(&str, &str)] = &[
    ("sign_in", "登录"),
    ("sign_in.failed", "登录失败"),
    ("sign_out", "退出登录"),
    ("password.change", "修改密码"),
    ("password.refused", "修改密码时旧密码不对"),
    ("account.create", "开通账号"),
    ("account.disable", "停用账号"),
    ("account.enable", "启用账号"),
    ("account.reset", "重置密码"),
    ("session.seen", "记下在线时间"),
    ("person.read", "查阅人员"),
    ("person.list", "查阅名单"),
    ("person.search", "查人"),
    ("person.unmask", "显示完整证号或电话"),
    ("person.register", "新增人员"),
    ("person.death", "报去世"),
    ("person.move", "报迁移"),
    ("fact.correct", "更正信息"),
    ("person.groups", "查阅重点人群"),
    ("person.refused", "越权查阅被拒绝"),
    ("person.relative", "随家庭成员查阅"),
    ("person.register_many", "批量建档"),
    ("desk.read", "打开工作台"),
    ("list.counts", "查阅清单人数"),
    ("list.item", "查阅服务项目"),
    ("list.people", "查阅项目名单"),
    ("list.findings", "查阅应享未享名单"),
    ("list.unsettled", "查阅待核实"),
    ("list.unsettled_people", "查阅待核实名单"),
    ("roll.record", "载入全量名单"),
    ("roll.withdraw", "撤回全量名单"),
    ("receipt.load", "载入在享花名册"),
    ("entitle.recompute", "重新判断资格"),
    ("entitle.everyone", "全员重新判断资格"),
    ("demo.begin", "生成演示城市"),
    ("demo.made", "演示城市就绪"),
    ("plan.overlay", "设定演示值"),
    ("plan.load", "载入清单"),
    ("plan.publish", "发布清单"),
    ("plan.untried", "未测算即发布"),
    ("entitle.trial", "政策测算"),
    ("entitle.trial_progress", "政策测算进度"),
    ("entitle.trial_end", "政策测算结束"),
    ("trial.read", "查看测算结果"),
    ("area.install", "载入区划"),
    ("export.ask", "导出台账"),
    ("export.rows", "导出名单内容"),
    ("export.done", "导出完成"),
    ("export.fail", "导出中断"),
    ("export.over", "导出重新开始"),
    ("export.continue", "继续导出"),
    ("export.cancel", "取消导出"),
    ("export.download", "下载导出文件"),
    ("export.expire", "到期删除文件"),
    ("audit.read", "查阅本记录"),
    ("audit.verify", "链校验"),
    ("job.enqueue", "安排后台任务"),
    ("job.finish", "后台任务结束"),
];

/// An action in words.
pub(crate) fn action(code: &str) -> &str {
    ACTIONS
        .iter()
        .find(|(known, _)| *known == code)
        .map_or(code, |(_, words)| words)
}

const NAMES: &[(&str, &str)] = &[
    ("why", "原因"),
    ("by", "方式"),
    ("role", "角色"),
    ("grants", "范围"),
    ("ended_sessions", "退出的登录"),
    ("sessions", "登录数"),
    ("expired", "到期登录"),
    ("kind", "种类"),
    ("state", "状态"),
    ("rows", "行数"),
    ("shown", "显示条数"),
    ("result", "结果"),
    ("sealed", "封存条数"),
    ("day", "日期"),
    ("action", "操作"),
    ("fact", "信息项"),
    ("facts", "信息项"),
    ("reason", "理由"),
    ("page", "页"),
    ("actor", "操作人"),
    ("count", "条数"),
    ("list", "名单"),
    ("keys", "显示的档案"),
    ("filters", "筛选"),
    ("people", "人数"),
    ("listed", "名单人数"),
    ("programme", "项目"),
    ("no", "项目序号"),
    ("since", "自何时起"),
    ("area", "区划"),
    ("digest", "摘要值"),
    ("source", "来源"),
    ("to", "迁往"),
];

const VALUES: &[(&str, &str, &str)] = &[
    ("why", "wrong", "账号或密码不对"),
    ("why", "locked", "已锁定"),
    ("why", "disabled", "已停用"),
    ("by", "password", "密码"),
    ("by", "demo", "演示入口"),
    ("result", "whole", "通过"),
    ("result", "broken", "未通过"),
];

/// The further codes of a row: 「原因：已锁定；范围：曾都区万店镇」.
pub(crate) fn detail(json: &str, book: &AreaBook) -> String {
    let Ok(Json::Object(entries)) = serde_json::from_str(json) else {
        return json.to_owned();
    };
    let entry = |(name, value): (&String, &Json)| {
        let label = NAMES
            .iter()
            .find(|(known, _)| known == name)
            .map_or(name.as_str(), |(_, words)| words);
        format!("{label}：{}", value_words(name, value, book))
    };
    entries
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(entry)
        .collect::<Vec<_>>()
        .join("；")
}

fn value_words(name: &str, value: &Json, book: &AreaBook) -> String {
    match value {
        Json::String(text) if name == "grants" => grant_words(text, book),
        Json::String(text) if name == "role" => {
            authz::Role::from_key(text).map_or_else(|| text.clone(), |role| role.zh().to_owned())
        }
        Json::String(text) if name == "action" => action(text).to_owned(),
        Json::String(text) => {
            let known = VALUES.iter().find(|(n, v, _)| *n == name && v == text);
            known.map_or_else(|| text.clone(), |(_, _, words)| (*words).to_owned())
        }
        Json::Array(parts) => parts
            .iter()
            .map(|part| value_words(name, part, book))
            .collect::<Vec<_>>()
            .join("、"),
        Json::Bool(true) => "是".to_owned(),
        Json::Bool(false) => "否".to_owned(),
        other => other.to_string(),
    }
}

fn grant_words(text: &str, book: &AreaBook) -> String {
    let Some((kind, code)) = text.split_once(':') else {
        return text.to_owned();
    };
    match kind {
        "area" => code
            .parse()
            .map_or_else(|_bad| code.to_owned(), |code| book.full_name(&code)),
        "management" => book
            .executor(code)
            .map_or_else(|| code.to_owned(), |body| body.name.clone()),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_words_and_unknown_ones_stay() {
        let book = AreaBook::default();
        assert_eq!(action("sign_in.failed"), "登录失败");
        assert_eq!(action("bed.assign"), "bed.assign");
        assert_eq!(
            detail(r#"{"why":"locked","n":3}"#, &book),
            "原因：已锁定；n：3"
        );
        let opened = r#"{"role":"town_worker","grants":["area:441900","person:p1","x"]}"#;
        assert_eq!(
            detail(opened, &book),
            "角色：乡镇民政办；范围：外地（441900）、p1、x"
        );
        assert_eq!(detail("{}", &book), "");
    }
}
