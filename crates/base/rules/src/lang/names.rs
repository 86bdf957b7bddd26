//! Names and calls of an expression: facts, derived facts, `param()`, `entitled()`, `pct()`.

use super::reader::{Reader, number, truth};
use super::refuse::{self, Refusal};
use super::types::{Type, Typed, Wanted};
use super::{Expr, ParamId};
use crate::facts::{FactId, Kind, Value, derived_from, dictionary, find};
use crate::folder::ParamUnit;
use crate::nearest::nearest;
use sqlparser::ast::{
    Expr as Sql, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Value as SqlValue,
};

/// Literals beyond a trillion are slips of the pen and could overflow.
const LARGEST: i64 = 1_000_000_000_000;
const DERIVED: [&str; 4] = ["age", "months", "as_of", "hukou_local"];

impl Reader<'_> {
    pub(super) fn name(&self, name: &str) -> Result<Typed, Refusal> {
        let birth = |expr| Ok(number(expr));
        match name {
            "age" => return birth(Expr::Age),
            "months" => return birth(Expr::Months),
            "as_of" => {
                return Ok(Typed {
                    expr: Expr::AsOf,
                    kind: Type::Day,
                });
            }
            "hukou_local" => return Ok(truth(Expr::Inside(FactId::HUKOU_AREA, self.scope.place))),
            _ => {}
        }
        let Some(fact) = find(name) else {
            return Err(unknown_name(name));
        };
        let kind = match fact.def().kind {
            Kind::Bool => Type::Bool,
            Kind::Int { .. } => Type::Int,
            Kind::Day => Type::Day,
            Kind::Word(_) => Type::Word(fact),
            Kind::Area => Type::Area,
            Kind::Text => {
                return Err(Refusal::new(
                    format!("{name} 只登记，规则不能问"),
                    "换成可以判断的事实",
                ));
            }
        };
        Ok(Typed {
            expr: Expr::Fact(fact),
            kind,
        })
    }

    pub(super) fn call(
        &self,
        function: &Function,
        sql: &Sql,
        depth: usize,
    ) -> Result<Typed, Refusal> {
        let name = function.name.to_string();
        if !["param", "entitled", "pct"].contains(&name.as_str()) {
            return Err(refuse::function(&name));
        }
        let arguments = plain_arguments(function).ok_or_else(|| refuse::form(sql))?;
        match (name.as_str(), arguments.as_slice()) {
            ("param", [Sql::Value(value)]) => match &value.value {
                SqlValue::SingleQuotedString(name) => self.param(name),
                _ => Err(Refusal::new("param 要写参数名", "写成 param('高龄津贴')")),
            },
            ("entitled", [Sql::Value(value)]) => {
                match literal(&value.value).map(|typed| typed.expr) {
                    Some(Expr::Const(Value::Int(no))) => self.entitled(no),
                    _ => Err(Refusal::new("entitled 要写项目编号", "写成 entitled(15)")),
                }
            }
            ("pct", [amount, percent]) if self.wanted == Wanted::Amount => {
                let (amount, percent) = (self.int(amount, depth)?, self.int(percent, depth)?);
                if has_pct(&amount) || has_pct(&percent) {
                    return Err(Refusal::new(
                        "pct 里不能再写 pct",
                        "只取整一次，把比例合成一个",
                    ));
                }
                Ok(number(Expr::Pct(Box::new(amount), Box::new(percent))))
            }
            ("pct", [_, _]) => Err(Refusal::new("条件里不能用 pct", "pct 只用在 amount 里")),
            _ => Err(Refusal::new(
                format!("{name} 的参数不对"),
                "写成 param('名称')、entitled(编号) 或 pct(金额, 20)",
            )),
        }
    }

    fn param(&self, name: &str) -> Result<Typed, Refusal> {
        let params = self.scope.params;
        let Some(place) = params.iter().position(|(known, _)| known == name) else {
            let near = nearest(name, params.iter().map(|(known, _)| known.as_str()));
            let remedy = near.map_or_else(
                || "在 params.toml 里定义它，没有值时 values = []".to_owned(),
                |near| format!("是不是 {near}？"),
            );
            return Err(Refusal::new(format!("没有参数「{name}」"), remedy));
        };
        let kind = match params.get(place).map(|(_, unit)| *unit) {
            Some(ParamUnit::Flag) => Type::Bool,
            Some(ParamUnit::Word) => Type::Text,
            _ => Type::Int,
        };
        let place = u16::try_from(place)
            .map_err(|_error| Refusal::new("参数太多", "参数不超过 65535 个"))?;
        Ok(Typed {
            expr: Expr::Param(ParamId(place)),
            kind,
        })
    }

    fn entitled(&self, no: i64) -> Result<Typed, Refusal> {
        match u16::try_from(no) {
            Ok(no) if no >= 1 && no < self.scope.items_below => Ok(truth(Expr::Entitled(no))),
            _ => Err(Refusal::new(
                format!("entitled({no}) 不是前面的项目"),
                "只能问编号更小的项目，避免循环",
            )),
        }
    }
}

/// A literal of the language.
pub(super) fn literal(value: &SqlValue) -> Option<Typed> {
    match value {
        SqlValue::Number(digits, false) => {
            let value = digits
                .parse()
                .ok()
                .filter(|value| (0..=LARGEST).contains(value))?;
            Some(number(Expr::Const(Value::Int(value))))
        }
        SqlValue::Boolean(value) => Some(truth(Expr::Const(Value::Bool(*value)))),
        SqlValue::SingleQuotedString(text) => Some(Typed {
            expr: Expr::Const(Value::Text(text.clone())),
            kind: Type::Text,
        }),
        _ => None,
    }
}

fn has_pct(expr: &Expr) -> bool {
    matches!(expr, Expr::Pct(..)) || expr.parts().into_iter().any(has_pct)
}

/// The arguments of a call that is nothing but a call.
fn plain_arguments(function: &Function) -> Option<Vec<&Sql>> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    let plain = !function.uses_odbc_syntax
        && matches!(function.parameters, FunctionArguments::None)
        && function.within_group.is_empty()
        && function.filter.is_none()
        && function.null_treatment.is_none()
        && function.over.is_none()
        && list.duplicate_treatment.is_none()
        && list.clauses.is_empty();
    let argument = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref sql)) => Some(sql),
        _ => None,
    };
    if plain {
        list.args.iter().map(argument).collect()
    } else {
        None
    }
}

fn unknown_name(name: &str) -> Refusal {
    if name == "merit" {
        let remedy = "写具体的类别，如 merit_martyr_family or merit_disabled_soldier";
        return Refusal::new("merit 是个人文件里的写法，规则里没有", remedy);
    }
    let known = dictionary().iter().map(|def| def.name).chain(DERIVED);
    let what = format!("事实词典里没有 {name}");
    match nearest(name, known) {
        Some(near) => {
            let from =
                derived_from(near).map_or_else(String::new, |from| format!("（由 {from} 推算）"));
            Refusal::new(what, format!("是不是 {near}{from}？"))
        }
        None => Refusal::new(what, "只能用事实词典里的名称；文字要用单引号"),
    }
}
