//! Two files become one person: of every table that names people it is decided what happens.

use laoyou::compose;
use std::collections::{BTreeMap, BTreeSet};

/// What happens to the rows of a file that gives way, by table.
const DECIDED: &[(&str, &str)] = &[
    ("assessment_admission", "led"),
    ("assessment_request", "led"),
    (
        "audit_row",
        "the log never changes; looks at both files are shown with the one that stays",
    ),
    (
        "cases_case",
        "led, but for a case that was granted: it stays with its grant",
    ),
    ("duty_case", "led"),
    ("entitle_answer", "counted out, and answered anew"),
    (
        "entitle_finding",
        "rests; the file that stays is answered anew",
    ),
    ("entitle_receipt", "counts for the file that stays"),
    (
        "exchange_line",
        "of a list that went out; a hit finds who stays",
    ),
    ("exchange_proposal", "of a hit; finds who stays"),
    (
        "exchange_record",
        "what was reported stays reported; the night ends it",
    ),
    ("identity_household", "the file's past"),
    ("identity_side", "other pairs of it are closed"),
    ("identity_tie", "led"),
    ("message_message", "led"),
    ("message_off", "led"),
    ("org_question", "about a row of the log"),
    ("pay_account", "led where the file that stays has none"),
    (
        "pay_asked",
        "asked for a proof once; who stays is asked by their own",
    ),
    ("pay_attempt", "paid under its key"),
    ("pay_change", "of a batch"),
    ("pay_contact", "tries to reach; the file's past"),
    ("pay_doubt", "of a batch"),
    ("pay_due", "due under its key"),
    ("pay_event", "of a grant"),
    (
        "pay_grant",
        "ends with the last drawn month; goes on under the file that stays",
    ),
    ("pay_life", "led where it is the latest"),
    ("pay_offset", "of a batch"),
    ("pay_proof", "led where it is the latest"),
    ("pay_recovery", "led"),
    ("people_alias", "where the file rests"),
    ("people_event", "rests with the file"),
    ("people_guardian", "before people_ward"),
    ("people_history", "rests with the file"),
    ("people_person", "rests with the file"),
    ("people_record", "before people_history"),
    ("people_remark", "rests with the file"),
    ("people_shard", "no people"),
    ("people_ward", "led"),
    ("privacy_consent", "led"),
    ("privacy_item", "of a list of what is to be erased"),
    ("privacy_request", "led"),
    ("quality_request", "led"),
    ("voucher_voucher", "led while it can be used"),
];

/// Row B02; invariant 3: a table that names people by their key says here what happens to its rows where a file gives way:
/// whoever adds one decides it.
#[test]
fn every_table_of_people_is_decided_about() {
    let mut found: BTreeSet<String> = BTreeSet::new();
    for migration in compose::migrations() {
        let mut table = String::new();
        for line in migration.sql.lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.split([' ', '(']).next().unwrap().to_owned();
            }
            if line.starts_with("  shard TEXT") {
                found.insert(table.trim_end_matches("_new").to_owned());
            }
        }
    }
    let decided: BTreeMap<&str, &str> = DECIDED.iter().copied().collect();
    let left: Vec<&String> = found
        .iter()
        .filter(|table| !decided.contains_key(table.as_str()))
        .collect();
    assert!(left.is_empty(), "not decided: {left:?}");
    assert_eq!(decided.len(), found.len(), "decided and not there");
}

/// What a capability led is found again by its name in the journal of a merge.
#[test]
fn names_of_what_is_led_are_there_once() {
    let names: Vec<&str> = compose::capabilities()
        .iter()
        .flat_map(|capability| capability.joinings.iter().map(|joining| joining.name))
        .collect();
    let once: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(once.len(), names.len(), "{names:?}");
    for wanted in [
        "assessment",
        "cases",
        "duty",
        "identity",
        "message",
        "pay",
        "privacy",
        "quality",
        "voucher",
    ] {
        assert!(once.contains(wanted), "{wanted}");
    }
}
