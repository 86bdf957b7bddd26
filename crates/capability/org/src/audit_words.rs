//! Codes of the log in the words of the office. A code without words is shown as it is.

use area::api::AreaBook;
use serde_json::Value as Json;
use store::audit_chain::Broken;

/// Actions that a filter offers and their words.
pub(crate) const ACTIONS: &[(&str, &str)] = &[
    ("sign_in", "登录"),
    ("sign_in.failed", "登录失败"),
    ("sign_in.code_due", "密码已对，等动态码"),
    ("factor.set", "设置动态码"),
    ("factor.off", "取消动态码"),
    ("factor.reset", "取消他人的动态码"),
    ("factor.refused", "动态码不对"),
    ("session.end_others", "退出其他登录"),
    ("sign_out", "退出登录"),
    ("password.change", "修改密码"),
    ("password.refused", "修改密码时旧密码不对"),
    ("account.create", "开通账号"),
    ("account.disable", "停用账号"),
    ("account.enable", "启用账号"),
    ("account.reset", "重置密码"),
    ("handover.prepare", "准备工作移交"),
    ("handover.confirm", "确认工作移交"),
    ("handover.cancel", "取消工作移交"),
    ("handover.pass", "工作已移交"),
    ("handover.return", "工作已交回"),
    ("pace.slowed", "查阅过快，已放慢"),
    ("pace.seen", "核实异常提醒"),
    ("grant.add", "授予权限"),
    ("grant.end", "收回权限"),
    ("village.open", "开通村级账号"),
    ("village.code", "给出新的首次登录码"),
    ("village.bind", "绑定手机"),
    ("village.list", "查阅村级账号"),
    ("session.seen", "记下在线时间"),
    ("person.read", "查阅人员"),
    ("person.list", "查阅名单"),
    ("person.search", "查人"),
    ("person.unmask", "显示完整证号或电话"),
    ("person.register", "新增人员"),
    ("person.death", "报去世"),
    ("person.move", "报迁移"),
    ("admission.ask", "申请入住公办机构"),
    ("admission.again", "重新申请入住评估"),
    ("admission.assess", "出入住评估结论"),
    ("admission.withdraw", "撤回入住申请"),
    ("admission.read", "查阅入住申请"),
    ("admission.conclusion", "导出入住评估结论"),
    ("admission.order", "导出入住评估排序表"),
    ("fact.correct", "更正信息"),
    ("person.groups", "查阅重点人群"),
    ("person.refused", "越权查阅被拒绝"),
    ("person.relative", "随家庭成员查阅"),
    ("person.register_many", "批量建档"),
    ("person.alike", "建档时核对疑似重复"),
    ("person.merge", "合并档案"),
    ("person.part", "撤销合并"),
    ("person.number", "补登证号"),
    ("identity.ask", "发起全面比对"),
    ("identity.search", "比对出疑似重复"),
    ("identity.searched", "比对一轮"),
    ("identity.alike", "建档时列入疑似重复"),
    ("identity.number", "证号重复，列入核对"),
    ("identity.decide", "处理疑似重复"),
    ("identity.agree", "跨县同意合并"),
    ("household.join", "入户"),
    ("household.leave", "离户"),
    ("proxy.add", "登记监护人、代办人"),
    ("proxy.end", "终止监护、代办"),
    ("proxy.read", "查看监护、代办材料"),
    ("desk.read", "打开工作台"),
    ("list.counts", "查阅清单人数"),
    ("list.item", "查阅服务项目"),
    ("list.people", "查阅项目名单"),
    ("list.findings", "查阅应享未享名单"),
    ("list.unsettled", "查阅待核实"),
    ("list.unsettled_people", "查阅待核实名单"),
    ("task.take", "从规划纳入督办事项"),
    ("task.add", "新增督办事项"),
    ("task.split", "分解督办事项"),
    ("task.draft", "存进展草稿"),
    ("task.report", "报送进展"),
    ("task.accept", "核定进展"),
    ("task.return", "退回进展"),
    ("task.letter", "发出督办单"),
    ("task.reply", "答复督办单"),
    ("task.close", "督办单销号"),
    ("task.reopen", "退回督办答复"),
    ("task.letter_export", "导出督办单"),
    ("task.file", "下载佐证文件"),
    ("task.bulletin", "拟通报"),
    ("task.bulletin_publish", "发布通报"),
    ("task.pass", "移交督办任务"),
    ("task.demo", "生成演示督办"),
    ("case.draft", "起草申请"),
    ("case.keep", "保存申请草稿"),
    ("case.act", "办理申请"),
    ("case.tie", "近亲属备案"),
    ("case.rate", "评价办件"),
    ("case.print", "打印办件文书"),
    ("case.pass", "移交办件"),
    ("duty.open", "登记赡养抚养督促"),
    ("duty.read", "查看赡养抚养督促"),
    ("duty.holder", "登记责任人"),
    ("duty.act", "记赡养抚养督促"),
    ("duty.letter", "打印督促告知书"),
    ("duty.close", "办结赡养抚养督促"),
    ("duty.pass", "移交赡养抚养督促"),
    ("voucher.issue", "发消费券"),
    ("voucher.expire", "过期消费券收回"),
    ("voucher.look", "机构查验消费券"),
    ("voucher.use", "用消费券"),
    ("voucher.undo", "撤销用券"),
    ("voucher.slip", "打印消费券"),
    ("voucher.place", "登记定点机构"),
    ("voucher.place_end", "停用定点机构"),
    ("voucher.settlement", "制机构结算单"),
    ("voucher.paid", "登记机构付款"),
    ("case.bulk", "提出批量办理"),
    ("case.bulk_settle", "批准或撤回批量办理"),
    ("case.bulk_piece", "批量办理一段"),
    ("case.bulk_done", "批量办理完成"),
    ("case.procedures", "载入办理流程"),
    ("case.procedures_loaded", "办理流程载入完成"),
    ("case.demo", "生成演示办件"),
    ("pay.grant_decided", "按审批记入台账"),
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
    ("plan.ask", "提请发布清单"),
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
    ("person.log", "查看查阅记录"),
    ("person.print", "打印告知单"),
    ("question.ask", "家属对查阅记录提出疑问"),
    ("question.answer", "答复家属的疑问"),
    ("question.read", "查看家属的疑问"),
    ("audit.read", "查阅本记录"),
    ("audit.verify", "链校验"),
    ("installation.named", "给本套系统编号"),
    ("installation.keys", "记下密钥的标记"),
    ("backup.made", "备份"),
    ("restore.done", "从备份恢复"),
    ("job.enqueue", "安排后台任务"),
    ("job.finish", "后台任务结束"),
    ("keys.current", "记下当前密钥"),
    ("keys.turn_begun", "开始换密钥"),
    ("keys.turned", "一批内容改用新密钥"),
    ("keys.turn_again", "再查一遍旧密钥的内容"),
    ("keys.turn_done", "换密钥完成"),
    ("keys.dropped", "删除旧密钥"),
    ("factor.codes_forgotten", "备用码随旧密钥失效"),
    ("correction.ask", "申请更正"),
    ("correction.accept", "采纳更正申请"),
    ("correction.refuse", "答复更正申请"),
    ("correction.withdraw", "撤回更正申请"),
    ("correction.settled", "更正申请自动办结"),
    ("quality.checkup", "数据体检"),
    ("quality.read", "查看数据体检"),
    ("correction.pass", "移交更正申请"),
    ("identity.pass", "移交疑似重复"),
    ("intake.pass", "移交未办完的导入"),
    ("proxy.paper", "存监护、代办材料"),
    ("consent.give", "登记同意"),
    ("consent.withdraw", "撤回同意"),
    ("consent.paper", "下载同意书"),
    ("privacy.load", "载入处理目的和保存期限"),
    ("privacy.confirm", "确认依据或期限"),
    ("privacy.notice", "打印告知书"),
    ("privacy.sight_ended", "撤回同意，家属不能再查看"),
    ("erasure.ask", "要求删除个人信息"),
    ("erasure.answer", "答复删除请求"),
    ("erasure.withdraw", "撤回删除请求"),
    ("erasure.list", "试算到期的记录"),
    ("erasure.approve", "批准删除清单"),
    ("erasure.cancel", "取消删除清单"),
    ("erasure.prepared", "删除前的文件清理"),
    ("erasure.wait", "删除暂缓"),
    ("erasure.chunk", "按清单删除"),
    ("erasure.done", "删除清单办完"),
    ("erasure.pass", "移交删除清单"),
    ("person.erase", "到期删除个人信息"),
    ("record.erase", "到期删除文字和材料"),
    ("intake.erase", "删除写有本人的原始名单"),
    ("export.erase", "删除写有本人的导出文件"),
    ("hold.begin", "法律保全"),
    ("hold.end", "解除法律保全"),
    ("matching.ask", "生成比对名单"),
    ("matching.rows", "列入比对名单"),
    ("matching.made", "比对名单完成"),
    ("matching.return", "登记比对结果"),
    ("matching.hits", "核对比对结果"),
    ("matching.read", "比对结果核对完"),
    ("matching.accept", "采纳比对结果"),
    ("matching.seen", "处理比对线索"),
    ("matching.refuse", "不采纳比对结果"),
    ("matching.send", "转登记单位核对"),
    ("matching.settled", "比对结果自动办结"),
    ("reporting.ask", "生成上报文件"),
    ("reporting.rows", "列入上报文件"),
    ("reporting.made", "上报文件完成"),
    ("reporting.return", "登记上报回执"),
    ("reporting.receipt", "核对上报回执"),
    ("reporting.read", "上报回执核对完"),
    ("reporting.look", "核对上报对象"),
    ("reporting.looked", "上报对象核对完"),
    ("reporting.gather", "更新上报对象"),
    ("reporting.again", "重新上报"),
    ("exchange.fail", "名单生成中断"),
    ("exchange.continue", "继续生成名单"),
    ("exchange.void", "作废名单"),
    ("exchange.stop", "返回文件没有读完"),
    ("exchange.download", "下载比对名单或上报文件"),
    ("exchange.refused", "查看没有登记的行"),
    ("token.make", "开通接口令牌"),
    ("token.revoke", "停用接口令牌"),
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
    ("row", "记录编号"),
    ("again", "重复提出"),
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
    ("until", "到何时止"),
    ("mandate", "依据文号"),
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
    ("kind", "opens", "打开档案过快"),
    ("kind", "people", "一天打开的档案过多"),
    ("kind", "searches", "查人过快"),
    ("kind", "sign_in", "同一地址登录过多"),
    ("by", "pin", "手机号和 PIN"),
    ("by", "first_code", "首次登录码"),
    ("why", "phone", "手机号、PIN 或登录码不对"),
    ("by", "code", "密码和动态码"),
    ("by", "recovery", "密码和备用码"),
    ("why", "stranger", "不知道这是谁、为什么看"),
    ("why", "nothing_due", "当时没有在办的事，不该看"),
    ("why", "too_often", "看的次数太多"),
    ("why", "leaked", "看过以后信息被外人知道了"),
    ("why", "other", "其他"),
    ("reason", "contact", "联系本人或家属"),
    ("reason", "apply", "办理申请"),
    ("reason", "pay", "核对发放"),
    ("reason", "verify", "核对证件或待遇资格"),
    ("reason", "visit", "入户走访、探访"),
    ("reason", "meeting", "会议和工作汇报"),
    ("reason", "statistics", "统计分析"),
    ("reason", "inspection", "上级检查、审计"),
    ("reason", "other", "其他"),
    ("result", "whole", "通过"),
    ("result", "broken", "未通过"),
];

/// The reason that somebody gave for a look or an export, in words.
pub fn reason(code: &str) -> Option<&'static str> {
    VALUES
        .iter()
        .find(|(name, known, _)| *name == "reason" && *known == code)
        .map(|(_, _, words)| *words)
}

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

/// What is wrong with the chain, in Chinese.
pub fn broken(what: &Broken) -> String {
    match what {
        Broken::Lacks(seq) => format!("缺少第 {seq} 号"),
        Broken::Gone { seq, row } => format!("第 {seq} 条记录（{row}）被删除"),
        Broken::Changed { seq, row } => format!("第 {seq} 条记录（{row}）被改动"),
        Broken::Shorter { ends, head } => format!(
            "链到第 {ends} 条为止，而 {} 导出时已更长：末尾的记录被删除",
            head.day
        ),
        Broken::Rewritten(head) => format!(
            "第 {} 条与 {} 导出时不同：它或它之前的记录被改动，链被重写",
            head.seq, head.day
        ),
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

    /// Row M05: what is broken is said in words, with the row's number and id, to the office and in the log.
    #[test]
    fn what_is_broken_is_said_in_words() {
        use store::audit_chain::Head;
        let row = || "0a-1".to_owned();
        let head = |seq| Head {
            day: "2025-06-30".parse().unwrap(),
            seq,
            hash: String::new(),
        };
        for (what, log, says) in [
            (
                Broken::Changed { seq: 7, row: row() },
                "audit row 0a-1 (number 7) was changed",
                "第 7 条记录（0a-1）被改动",
            ),
            (
                Broken::Gone { seq: 7, row: row() },
                "audit row 0a-1 (number 7) is gone",
                "第 7 条记录（0a-1）被删除",
            ),
            (Broken::Lacks(3), "the chain lacks number 3", "缺少第 3 号"),
            (
                Broken::Shorter {
                    ends: 5,
                    head: head(9),
                },
                "the chain ends at number 5; on 2025-06-30 it had 9: rows at its end were removed",
                "链到第 5 条为止，而 2025-06-30 导出时已更长：末尾的记录被删除",
            ),
            (
                Broken::Rewritten(head(4)),
                "number 4 is not what it was on 2025-06-30: a row up to it was changed and the chain written anew",
                "第 4 条与 2025-06-30 导出时不同：它或它之前的记录被改动，链被重写",
            ),
        ] {
            assert_eq!(what.to_string(), log);
            assert_eq!(broken(&what), says);
        }
    }
}
