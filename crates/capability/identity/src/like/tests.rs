//! Pairs of people and what the score says of each: who may be one, who is not, and twins.

use super::*;
use Evidence::*;

fn of(name: &str, birth: u32, more: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = Profile {
        name: name.to_owned(),
        birth: (birth > 0).then_some(birth),
        male: Some(false),
        hukou: "421303001001".parse().ok(),
        residence: "421303001001".parse().ok(),
        number: Some(format!("{name}{birth}")),
        ..Profile::default()
    };
    more(&mut profile);
    profile
}

fn nothing(_: &mut Profile) {}
fn unnumbered(profile: &mut Profile) {
    profile.number = None;
}
fn elsewhere(profile: &mut Profile) {
    profile.number = None;
    profile.hukou = "421321101001".parse().ok();
    profile.residence = profile.hukou;
}

fn name(a: &str, b: &str) -> Evidence {
    let (one, two) = (Folded::of(a), Folded::of(b));
    let there = one.like(a, &two, b);
    assert_eq!(two.like(b, &one, a), there, "{a} {b} the other way round");
    there
}

fn birth_like(a: u32, b: u32) -> Evidence {
    let there = birth::like(Some(a), Some(b)).unwrap();
    assert_eq!(birth::like(Some(b), Some(a)), Some(there), "{a} {b}");
    assert!(
        there == BirthOther || (near_births(a).contains(&b) && near_births(b).contains(&a)),
        "{a} {b} is not looked for"
    );
    there
}

/// Rows B01, B02: names as offices write them for one another.
#[test]
fn names_are_compared_as_offices_write_them() {
    for (a, b, expected) in [
        ("王秀兰", "王秀兰", NameSame),
        ("王秀蘭", "王秀兰", NameVariant),
        ("劉國強", "刘国强", NameVariant),
        ("陳鳳", "陈凤", NameVariant),
        ("肖红", "萧红", NameVariant),
        ("李峯", "李峰", NameVariant),
        ("王喆", "王哲", NameVariant),
        ("阿不都·热合曼", "阿不都热合曼", NameVariant),
        ("阿不都•热合曼", "阿不都·热合曼", NameVariant),
        ("张 伟", "张伟", NameVariant),
        ("王?兰", "王秀兰", NameVariant),
        ("周\u{e863}", "周𬭎", NameVariant),
        ("王秀兰", "王秀岚", NamePinyin),
        ("张伟", "张玮", NamePinyin),
        ("王淑珍", "王书真", NamePinyin),
        ("李明", "李鸣", NamePinyin),
        ("王秀兰", "王秀英", NameOne),
        ("欧阳春花", "欧阳秋花", NameOne),
        ("欧阳娜娜", "娜娜欧阳", NameReordered),
        ("王兰秀", "王秀兰", NameReordered),
        ("阿不都热合曼·买买提", "阿不都热合曼", NamePart),
        ("王兰", "王秀兰", NamePart),
        ("王秀兰", "李秀兰", NameOne),
        ("王秀兰", "王国强", NameOther),
        ("王伟", "王强", NameOther),
        ("王伟", "李娜", NameOther),
        ("", "王伟", NameOther),
    ] {
        assert_eq!(name(a, b), expected, "{a} {b}");
    }
}

/// Rows B01, B02: births as they are mistaken for one another, each found where the search looks.
#[test]
fn births_are_compared_as_they_are_mistaken() {
    for (a, b, expected) in [
        (19400305, 19400305, BirthSame),
        (19400101, 19400101, BirthFirst),
        (19400101, 19400719, BirthUncertain),
        (19400305, 19400503, BirthSwapped),
        (19400305, 19400315, BirthDigit),
        (19400305, 19480305, BirthDigit),
        (19400305, 19410305, BirthDigit),
        (19390305, 19400305, BirthYear),
        (19400305, 19400413, BirthLunar),
        (19401220, 19410128, BirthLunar),
        (19400305, 19400828, BirthOther),
        (19400305, 19621117, BirthOther),
    ] {
        assert_eq!(birth_like(a, b), expected, "{a} {b}");
    }
    assert_eq!(birth::like(None, Some(19400305)), None);
}

/// Rows B01, B02: which pairs are put before somebody, and which are not.
#[test]
fn pairs_are_listed_or_not() {
    let same = |a: Profile, b: Profile| (score(&a, &b), score(&b, &a));
    for (what, a, b, listed) in [
        (
            "the same file twice, no number",
            of("王秀兰", 19400305, nothing),
            of("王秀兰", 19400305, unnumbered),
            true,
        ),
        (
            "the same, in another county",
            of("王秀兰", 19400305, nothing),
            of("王秀兰", 19400305, elsewhere),
            true,
        ),
        (
            "traditional characters",
            of("王秀蘭", 19400305, unnumbered),
            of("王秀兰", 19400305, nothing),
            true,
        ),
        (
            "the same sound",
            of("王秀岚", 19400305, unnumbered),
            of("王秀兰", 19400305, nothing),
            true,
        ),
        (
            "month and day swapped",
            of("王秀兰", 19400503, unnumbered),
            of("王秀兰", 19400305, nothing),
            true,
        ),
        (
            "one digit, one village",
            of("王秀兰", 19400306, unnumbered),
            of("王秀兰", 19400305, nothing),
            true,
        ),
        (
            "only the year known, one village",
            of("王秀兰", 19400101, unnumbered),
            of("王秀兰", 19400805, nothing),
            true,
        ),
        (
            "lunar, one village and one phone",
            of("王秀兰", 19400305, |p| {
                unnumbered(p);
                p.phone = Some("t".into());
            }),
            of("王秀兰", 19400410, |p| p.phone = Some("t".into())),
            true,
        ),
        (
            "a name and nothing else",
            of("王秀兰", 19400305, unnumbered),
            of("王秀兰", 19621117, nothing),
            false,
        ),
        (
            "two numbers, one name, one day, two towns",
            of("王秀兰", 19400305, nothing),
            of("王秀兰", 19400305, |p| {
                elsewhere(p);
                p.number = Some("x".into());
            }),
            false,
        ),
        (
            "two numbers, one village",
            of("王秀兰", 19400305, nothing),
            of("王秀兰", 19400305, |p| p.number = Some("x".into())),
            false,
        ),
        (
            "two numbers, one village, one phone",
            of("王秀兰", 19400305, |p| p.phone = Some("t".into())),
            of("王秀兰", 19400305, |p| {
                p.number = Some("x".into());
                p.phone = Some("t".into());
            }),
            true,
        ),
        (
            "a man and a woman",
            of("王秀兰", 19400305, |p| p.male = Some(true)),
            of("王秀兰", 19400305, unnumbered),
            false,
        ),
        (
            "neighbours born on one day",
            of("王秀兰", 19400305, unnumbered),
            of("张国强", 19400305, nothing),
            false,
        ),
        (
            "mother and daughter of one sound",
            of("王秀兰", 19400305, unnumbered),
            of("王秀岚", 19660305, nothing),
            false,
        ),
        (
            "one digit, two towns",
            of("王秀兰", 19400306, elsewhere),
            of("王秀兰", 19400305, nothing),
            false,
        ),
    ] {
        let (there, back) = same(a, b);
        assert_eq!(there.points, back.points, "{what}");
        assert_eq!(there.listed(), listed, "{what}: {there:?}");
    }
}

/// Rows B02, B08: siblings born together are shown as such, and are no sure thing; with two numbers they are not shown.
#[test]
fn true_twins_are_told_as_twins() {
    let twin = |name: &str, number: Option<&str>| {
        of(name, 20250618, |p| {
            p.household = Some("h".into());
            p.number = number.map(str::to_owned);
        })
    };
    let newborn = score(&twin("陈大双", None), &twin("陈小双", None));
    assert!(newborn.evidence.contains(&Twins), "{newborn:?}");
    assert_eq!(newborn.points, LISTED, "listed, and last");
    let sounding = score(&twin("陈玥", None), &twin("陈悦", None));
    assert!(sounding.evidence.contains(&Twins) && sounding.listed());
    let numbered = score(&twin("陈大双", Some("1")), &twin("陈小双", Some("2")));
    assert!(!numbered.listed(), "{numbered:?}");
}

/// Evidence stands in a row as codes and comes back; words begin with what weighs most.
#[test]
fn evidence_is_kept_and_told() {
    let all = [NumbersDiffer, BirthSame, NameSame];
    assert_eq!(decode(&encode(&all)), all);
    assert_eq!(decode("n1,zz,"), [NameSame]);
    assert_eq!(
        words(&all),
        ["姓名相同", "出生日期相同", "两个身份证号不同"]
    );
}
