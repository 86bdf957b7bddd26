//! What is typed into the form, checked: digits as printed, nothing impossible, nothing of the future.

use crate::aim::Target;
use crate::value::{Kind, New};
use figures::Num;
use kernel::Day;
use ui::Form;

/// The value to record; every slip is told at its field.
pub(super) fn checked(today: Day, area: &str, target: &Target, form: &mut Form) -> Option<New> {
    let day = form
        .required("day", "请填写数据日期")
        .and_then(|_| form.day("day"));
    if day.is_some_and(|day| day > today) {
        form.errors.add("day", "数据日期不能晚于今天");
    }
    let number = |form: &mut Form, name: &str| -> Option<Num> {
        let text = form.text(name)?;
        let read = Num::parse(&text);
        if read.is_none() {
            let words =
                format!("「{text}」不是数字。只写数字和小数点，最多六位小数，不写逗号和单位");
            form.errors.add(name, words);
        }
        read
    };
    let typed = form
        .required("value", "请填写数值")
        .and_then(|_| number(form, "value"));
    let value = typed.map(|typed| typed * target.unit.times);
    if let (Some(max), Some(value)) = (target.measure.max, value)
        && value > max
    {
        let words = format!("不可能大于 {max}{}，请核对", target.measure.unit);
        form.errors.add("value", words);
    }
    let (above, below) = (number(form, "numerator"), number(form, "denominator"));
    if form.text("numerator").is_some() != form.text("denominator").is_some() {
        form.errors.add("denominator", "分子和分母要一起填");
    }
    if let (Some(above), Some(below), Some(typed)) = (above, below, typed) {
        let scale = match &target.measure.ratio {
            Some(ratio) => Some(ratio.scale),
            None if target.measure.is_percent() => Some(Num::whole(100)),
            None => None,
        };
        let printed = form.text("value").unwrap_or_default();
        let places = printed
            .split_once('.')
            .map_or(0, |(_, part)| part.len() as u32);
        match (scale, above.over(below)) {
            (_, None) => form.errors.add("denominator", "分母不能是 0"),
            (Some(scale), Some(_)) => {
                let exact = (above * scale).over(below).unwrap_or_default();
                if exact.round(places) != typed {
                    let words = format!(
                        "分子 ÷ 分母是 {}，和填的数值不一致",
                        exact.round(2.max(places))
                    );
                    form.errors.add("value", words);
                }
            }
            (None, Some(_)) => {}
        }
    }
    let kinds = Kind::REPORTED.map(Kind::key);
    let kind = form
        .one_of("kind", &kinds, "请选择数据性质")
        .and_then(|key| Kind::from_key(&key));
    let source = form.required("source", "请填写来源，例如台账名称");
    for (name, most) in [("source", 120), ("note", 300)] {
        if form
            .text(name)
            .is_some_and(|text| text.chars().count() > most)
        {
            form.errors.add(name, format!("最多 {most} 个字"));
        }
    }
    Some(New {
        measure: target.measure.id.clone(),
        area: area.to_owned(),
        day: day?,
        value: value?,
        numerator: above,
        denominator: below,
        kind: kind?,
        source: source?,
        note: form.text("note"),
    })
}
