//! Why an expression is refused and what to write instead (fail closed, invariant 4).

use sqlparser::ast::{BinaryOperator, Expr as Sql, InTarget, UnaryOperator, Value as SqlValue};

/// What is wrong and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) what: String,
    pub(super) remedy: String,
}

impl Refusal {
    pub(super) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

const KEEP_UNKNOWN: &str = "去掉它：没有登记的事实自动得出“待核实”，不能当作否";
const LANGUAGE: &str = "只能用比较、and or not、in、between、+ - *、case、字面值、事实、param()、entitled()，金额里还有 pct()";

/// The refusal of a form that is not on the whitelist.
pub(super) fn form(sql: &Sql) -> Refusal {
    let written = short(&sql.to_string());
    let (what, remedy) = match sql {
        Sql::IsNull(_)
        | Sql::IsNotNull(_)
        | Sql::IsTrue(_)
        | Sql::IsNotTrue(_)
        | Sql::IsFalse(_)
        | Sql::IsNotFalse(_)
        | Sql::IsUnknown(_)
        | Sql::IsNotUnknown(_)
        | Sql::IsDistinctFrom(..)
        | Sql::IsNotDistinctFrom(..) => ("不能用 is …", KEEP_UNKNOWN),
        Sql::Subquery(_) | Sql::Exists { .. } => ("不能用子查询", "条件只问本人的事实"),
        Sql::In {
            target: InTarget::Subquery(_) | InTarget::Table { .. },
            ..
        } => (
            "不能用子查询",
            "in 后面列出字面值，如 in ('alone', 'empty_nest')",
        ),
        Sql::Like { .. } | Sql::ILike { .. } | Sql::SimilarTo { .. } | Sql::RLike { .. } => {
            ("不能用 like", "文字用 =、<> 或 in 比较")
        }
        Sql::Cast { .. } | Sql::Convert { .. } => {
            ("不能用类型转换", "每个事实有固定的类型，直接比较")
        }
        Sql::Substring { .. }
        | Sql::Trim { .. }
        | Sql::Position { .. }
        | Sql::Overlay { .. }
        | Sql::Collate { .. } => ("不能用文字函数", "文字用 =、<> 或 in 比较"),
        Sql::Extract { .. } | Sql::AtTimeZone { .. } | Sql::Interval(_) => (
            "不能用日期函数",
            "年龄用 age、months，所问日期用 as_of，日期写 date '2025-06-30'",
        ),
        Sql::Ceil { .. } | Sql::Floor { .. } => {
            ("不能用取整函数", "比例用 pct(金额, 20)，取整由参数决定")
        }
        Sql::CompoundIdentifier(_) => ("不能用带点的名称", "直接写事实名称，如 dibao"),
        Sql::BinaryOp { op, .. } => return operator(op, &written),
        Sql::UnaryOp {
            op: UnaryOperator::BangNot,
            ..
        } => ("不能用 !", "写 not"),
        Sql::Value(value) => return literal(&value.value, &written),
        Sql::Function(_) => ("不能这样调用函数", LANGUAGE),
        _ => ("条件语言里没有这种写法", LANGUAGE),
    };
    Refusal::new(format!("{what}：{written}"), remedy)
}

fn operator(op: &BinaryOperator, written: &str) -> Refusal {
    let remedy = match op {
        BinaryOperator::Divide | BinaryOperator::Modulo => "不能用除法；比例用 pct(金额, 20)",
        BinaryOperator::StringConcat => "文字不能拼接，用 =、<> 或 in 比较",
        _ => LANGUAGE,
    };
    Refusal::new(format!("不能用运算符 {op}：{written}"), remedy)
}

fn literal(value: &SqlValue, written: &str) -> Refusal {
    let (what, remedy) = match value {
        SqlValue::Null => ("不能写 null", KEEP_UNKNOWN),
        SqlValue::Number(..) => (
            "数字不能用",
            "只能用一万亿以内的整数；金额以分为单位，不写小数",
        ),
        _ => ("这种字面值不能用", "文字用单引号，日期写 date '2025-06-30'"),
    };
    Refusal::new(format!("{what}：{written}"), remedy)
}

/// The refusal of a function that the language does not have.
pub(super) fn function(name: &str) -> Refusal {
    let remedy = match name.to_lowercase().as_str() {
        "coalesce" | "ifnull" | "nvl" | "isnull" | "nullif" => KEEP_UNKNOWN,
        "now" | "current_date" | "date" | "current_timestamp" => "所问日期写 as_of",
        "round" | "floor" | "ceil" => "比例用 pct(金额, 20)，取整由参数“比例金额取整”决定",
        "substr" | "substring" | "lower" | "upper" | "trim" | "concat" | "length" => {
            "文字用 =、<> 或 in 比较"
        }
        "year" | "datediff" | "date_diff" | "extract" => "年龄用 age、months",
        _ => LANGUAGE,
    };
    Refusal::new(format!("没有函数 {name}()"), remedy)
}

/// The first 60 characters of what was written.
pub(super) fn short(written: &str) -> String {
    let mut text: String = written.chars().take(60).collect();
    if written.chars().count() > 60 {
        text.push('…');
    }
    text
}
