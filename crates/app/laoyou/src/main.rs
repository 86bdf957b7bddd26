//! The one binary: `laoyou serve | work | migrate | demo | doctor | backup | restore | audit | admin | plan | entitle | snapshot | period | privacy | pay | cases | assess`.

mod cli;

use clap::Parser;
use cli::{
    AdminCommand, AssessCommand, AuditCommand, CasesCommand, Cli, Command, ConfigCommand,
    EntitleCommand, KeysCommand, PayCommand, PeriodCommand, PlanCommand, PrivacyCommand,
    SnapshotCommand,
};
use laoyou::config::Config;
use laoyou::demo_city::{self, DemoOptions};
use laoyou::fault::{Fault, Outcome};
use laoyou::{
    assessing, audit_commands, compose, doctor, entitle_diff, entitle_run, imports, keep,
    keys_commands, logs, out, payments, periods, plan_commands, plan_figures, privacy_commands,
    procedures, rekey, serve, snapshot, work,
};
use std::process::ExitCode;
use store::Store;

/// Gives memory back that a night or an export needed for a while (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Import { .. }) {
        imports::step_back();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(8 * 1024 * 1024)
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(Fault::from(error)),
    };
    match result {
        Ok(code) => code,
        Err(fault) => {
            out::progress(format!("没有完成：{fault}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Outcome<ExitCode> {
    let config = || Config::load(cli.config.as_deref());
    match cli.command {
        Command::Serve => {
            let config = config()?;
            logs::start(&config.log);
            let store = open(&config).await?;
            if !store
                .is_migrated(&compose::migrations())
                .await
                .unwrap_or(false)
            {
                return Err(Fault::new(
                    "数据库结构不是最新的。先备份，再运行 laoyou migrate",
                ));
            }
            if compose::demo_day(&store).await.is_some() && !config.allow_demo {
                return Err(Fault::new(
                    "这是 laoyou demo 生成的数据库，正式服务不打开它。要看演示请运行 laoyou demo",
                ));
            }
            serve::serve(&config, store, |address| {
                out::line(format!("http://{address}"));
            })
            .await?;
        }
        Command::Work => {
            let config = config()?;
            logs::start(&config.log);
            let store = open(&config).await?;
            rekey::ready(&store).await?;
            let app = compose::app_with(
                store,
                org::api::OrgSettings::default(),
                config.file_store(),
                config.folders()?,
            )
            .await?;
            let worker = work::spawn(app);
            serve::stop_signal().await;
            worker.stop().await;
        }
        Command::Migrate => {
            let store = open(&config()?).await?;
            let ran = store.migrate(&compose::migrations()).await?;
            keep::identify(&store).await?;
            out::line(format!("数据库结构已是最新（新执行 {ran} 步）"));
        }
        Command::Demo {
            people,
            seed,
            today,
            data,
            port,
            reset,
            prepare_only,
            database,
        } => {
            logs::start("json");
            let options = DemoOptions {
                people,
                seed,
                today,
                data,
                reset,
                database,
            };
            let (store, key_file, database) = demo_city::prepare(&options).await?;
            if prepare_only {
                store.close().await;
                out::line("演示数据已就绪");
                return Ok(ExitCode::SUCCESS);
            }
            let config = Config {
                database,
                files: key_file.with_file_name("files"),
                snapshots: key_file.with_file_name("snapshots"),
                key_file,
                port,
                secure_cookie: false,
                ..Config::default()
            };
            serve::serve(&config, store, |address| {
                out::line(format!("老幼通演示已启动：http://{address}\n登录页点任一角色即可进入；停止按 Ctrl+C；重新生成用 make demo-reset"));
            })
            .await?;
        }
        Command::Doctor { format } => {
            if !doctor::run(&config()?, format == "json").await? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Backup { out, verify } => match (out, verify) {
            (Some(file), _) => keep::backup(&config()?, &file).await?,
            (None, Some(file)) => keep::verify(&config()?, &file)?,
            (None, None) => return Err(Fault::new("写 --out 文件 或 --verify 文件")),
        },
        Command::Restore { file, into } => keep::restore(&config()?, &file, into).await?,
        Command::Audit(command) => {
            let store = open(&config()?).await?;
            let well = match command {
                AuditCommand::Verify { heads } => {
                    audit_commands::verify(&store, heads.as_deref()).await?
                }
                AuditCommand::Heads { out } => audit_commands::heads(&store, &out).await?,
            };
            store.close().await;
            if !well {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Admin(AdminCommand::Create { login, name }) => {
            let store = open(&config()?).await?;
            store.migrate(&compose::migrations()).await?;
            let code = org::api::first_admin(&store, &login, &name).await?;
            out::line(format!(
                "已建系统管理员 {login}，首次登录密码：{code}（只显示这一次，登录后必须修改）"
            ));
        }
        Command::Import {
            kind,
            file,
            source,
            day,
            complete,
            area,
            by,
            approved_by,
            commit,
        } => {
            let config = config()?;
            let asked = imports::Asked {
                kind: &kind,
                file: &file,
                source,
                day,
                complete,
                area,
                by: &by,
                approved_by: approved_by.as_deref(),
                commit,
            };
            if !imports::run(&config, open(&config).await?, &asked).await? {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Keys(command) => keys(command, config).await?,
        Command::Config(ConfigCommand::Show) => out::line(config()?.shown()),
        Command::Plan(command) => plan(command, config).await?,
        Command::Entitle(EntitleCommand::Explain {
            plan,
            as_of,
            person,
            overlay,
            format,
        }) => {
            plan_commands::explain(&plan, overlay.as_deref(), as_of, &person, format == "json")?;
        }
        Command::Entitle(EntitleCommand::Run {
            plan,
            snapshot,
            as_of,
            overlay,
            out,
            threads,
            format,
        }) => entitle_run::run(&entitle_run::Run {
            plan: &plan,
            snapshot: &snapshot,
            as_of,
            overlay: overlay.as_deref(),
            out: out.as_deref(),
            threads,
            json: format == "json",
        })?,
        Command::Entitle(EntitleCommand::Diff {
            plan,
            snapshot,
            as_of,
            overlay,
            plan2,
            snapshot2,
            as_of2,
            overlay2,
            threads,
            format,
        }) => {
            let before = entitle_diff::Asked {
                plan: &plan,
                snapshot: &snapshot,
                as_of,
                overlay: overlay.as_deref(),
            };
            let after = entitle_diff::Asked {
                plan: plan2.as_deref().unwrap_or(&plan),
                snapshot: snapshot2.as_deref().unwrap_or(&snapshot),
                as_of: as_of2.unwrap_or(as_of),
                overlay: overlay2.as_deref().or(overlay.as_deref()),
            };
            entitle_diff::run(&before, &after, threads, format == "json")?;
        }
        Command::Snapshot(SnapshotCommand::Write { as_of, out: dir }) => {
            let store = open(&config()?).await?;
            let place = area::api::AreaBook::load(&store)
                .await?
                .root()
                .map_or_else(String::new, |area| area.name.clone());
            snapshot::write(&store, as_of, &dir, &place).await?;
        }
        Command::Privacy(PrivacyCommand::Load { dir, by }) => {
            let store = open(&config()?).await?;
            let (purposes, rules) = privacy_commands::load(&store, dir.as_deref(), &by).await?;
            store.close().await;
            out::line(format!(
                "已载入 {purposes} 项处理目的、{rules} 条保存期限；标着“待当地确认”的请在网页上逐项确认"
            ));
        }
        Command::Assess(AssessCommand::Score {
            scheme,
            input,
            format,
        }) => assessing::score(&scheme, &input, format == "json")?,
        Command::Assess(AssessCommand::Schemes { file }) => assessing::schemes(file.as_deref())?,
        Command::Pay(PayCommand::SealKey { out }) => keys_commands::seal_key(&out)?,
        Command::Pay(command) => {
            let store = open(&config()?).await?;
            let well = match command {
                PayCommand::Terms { file } => {
                    payments::terms(&store, &file).await?;
                    true
                }
                PayCommand::Adopt { programme, day } => {
                    payments::adopt(&store, &programme, day).await?;
                    true
                }
                PayCommand::SealKey { .. } => true,
                PayCommand::Replay { month, programme } => {
                    payments::replay(&store, &month, programme).await?
                }
            };
            store.close().await;
            if !well {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Cases(CasesCommand::Procedures { file }) => {
            let store = open(&config()?).await?;
            procedures::load(&store, &file).await?;
            store.close().await;
        }
        Command::Period(command) => {
            let config = config()?;
            let store = open(&config).await?;
            let well = match command {
                PeriodCommand::Freeze { month } => {
                    periods::freeze(&config, &store, &month).await?;
                    true
                }
                PeriodCommand::Verify => periods::verify(&config, &store).await?,
                PeriodCommand::Night => periods::night(&config, &store).await?,
            };
            store.close().await;
            if !well {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn plan(command: PlanCommand, config: impl Fn() -> Outcome<Config>) -> Outcome<()> {
    match command {
        PlanCommand::Check {
            dir,
            sources,
            city,
            format,
        } => {
            plan_commands::check_folder(&dir, sources.as_deref(), format == "json")?;
            city.map_or(Ok(()), |city| plan_commands::compare_county(&dir, &city))
        }
        PlanCommand::Show { dir, format } if format == "json" => plan_commands::show(&dir),
        PlanCommand::Show { format, .. } => {
            Err(Fault::new(format!("没有「{format}」格式，只有 json")))
        }
        PlanCommand::Load { dir, by } => {
            plan_commands::load(&open(&config()?).await?, &dir, &by).await
        }
        PlanCommand::Publish {
            id,
            by,
            approved_by,
            without_trial,
        } => {
            let (store, reason) = (open(&config()?).await?, without_trial.as_deref());
            plan_commands::publish(&store, &id, &by, &approved_by, reason).await
        }
        PlanCommand::Export { id, dir } => {
            plan_commands::export(&open(&config()?).await?, &id, &dir).await
        }
        PlanCommand::Compare { dirs, format } => plan_figures::compare(&dirs, format == "json"),
        PlanCommand::ToXlsx { dir, file } => plan_figures::to_xlsx(&dir, &file),
        PlanCommand::FromXlsx { dir, file, out } => {
            plan_figures::from_xlsx(&dir, &file, out.as_deref())
        }
        PlanCommand::Diff {
            before,
            after,
            format,
        } => plan_figures::diff(&before, &after, format == "json"),
        PlanCommand::Acknowledge {
            id,
            finding,
            serious,
            reason,
            by,
        } => {
            let which = match (finding, serious) {
                (Some(finding), false) => Some(finding),
                (None, true) => None,
                _ => return Err(Fault::new("写一个口径差异编号，或用 --serious")),
            };
            let store = open(&config()?).await?;
            plan_commands::acknowledge(&store, &id, which.as_deref(), &reason, &by).await
        }
        PlanCommand::Versions => plan_commands::versions(&open(&config()?).await?).await,
    }
}

async fn open(config: &Config) -> Outcome<Store> {
    compose::open(&config.database, serve::keys(&config.key_file)?).await
}

async fn keys(command: KeysCommand, config: impl Fn() -> Outcome<Config>) -> Outcome<()> {
    match command {
        KeysCommand::Create { out } => keys_commands::create(&out),
        KeysCommand::Add => keys_commands::add(&config()?),
        KeysCommand::Rotate { now, rows } => keys_commands::rotate(&config()?, now, rows).await,
        KeysCommand::Status => keys_commands::status(&config()?).await,
        KeysCommand::Drop { id, codes } => keys_commands::drop_key(&config()?, &id, codes).await,
    }
}
