//! `laoyou plan …` and `laoyou entitle explain`: work on a plan folder needs no database.

use crate::fault::{Fault, Outcome};
use crate::{files, out};
use kernel::Day;
use plan::api::{VersionId, check, show_json};
use rules::facts::Facts;
use std::path::Path;
use store::Store;

/// Checks a folder; fails with everything that does not read, and where an example fails or a serious
/// finding is not acknowledged.
pub fn check_folder(dir: &Path, sources: Option<&Path>, json: bool) -> Outcome<()> {
    let texts = sources.map(files::read_texts).transpose()?;
    let found = check(&files::read_plan(dir)?, texts.as_ref());
    if json {
        let shown =
            serde_json::to_string_pretty(&found).map_err(|error| Fault::new(error.to_string()))?;
        out::line(shown);
    } else {
        if !found.problems.is_empty() {
            return Err(files::problems(&found.problems));
        }
        for finding in &found.findings {
            print_finding(finding);
        }
    }
    if !found.problems.is_empty() {
        return Err(Fault::new(format!("{} 处问题", found.problems.len())));
    }
    let failing = found.failing();
    for case in &failing {
        out::progress(format!(
            "services.cases.toml:{}: 第{}项 {}：{}",
            case.line, case.service, case.says, case.why
        ));
    }
    if !failing.is_empty() {
        return Err(Fault::new(format!("{} 个样例不通过", failing.len())));
    }
    let open = found.open().len();
    if open > 0 {
        return Err(Fault::new(format!(
            "{} 处口径差异，其中严重的 {open} 处没有确认。确认要写明原因，见 laoyou plan acknowledge",
            found.findings.len()
        )));
    }
    if !json {
        out::line(format!(
            "没有未确认的严重问题；口径差异 {} 处，{} 个样例全部通过（{}）",
            found.findings.len(),
            found.cases.len(),
            found.digest.unwrap_or_default()
        ));
    }
    Ok(())
}

/// Compares a county's list with its city's; fails where it lacks an item or does less.
pub fn compare_county(dir: &Path, city: &Path) -> Outcome<()> {
    let read = |dir: &Path| {
        let read = rules::folder::load(&files::read_plan(dir)?);
        read.map_err(|problems| files::problems(&problems))
    };
    let (county, city) = (read(dir)?, read(city)?);
    let report =
        rules::county::compare(&city, &county).map_err(|problems| files::problems(&problems))?;
    for one in report.differences.iter().filter(|one| !one.kind.is_fault()) {
        out::line(format!(
            "{}：第 {} 项「{}」市级是{}，县级是{}",
            one.kind.zh(),
            one.no,
            one.item,
            one.city,
            one.county
        ));
    }
    let problems = report.problems();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(files::problems(&problems))
    }
}

fn print_finding(finding: &figures::Finding) {
    let known = if finding.acknowledged.is_some() {
        "（已确认）"
    } else {
        ""
    };
    out::line(format!(
        "【{}】{}{known} {}\n    {}",
        finding.severity.zh(),
        finding.kind.zh(),
        finding.id,
        finding.says
    ));
    for place in &finding.places {
        let value = if place.value.is_empty() {
            String::new()
        } else {
            format!("{} ", place.value)
        };
        out::line(format!(
            "      {}:{} {value}{} {}「{}」",
            place.file, place.line, place.document, place.section, place.quote
        ));
    }
    out::line(format!("    怎么办：{}", finding.settle));
}

/// Acknowledges one finding of a stored version, or all serious ones.
pub async fn acknowledge(
    store: &Store,
    id: &str,
    finding: Option<&str>,
    reason: &str,
    by: &str,
) -> Outcome<()> {
    let id = VersionId(id.to_owned());
    let version = plan::api::version(store, &id)
        .await?
        .ok_or_else(|| Fault::new("没有这个版本。用 laoyou plan versions 看有哪些"))?;
    let texts = plan::api::export(store, &id).await?.unwrap_or_default();
    let found = check(&texts, None);
    let chosen: Vec<&figures::Finding> = match finding {
        Some(wanted) => found
            .findings
            .iter()
            .filter(|finding| finding.id == wanted)
            .collect(),
        None => found.open(),
    };
    if chosen.is_empty() {
        return Err(Fault::new(
            "没有这样的口径差异。用 laoyou plan check 看有哪些",
        ));
    }
    let mut actor = authz::Actor::system("plan-acknowledge");
    by.clone_into(&mut actor.name);
    let mut tx = store.begin(&actor, None).await?;
    for finding in &chosen {
        plan::api::acknowledge_finding(&mut tx, &version.slug, finding, reason).await?;
    }
    tx.commit().await?;
    out::line(format!("已确认 {} 处", chosen.len()));
    Ok(())
}

/// Prints the whole folder as JSON.
pub fn show(dir: &Path) -> Outcome<()> {
    let json = show_json(&files::read_plan(dir)?).map_err(|problems| files::problems(&problems))?;
    out::line(serde_json::to_string_pretty(&json).map_err(|error| Fault::new(error.to_string()))?);
    Ok(())
}

/// Explains one person of a JSON file.
pub fn explain(
    dir: &Path,
    overlay: Option<&Path>,
    as_of: Day,
    person: &Path,
    json: bool,
) -> Outcome<()> {
    let folder = rules::folder::load(&files::read_plan(dir)?)
        .map_err(|problems| files::problems(&problems))?;
    let overlay = overlay
        .map(|path| {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Fault::new(format!("读不了 {}：{error}", path.display())))?;
            rules::folder::overlay(&text).map_err(|problems| files::problems(&problems))
        })
        .transpose()?;
    let list =
        rules::compile(&folder, overlay.as_ref()).map_err(|problems| files::problems(&problems))?;
    let text = std::fs::read_to_string(person)
        .map_err(|error| Fault::new(format!("读不了 {}：{error}", person.display())))?;
    let typed: serde_json::Value = serde_json::from_str(&text)
        .map_err(|error| Fault::new(format!("{} 不是 JSON：{error}", person.display())))?;
    let object = typed.as_object().ok_or_else(|| {
        Fault::new(format!(
            "{} 应为一个 JSON 对象，例如 {{\"birth_date\": \"1941-01-01\"}}",
            person.display()
        ))
    })?;
    let facts = Facts::from_json(object).map_err(|complaints| Fault::new(complaints.join("\n")))?;
    let explanation = list.explain(&facts, &|_fact| None, as_of);
    if json {
        out::line(
            serde_json::to_string_pretty(&explanation)
                .map_err(|error| Fault::new(error.to_string()))?,
        );
        return Ok(());
    }
    out::line(format!(
        "《{}》{}起执行 · {} 这一天",
        explanation.list,
        explanation.list_version.zh(),
        as_of.zh()
    ));
    for answer in &explanation.answers {
        let word = match answer.answer {
            rules::Answer::Yes => "符合　",
            rules::Answer::No => "不符合",
            rules::Answer::Unknown => "待核实",
        };
        let money = answer
            .benefit
            .fen
            .map(|fen| format!(" {} 元", kernel::Fen(fen)))
            .unwrap_or_default();
        out::line(format!("{word} {:>2} {}{money}", answer.no, answer.name));
        for condition in &answer.conditions {
            let mark = match condition.truth {
                rules::Truth::True => '✓',
                rules::Truth::False => '✗',
                rules::Truth::Unknown => '?',
            };
            out::line(format!("       {mark} {}", condition.says));
        }
        if !answer.missing.is_empty() {
            let missing: Vec<String> = answer.missing.iter().map(rules::Missing::zh).collect();
            out::line(format!("       缺：{}", missing.join("、")));
        }
    }
    Ok(())
}

/// Stores a folder as a draft.
pub async fn load(store: &Store, dir: &Path, by: &str) -> Outcome<()> {
    let texts = files::read_plan(dir)?;
    let mut tx = store
        .begin(&authz::Actor::system("plan-load"), None)
        .await?;
    let id = plan::api::load(&mut tx, &texts, by)
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    tx.commit().await?;
    out::line(format!(
        "已存为草稿 {}。由另一人发布：laoyou plan publish {} --by \"{by}\" --approved-by 姓名",
        id.0, id.0
    ));
    Ok(())
}

/// Publishes a draft that was tried on the register, or without that for a reason.
pub async fn publish(
    store: &Store,
    id: &str,
    by: &str,
    approved_by: &str,
    without_trial: Option<&str>,
) -> Outcome<()> {
    let id = VersionId(id.to_owned());
    let reason = untried(store, &id, without_trial).await?;
    let mut tx = store
        .begin(&authz::Actor::system("plan-publish"), None)
        .await?;
    if let Some(reason) = reason {
        plan::api::publish_untried(&mut tx, &id, &reason).await?;
    }
    plan::api::publish(&mut tx, &id, by, approved_by)
        .await
        .map_err(|error| Fault::new(error.to_string()))?;
    tx.commit().await?;
    let texts = plan::api::export(store, &id).await?.unwrap_or_default();
    if !texts.contains_key(rules::folder::SERVICES) {
        out::line("已发布（只有规划，没有清单）。");
        return Ok(());
    }
    let folder = rules::folder::load(&texts).map_err(|problems| files::problems(&problems))?;
    let mut tx = store
        .begin(&authz::Actor::system("plan-publish"), None)
        .await?;
    let tree = area::api::Tree::of_plan(&folder.plan, &folder.areas);
    area::api::install(&mut tx, &tree, folder.list.version).await?;
    tx.commit().await?;
    out::line("已发布，区划已同步。正在运行的服务几秒内按新版本重新判断；区划有变动的请重启服务。");
    Ok(())
}

/// Why a draft is published untried; `None` where it was tried, or need not be. A draft that should
/// have been tried is refused without a reason.
async fn untried(
    store: &Store,
    id: &VersionId,
    without_trial: Option<&str>,
) -> Outcome<Option<String>> {
    let Some(draft) = plan::api::version(store, id).await? else {
        return Ok(None);
    };
    let hook = entitle::api::trials();
    let tried = plan::api::tried(store, Some(&hook), &draft).await?;
    if draft.publication.is_some() || tried.allows() {
        return Ok(None);
    }
    match without_trial
        .map(str::trim)
        .filter(|reason| !reason.is_empty())
    {
        Some(reason) => Ok(Some(reason.to_owned())),
        None => Err(Fault::new(format!(
            "{}在网页“清单版本”里打开这个草稿测算；确实来不及的，加 --without-trial 原因",
            tried.lacking()
        ))),
    }
}

/// Writes a stored version back as a folder, byte for byte.
pub async fn export(store: &Store, id: &str, dir: &Path) -> Outcome<()> {
    let texts = plan::api::export(store, &VersionId(id.to_owned()))
        .await?
        .ok_or_else(|| Fault::new("没有这个版本。用 laoyou plan versions 看有哪些"))?;
    std::fs::create_dir_all(dir)?;
    for (name, text) in &texts {
        std::fs::write(dir.join(name), text)?;
    }
    out::line(format!("已写出 {} 个文件到 {}", texts.len(), dir.display()));
    Ok(())
}

/// Lists stored versions.
pub async fn versions(store: &Store) -> Outcome<()> {
    for version in plan::api::versions(store).await? {
        let state = if version.status() == plan::api::Status::Published {
            "已发布"
        } else {
            "草稿　"
        };
        out::line(format!(
            "{state} {} {} {}",
            version.id.0, version.list_version, version.digest
        ));
    }
    Ok(())
}
