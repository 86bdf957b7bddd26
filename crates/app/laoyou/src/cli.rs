//! What can be typed after `laoyou`: commands, their options and their words.

use clap::{Parser, Subcommand};
use kernel::Day;
use std::path::PathBuf;

/// 老幼通：城市「一老一小」工作的规划、人员、资格、发放和监督。
#[derive(Parser)]
#[command(name = "laoyou", version)]
pub(crate) struct Cli {
    /// 配置文件（默认读当前目录的 laoyou.toml）
    #[arg(long, global = true)]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
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
    /// 检查安装：密钥、数据库、结构、清单、记录链、作业、文件、磁盘、备份
    Doctor {
        /// text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// 备份：数据库、文件和快照写成一份加密的备份文件（不含密钥），不必停止服务
    Backup {
        /// 写到哪个文件，例如 /backup/2025-06-30.laoyou
        #[arg(long, required_unless_present = "verify")]
        out: Option<PathBuf>,
        /// 不备份，只把一份备份从头读到尾核对（不需要数据库）
        #[arg(long, conflicts_with = "out")]
        verify: Option<PathBuf>,
    },
    /// 把一份备份恢复到空的数据库（SQLite 或 PostgreSQL 都可以）
    Restore {
        /// 备份文件
        file: PathBuf,
        /// 恢复到这个数据库，不用配置里的 database
        #[arg(long)]
        into: Option<String>,
    },
    /// 导入一份名单：先校验，写 --commit 才提交
    Import {
        /// 名单种类，例如 people、dibao、disability、receipts
        kind: String,
        /// 文件（.xlsx 或 .csv）
        file: PathBuf,
        /// 名单来源，例如 2025年6月低保名册
        #[arg(long)]
        source: String,
        /// 名单日期
        #[arg(long, value_parser = day)]
        day: Day,
        /// 全量名单：地区里不在名单上的人登记为“不是”
        #[arg(long, requires = "area")]
        complete: bool,
        /// 名单地区的代码
        #[arg(long)]
        area: Option<kernel::AreaCode>,
        /// 经办人账号
        #[arg(long)]
        by: String,
        /// 核准人账号（和上次名单相差超过一成时）
        #[arg(long)]
        approved_by: Option<String>,
        /// 提交
        #[arg(long)]
        commit: bool,
    },
    /// 操作记录
    #[command(subcommand)]
    Audit(AuditCommand),
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
    /// 个人信息处理目的和保存期限
    #[command(subcommand)]
    Privacy(PrivacyCommand),
    /// 补贴发放：发放规则、台账接入、审计重放
    #[command(subcommand)]
    Pay(PayCommand),
    /// 申请审批：办理流程
    #[command(subcommand)]
    Cases(CasesCommand),
    /// 能力评估：量表和评分（不需要数据库）
    #[command(subcommand)]
    Assess(AssessCommand),
}

#[derive(Subcommand)]
pub(crate) enum CasesCommand {
    /// 载入办理流程（谁受理审核决定、期限、材料、公示、免申即享），以后的申请按它办
    Procedures {
        /// 流程文件，例如 procedures/suizhou/procedures.toml
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum AssessCommand {
    /// 按量表给一份评分文件定等级，说明每一步
    Score {
        /// 量表，例如 gbt-42195-2022
        #[arg(long)]
        scheme: String,
        /// 评分文件（JSON）
        #[arg(long)]
        input: PathBuf,
        /// text 或 json
        #[arg(long, default_value = "text", value_parser = ["text", "json"])]
        format: String,
    },
    /// 列出量表；写了文件就检查它是不是一份完整的量表
    Schemes {
        /// 量表文件（.toml）
        file: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum PrivacyCommand {
    /// 载入处理目的和保存期限；不写目录就载入随程序带的一套
    Load {
        /// 目录，里面有 purposes.toml 和 retention.toml
        dir: Option<PathBuf>,
        /// 载入人
        #[arg(long)]
        by: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// 从头核对整条记录链，说出第一处不符
    Verify {
        /// 另与以前导出的每日链头核对：能看出整条链被重写、末尾被删
        #[arg(long)]
        heads: Option<PathBuf>,
    },
    /// 导出每天的链头（编号和摘要），保存在数据库之外
    Heads {
        /// 写到哪个文件
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum AdminCommand {
    /// 建第一个系统管理员，打印一次性密码
    Create {
        /// 账号
        login: String,
        /// 姓名
        name: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum KeysCommand {
    /// 生成密钥文件
    Create {
        /// 写到哪里
        #[arg(long)]
        out: PathBuf,
    },
    /// 在密钥文件里加一把新密钥（还不启用），随后重启所有进程
    Add,
    /// 启用最新的密钥，并把全部内容改用它；可以中断，再运行就接着做
    Rotate {
        /// 现在就在这里做完（默认由服务的后台作业做）
        #[arg(long)]
        now: bool,
        /// 一批多少行
        #[arg(long, default_value_t = laoyou::rekey::ROWS)]
        rows: i64,
    },
    /// 每把密钥下还有多少内容，换密钥做到哪里
    Status,
    /// 从密钥文件里删除一把旧密钥（没有内容再用它时）
    Drop {
        /// 密钥编号，见 laoyou keys status
        id: String,
        /// 让只能用它核对的动态码备用码失效
        #[arg(long)]
        codes: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// 打印生效的配置（口令打码）
    Show,
}

#[derive(Subcommand)]
pub(crate) enum PlanCommand {
    /// 检查规划文件夹：格式、条件、样例、口径差异
    Check {
        /// 规划文件夹，例如 plans/suizhou
        dir: PathBuf,
        /// 存放文件原文（.txt）的文件夹：核对每段引文
        #[arg(long)]
        sources: Option<PathBuf>,
        /// 市级清单的文件夹：县级清单与它对照，缺项、低于市级标准的逐条列出
        #[arg(long)]
        city: Option<PathBuf>,
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
pub(crate) enum EntitleCommand {
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
pub(crate) enum PeriodCommand {
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
pub(crate) enum SnapshotCommand {
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

#[derive(Subcommand)]
pub(crate) enum PayCommand {
    /// 载入发放规则（首月末月、分担比例、日历、银行版式），以后的批次按它计算
    Terms {
        /// 规则文件，例如 payments/suizhou/terms.toml
        file: PathBuf,
    },
    /// 用已导入的在享花名册建立发放台账；已有台账的不变
    Adopt {
        /// 待遇代码，例如 senior_allowance
        #[arg(long)]
        programme: String,
        /// 这一天仍在享的
        #[arg(long, value_parser = day)]
        day: Day,
    },
    /// 生成签名银行文件用的 SM2 私钥文件（只有本人可读），并显示交给银行的公钥
    SealKey {
        /// 私钥文件；已有的不会被覆盖
        #[arg(long)]
        out: PathBuf,
    },
    /// 审计重放：按冻结时掌握的事实、清单和规则重算一个月，与发放结果比到分；不写任何数据
    Replay {
        /// 年-月，例如 2025-03
        #[arg(long)]
        month: String,
        /// 只重放一个待遇
        #[arg(long)]
        programme: Option<String>,
    },
}
