//! The JSON of a plan is what its schema promises (rows A01–A11, A21; invariant 1).

use plan::api::show_json;
use rules::Files;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A path of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../..")
        .join(path)
}

fn schema() -> Value {
    let text = std::fs::read_to_string(repository("docs/plan.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn place(name: &str) -> Value {
    let folder = std::fs::read_dir(repository("plans").join(name)).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let toml = paths.filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let files: Files = toml
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    show_json(&files).unwrap()
}

fn problems(validator: &jsonschema::Validator, plan: &Value) -> Vec<String> {
    validator
        .iter_errors(plan)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Every place, with a list and without, issued and not.
#[test]
fn the_four_places_follow_the_schema() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    for name in ["suizhou", "xianning", "chongxin", "shaoyang"] {
        assert_eq!(problems(&validator, &place(name)), [""; 0], "{name}");
    }
}

/// The schema is closed: what it does not name, what is missing and what is no word of the format is refused.
#[test]
fn the_schema_refuses_what_the_format_does_not_have() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let good = place("suizhou");
    for (at, value) in [
        ("/indicators/0/figures/0/value", json!(109)),
        ("/indicators/0/figures/0/value", json!("109张")),
        ("/indicators/0/figures/0/amount", json!(109.0)),
        ("/indicators/0/figures/0/role", json!("goal")),
        ("/indicators/0/figures/0/about/year", json!("2025")),
        ("/indicators/0/domain", json!("养护")),
        ("/indicators/0/source", json!({ "basis": "不详" })),
        ("/tasks/0/executors", json!("everybody")),
        ("/tables/0/by", json!("month")),
        ("/standards/0/kind", json!("其他")),
        ("/findings/0/kind", json!("odd")),
        ("/measures/0/better", json!("more")),
        ("/plan/area", json!("4213")),
        ("/plan/documents/0/issued_on", json!("2023年6月1日")),
        ("/services/0/benefit/kind", json!("cash")),
        ("/params/0/unit", json!("yuan")),
        ("/digest", json!("none")),
        ("/format", json!(2)),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(at).unwrap() = value;
        let told = problems(&validator, &bad);
        assert!(
            !told.is_empty() && told.iter().all(|problem| problem.starts_with(at)),
            "{at}: {told:?}"
        );
    }
    for at in [
        "",
        "/plan",
        "/indicators/0",
        "/indicators/0/figures/0",
        "/tasks/0",
        "/findings/0",
        "/services/0",
    ] {
        let mut more = good.clone();
        let object = more.pointer_mut(at).unwrap().as_object_mut().unwrap();
        object.insert("more".to_owned(), json!(1));
        assert!(!problems(&validator, &more).is_empty(), "{at} takes more");
        let mut less = good.clone();
        let object = less.pointer_mut(at).unwrap().as_object_mut().unwrap();
        let first = object.keys().next().unwrap().clone();
        object.remove(&first);
        assert!(
            !problems(&validator, &less).is_empty(),
            "{at} goes without {first}"
        );
    }
}

/// The schema's words are the model's.
#[test]
fn the_words_are_the_models() {
    let schema = schema();
    let words = |at: &str| -> Vec<String> {
        let values = schema.pointer(at).unwrap().as_array().unwrap().iter();
        values
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect()
    };
    let figure = "/$defs/figure/properties";
    assert_eq!(
        words(&format!("{figure}/role/enum")),
        figures::Role::ALL.map(|role| role.1)
    );
    assert_eq!(words(&format!("{figure}/op/enum")), figures::Op::KEYS);
    assert_eq!(words(&format!("{figure}/per/enum")), figures::Per::KEYS);
    assert_eq!(words("/$defs/domain/enum"), figures::DOMAINS);
    assert_eq!(
        words("/$defs/indicator/properties/nature/enum"),
        figures::NATURES
    );
    assert_eq!(
        words("/$defs/standard/properties/kind/enum"),
        figures::STANDARD_KINDS
    );
    assert_eq!(
        words("/$defs/finding/properties/kind/enum"),
        figures::FindingKind::ALL.map(|kind| kind.1)
    );
    assert_eq!(
        words("/$defs/service/properties/service_type/enum"),
        rules::folder::SERVICE_TYPES
    );
    assert_eq!(
        words("/$defs/service/properties/access/enum"),
        rules::folder::ACCESS
    );
    assert_eq!(
        words("/$defs/param/properties/unit/enum"),
        rules::folder::ParamUnit::KEYS
    );
}
