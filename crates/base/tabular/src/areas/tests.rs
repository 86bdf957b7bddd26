//! Areas found and refused, over a small tree.

use super::*;

fn code(text: &str) -> AreaCode {
    text.parse().unwrap()
}

fn index() -> AreaIndex {
    let entry = |text: &str, name: &str| AreaEntry {
        code: code(text),
        name: name.to_owned(),
        parent: None,
        old_codes: Vec::new(),
        old_names: Vec::new(),
    };
    let mut entries = vec![
        entry("4213", "随州市"),
        entry("421303", "曾都区"),
        entry("421303001", "东城街道"),
        entry("421303001001", "文峰社区居委会"),
        entry("421303001002", "曾都社区"),
        entry("421303100", "淅河镇"),
        entry("421303100201", "新河村村民委员会"),
        entry("421303100202", "淅河村委会"),
        entry("421321", "随县"),
        entry("421321101", "新街镇"),
        entry("421321101201", "新河村"),
        entry("421321102", "厉山镇"),
    ];
    entries[2].old_codes = vec![code("421302001"), code("421302999")];
    entries[11].old_codes = vec![code("421302999")];
    entries[11].old_names = vec!["历山公社".to_owned()];
    // An area managed by another than its code says.
    entries[9].parent = Some(code("421303"));
    AreaIndex::new(entries)
}

/// B01: codes, old codes, names, short names and paths all find the area.
#[test]
fn areas_are_found_however_they_are_written() {
    let index = index();
    for (text, found) in [
        ("421303", "421303"),
        ("４２１３０３００１", "421303001"),
        ("421303001000", "421303001"),
        ("421303001001", "421303001001"),
        ("421302001", "421303001"),
        ("421303001 东城街道", "421303001"),
        ("曾都区", "421303"),
        ("曾都", "421303"),
        ("东城", "421303001"),
        ("东城街道办事处", "421303001"),
        ("东城街办", "421303001"),
        ("文峰社区", "421303001001"),
        ("文峰居委会", "421303001001"),
        ("文峰", "421303001001"),
        ("历山公社", "421321102"),
        ("淅河", "421303100"),
        ("淅河村", "421303100202"),
        ("湖北省随州市曾都区东城街道", "421303001"),
        ("湖北省/随州市/曾都区/东城街道/文峰社区", "421303001001"),
        ("湖北 随州 曾都 东城 文峰", "421303001001"),
        ("随州市曾都区文峰社区", "421303001001"),
        ("曾都区淅河镇新河村", "421303100201"),
        ("曾都区新街镇新河村", "421321101201"),
        ("曾都区东城街道文峰社区3组12号", "421303001001"),
    ] {
        let asked = index.find(text, None).map_err(|wrong| wrong.to_string());
        assert_eq!(asked, Ok(code(found)), "{text}");
        // The second answer comes from memory.
        assert_eq!(index.find(text, None).unwrap(), code(found), "{text}");
    }
    assert_eq!(
        index.path(code("421303001")).as_deref(),
        Some("随州市曾都区东城街道")
    );
}

/// B01: what fits twice, nowhere, or only outside is refused with the reason.
#[test]
fn what_does_not_fit_is_refused_by_name() {
    let index = index();
    for (text, hint, refused) in [
        ("", None, "area.empty"),
        ("—", None, "area.empty"),
        ("421399", None, "area.unknown_code"),
        ("42130", None, "area.unknown_code"),
        ("4.21303E+11", None, "area.unknown_code"),
        ("新河村", None, "area.ambiguous"),
        ("421302999", None, "area.ambiguous"),
        ("桃花岛", None, "area.unknown"),
        ("曾都区桃花岛", None, "area.unknown"),
        ("厉山镇", Some("421303"), "area.outside"),
        ("421321102", Some("421303"), "area.outside"),
    ] {
        let wrong = index.find(text, hint.map(code)).unwrap_err();
        assert_eq!(wrong.code, refused, "{text}: {wrong}");
    }
    let wrong = index.find("新河村", None).unwrap_err();
    assert!(
        wrong.says.contains("曾都区淅河镇新河村") && wrong.says.contains("新街镇新河村"),
        "{wrong}"
    );
    assert_eq!(
        index.find("新河村", Some(code("421303100"))).unwrap(),
        code("421303100201")
    );
    assert_eq!(
        index.find("421302999", Some(code("421321"))).unwrap(),
        code("421321102")
    );
    let long = "随".repeat(5000);
    assert_eq!(index.find(&long, None).unwrap_err().code, "area.unknown");
    let deep = "曾都".repeat(50);
    assert!(index.find(&deep, None).is_err());
}
