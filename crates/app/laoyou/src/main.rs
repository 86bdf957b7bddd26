//! The one binary: `laoyou serve | work | migrate | demo | doctor | admin | plan | entitle | snapshot | period`.

use clap::{Parser, Subcommand};
use kernel::Day;
use laoyou::config::Config;
use laoyou::demo_city::{self, DemoOptions};
use laoyou::fault::{Fault, Outcome};
use laoyou::{
    compose, doctor, entitle_diff, entitle_run, logs, out, periods, plan_commands, plan_figures,
    serve, snapshot, work,
};
use std::path::PathBuf;
use std::process::ExitCode;
use store::Store;

/// Gives memory back that a night or an export needed for a while (docs/benchmarks.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// 老幼通：城市「一老一小」工作的规划、人员、资格、发放和监督。
#[derive(Parser)]
#[command(name = "laoyou", version)]
struct Cli {
    /// 配置文件（默认读当前目录的 laoyou.toml）
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动网站
    Serve,
    /// 只跑后台作业
    Work,
    /// 把数据库升级到本版本
    Migrate,
    /// 生成（或打开）演示城市并启动网站
    Demo {
        /// 常住人口数
        #[arg(long, default_value_t = 20_000)]
        people: usize,
        /// 种子
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// 演示日期
        #[arg(long, default_value = "2025-06-30", value_parser = day)]
        today: Day,
        /// 数据目录
        #[arg(long, default_value = "data")]
        data: PathBuf,
        /// 端口；0 为任意空闲端口
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// 丢掉已有的演示数据重新生成
        #[arg(long)]
        reset: bool,
        /// 只生成，不启动网站
        #[arg(long)]
        prepare_only: bool,
        /// 用这个空数据库，不用数据目录里的 SQLite 文件
        #[arg(long)]
        database: Option<String>,
    },
    /// 检查安装
    Doctor,
    /// 管理员
    #[command(subcommand)]
    Admin(AdminCommand),
    /// 密钥文件
    #[command(subcommand)]
    Keys(KeysCommand),
    /// 配置
    #[command(subcommand)]
    Config(ConfigCommand),
    /// 清单
    #[command(subcommand)]
    Plan(PlanCommand),
    /// 资格
    #[command(subcommand)]
    Entitle(EntitleCommand),
    /// 快照
    #[command(subcommand)]
    Snapshot(SnapshotCommand),
    /// 月度定版和夜间核对
    #[command(subcommand)]
    Period(PeriodCommand),
}

#[derive(Subcommand)]
enum AdminCommand {
    /// 建第一个系统管理员，打印一次性密码
    Create {
        /// 账号
        login: String,
        /// 姓名
        name: String,
    },
}

#[derive(Subcommand)]
enum KeysCommand {
    /// 生成密钥文件
    Create {
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// 打印生效的配置（口令打码）
    Show,
}

#[derive(Subcommand)]
enum PlanCommand {
    /// 检查规划文件夹：格式、条件、样例、口径差异
    Check {
        /// 规划文件夹，例如 plans/suizhou
        dir: PathBuf,
        /// 存放文件原文（.txt）的文件夹：核对每段引文
        #[arg(long)]
        sources: Option<PathBuf>,
        /// 格式：text 或 json
        #[arg(long, default_value = "text")]
        format: String,
    },
    /// 打印整个清单目录
    Show {
        /// 清单目录
        dir: PathBuf,
        /// 格式，只有 json
        #[arg(long, default_value = "json")]
        format: String,
    },
    /// 载入为草稿
    Load {
        /// 清单目录
        dir: PathBuf,
        /// 载入人
        #[arg(long)]
        by: String,
    },
    /// 发布草稿
    Publish {
        /// 草稿编号
        id: String,
        /// 提交人
        #[arg(long)]
        by: String,
        /// 批准人（另一个人）
        #[arg(long)]
        approved_by: String,
        /// 未测算即发布的原因（记在这个版本上）
        #[arg(long)]
        without_trial: Option<String>,
    },
    /// 写回目录
    Export {
        /// 版本编号
        id: String,
        /// 写到哪里
        dir: PathBuf,
    },
    /// 列出版本
    Versions,
    /// 比较几个地方（或一个地方的几份文件）在同一口径上的数
    Compare {
        /// 规划文件夹，一个或几个；只写一个就比较它的几份文件
        #[arg(required = true)]
        dirs: Vec<PathBuf>,
        /// 格式：text 或 json
        #[arg(long, default_value = "text")]
        format: String,
    },
    /// 把规划写成 Excel 工作簿
    ToXlsx {
        /// 规划文件夹
        dir: PathBuf,
        /// 写到哪个文件
        file: PathBuf,
    },
    /// 读回改过的 Excel 工作簿：先列出改了什么，写 --out 才存成新的文件夹
    FromXlsx {
        /// 原来的规划文件夹
        dir: PathBuf,
        /// 改过的工作簿
        file: PathBuf,
        /// 改后的文件夹写到哪里
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// 两个版本的规划有哪些行不同
    Diff {
        /// 原来的规划文件夹
        before: PathBuf,
        /// 现在的规划文件夹
        after: PathBuf,
        /// 格式：text 或 json
        #[arg(long, default_value = "text")]
        format: String,
    },
    /// 确认一处口径差异并写明原因（或用 --serious 一次确认全部严重的）
    Acknowledge {
        /// 版本编号
        id: String,
        /// 口径差异编号，见 plan check
        finding: Option<String>,
        /// 全部严重的
        #[arg(long)]
        serious: bool,
        /// 原因
        #[arg(long)]
        reason: String,
        /// 确认人
        #[arg(long)]
        by: String,
    },
}

#[derive(Subcommand)]
enum EntitleCommand {
    /// 一个人在某天符合哪些项目、为什么
    Explain {
        /// 清单目录
        #[arg(long)]
        plan: PathBuf,
        /// 哪一天
        #[arg(long, value_parser = day)]
        as_of: Day,
        /// 人员 JSON 文件
        #[arg(long)]
        person: PathBuf,
        /// 演示值文件
        #[arg(long)]
        overlay: Option<PathBuf>,
        /// text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// 用一份快照把整个清单算一遍：每项、每县多少人、多少钱
    Run {
        /// 清单目录
        #[arg(long)]
        plan: PathBuf,
        /// 人员快照（laoyou snapshot write 写出的 people.parquet）
        #[arg(long)]
        snapshot: PathBuf,
        /// 哪一天
        #[arg(long, value_parser = day)]
        as_of: Day,
        /// 演示值文件
        #[arg(long)]
        overlay: Option<PathBuf>,
        /// 另存每个人每一项的结果（Parquet）
        #[arg(long)]
        out: Option<PathBuf>,
        /// 用几个线程
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// 两天、两版清单或两份快照相比：每项、每县谁新符合、谁不再符合、因哪一条、一年差多少钱
    Diff {
        /// 清单目录
        #[arg(long)]
        plan: PathBuf,
        /// 人员快照
        #[arg(long)]
        snapshot: PathBuf,
        /// 哪一天
        #[arg(long, value_parser = day)]
        as_of: Day,
        /// 演示值文件
        #[arg(long)]
        overlay: Option<PathBuf>,
        /// 后一边的清单目录（后一边不写的，都与前一边相同）
        #[arg(long)]
        plan2: Option<PathBuf>,
        /// 后一边的人员快照
        #[arg(long)]
        snapshot2: Option<PathBuf>,
        /// 后一边的日期
        #[arg(long, value_parser = day)]
        as_of2: Option<Day>,
        /// 后一边的演示值文件
        #[arg(long)]
        overlay2: Option<PathBuf>,
        /// 用几个线程
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
}

#[derive(Subcommand)]
enum PeriodCommand {
    /// 定版一个月末；以后补录的事实改变了汇总数，再运行一次另出新版
    Freeze {
        /// 年-月，例如 2025-05
        #[arg(long)]
        month: String,
    },
    /// 核对每一期的文件和汇总数与摘要是否相符
    Verify,
    /// 现在就做夜间作业：到期重算、快照、全员核对，打印用时和内存
    Night,
}

#[derive(Subcommand)]
enum SnapshotCommand {
    /// 写一天的快照：人员、资格、在享、规划指标
    Write {
        /// 哪一天
        #[arg(long, value_parser = day)]
        as_of: Day,
        /// 写到哪个目录
        #[arg(long)]
        out: PathBuf,
    },
}

fn day(text: &str) -> Result<Day, String> {
    text.parse()
        .map_err(|error: kernel::day::NotADay| error.to_string())
}

fn main() -> ExitCode {
    let cli = Cli::parse();
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
            let app = compose::app_with(
                open(&config).await?,
                org::api::OrgSettings::default(),
                config.file_store(),
                config.periods(),
            )
            .await?;
            let worker = work::spawn(app);
            serve::stop_signal().await;
            worker.stop().await;
        }
        Command::Migrate => {
            let store = open(&config()?).await?;
            let ran = store.migrate(&compose::migrations()).await?;
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
        Command::Doctor => {
            if !doctor::run(&config()?).await? {
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
        Command::Keys(KeysCommand::Create { out: path }) => create_keys(&path)?,
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
        Command::Period(command) => {
            let config = config()?;
            let store = open(&config).await?;
            let well = match command {
                PeriodCommand::Freeze { month } => {
                    periods::freeze(&config, &store, &month).await?;
                    true
                }
                PeriodCommand::Verify => periods::verify(&store).await?,
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
            format,
        } => plan_commands::check_folder(&dir, sources.as_deref(), format == "json"),
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

fn create_keys(path: &std::path::Path) -> Outcome<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let mut file = file.map_err(|error| {
        Fault::new(format!(
            "不能写 {}：{error}。已有密钥文件不会被覆盖",
            path.display()
        ))
    })?;
    file.write_all(store::Keys::generate_file()?.as_bytes())?;
    out::line(format!(
        "已生成 {}。请离线备份：丢了它，证号和电话再也打不开",
        path.display()
    ));
    Ok(())
}
