//! Tables of cases by procedure, and a property over any sequence of acts.

use super::*;
use crate::procedures::Procedures;
use proptest::prelude::*;

const TEXT: &str = include_str!("../../../../procedures/suizhou/procedures.toml");

fn procedure(programme: &str) -> Procedure {
    Procedures::read(TEXT)
        .unwrap()
        .of(programme)
        .unwrap()
        .clone()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn run(programme: &str, acts: &[(&str, Act<'_>)]) -> Standing {
    let procedure = procedure(programme);
    acts.iter().fold(Standing::draft(), |standing, (on, act)| {
        standing.after(&procedure, *act, day(on)).unwrap()
    })
}

/// Rows C05, C17–C19, C33: for each programme a case with its days: steps in order, parallel steps, publicity,
/// deadlines in working days.
#[test]
fn each_programme_takes_its_own_way() {
    let applied = [
        ("2025-06-02", Act::Submit),
        ("2025-06-04", Act::Accept),
        ("2025-06-10", Act::Pass("check")),
    ];
    for (programme, state, due) in [
        // Publicity: seven calendar days.
        ("senior_allowance", State::Publicity, "2025-06-17"),
        ("care_service_subsidy", State::Publicity, "2025-06-17"),
        // Nothing posted: straight to the decision, ten working days.
        ("nursing_subsidy", State::Deciding, "2025-06-24"),
        // 残联 has not verified yet: ten working days from acceptance.
        ("severe_disability_nursing", State::Checking, "2025-06-18"),
        ("hard_disability_living", State::Checking, "2025-06-18"),
    ] {
        let standing = run(programme, &applied);
        assert_eq!(standing.state, state, "{programme}");
        assert_eq!(standing.due, Some(day(due)), "{programme}");
    }
    let both = run(
        "severe_disability_nursing",
        &[
            ("2025-06-02", Act::Submit),
            ("2025-06-04", Act::Accept),
            ("2025-06-05", Act::Pass("verify")),
            ("2025-06-06", Act::Pass("check")),
        ],
    );
    assert_eq!(
        both.state,
        State::Deciding,
        "the order of parallel steps is free"
    );
    assert_eq!(both.due, Some(day("2025-06-20")));
}

/// Row C33: the office's clock stands still while a supplement is awaited and runs on with the days that were left,
/// also where it was late already.
#[test]
fn the_clock_stands_still_while_a_supplement_is_awaited() {
    let asked = [("2025-06-02", Act::Submit), ("2025-06-04", Act::Ask)];
    let waiting = run("senior_allowance", &asked);
    assert_eq!(waiting.state, State::Supplement);
    assert_eq!(waiting.left, Some(3), "five days less two");
    assert_eq!(waiting.due, Some(day("2025-06-18")));
    assert!(
        !waiting.late(day("2025-07-30")),
        "it is not the office's turn"
    );
    let procedure = procedure("senior_allowance");
    let back = waiting
        .after(&procedure, Act::Supplement, day("2025-06-16"))
        .unwrap();
    assert_eq!(back.state, State::Submitted);
    assert_eq!(back.due, Some(day("2025-06-19")));
    // Asked for a working day too late: a day too late it stays.
    let late = run(
        "senior_allowance",
        &[
            ("2025-06-02", Act::Submit),
            ("2025-06-10", Act::Ask),
            ("2025-06-16", Act::Supplement),
        ],
    );
    assert!(late.late(day("2025-06-16")));
    assert_eq!(late.days_left(day("2025-06-16")), Some(-1));
    // Not handed in: only after the last day it counts as withdrawn.
    assert!(
        waiting
            .after(&procedure, Act::Lapse, day("2025-06-18"))
            .is_err()
    );
    let gone = waiting
        .after(&procedure, Act::Lapse, day("2025-06-19"))
        .unwrap();
    assert_eq!(gone.state, State::Withdrawn);
}

/// Row C33: publicity ends by itself, an objection holds the decision until it is settled, outside the days there is none.
#[test]
fn an_objection_holds_the_decision() {
    let procedure = procedure("senior_allowance");
    let posted = run(
        "senior_allowance",
        &[
            ("2025-06-02", Act::Submit),
            ("2025-06-04", Act::Accept),
            ("2025-06-10", Act::Pass("check")),
        ],
    );
    assert!(
        posted
            .after(&procedure, Act::Approve, day("2025-06-17"))
            .is_err()
    );
    let quiet = posted.on(&procedure, day("2025-06-18"));
    assert_eq!(quiet.state, State::Deciding);
    assert_eq!(
        quiet.due,
        Some(day("2025-07-01")),
        "ten working days after publicity"
    );
    let objected = posted
        .after(&procedure, Act::Object, day("2025-06-17"))
        .unwrap();
    assert!(
        objected
            .after(&procedure, Act::Approve, day("2025-06-30"))
            .is_err()
    );
    let settled = objected
        .after(&procedure, Act::Dismiss, day("2025-06-20"))
        .unwrap();
    assert!(settled.can(&procedure, Act::Approve, day("2025-06-20")));
    assert!(
        posted
            .after(&procedure, Act::Object, day("2025-06-18"))
            .is_err()
    );
}

/// Row C33: an appeal is open for its days, is decided once, and gives no second one after them.
#[test]
fn an_appeal_has_its_days() {
    let procedure = procedure("nursing_subsidy");
    let refused = run(
        "nursing_subsidy",
        &[
            ("2025-03-03", Act::Submit),
            ("2025-03-04", Act::Accept),
            ("2025-03-05", Act::Pass("check")),
            ("2025-03-06", Act::Refuse),
        ],
    );
    assert!(refused.can(&procedure, Act::Appeal, day("2025-05-05")));
    assert!(!refused.can(&procedure, Act::Appeal, day("2025-05-06")));
    let appealed = refused
        .after(&procedure, Act::Appeal, day("2025-03-10"))
        .unwrap();
    let kept = appealed
        .after(&procedure, Act::Uphold, day("2025-03-20"))
        .unwrap();
    assert_eq!(
        kept.decided,
        Some(day("2025-03-06")),
        "the first decision's day"
    );
    let turned = appealed
        .after(&procedure, Act::Overturn, day("2025-03-20"))
        .unwrap();
    assert_eq!(turned.state, State::Approved);
}

/// What must hold of any standing.
fn legal(standing: &Standing, procedure: &Procedure) -> Result<(), String> {
    let say = |ok: bool, what: &str| {
        if ok {
            Ok(())
        } else {
            Err(format!("{what}: {standing:?}"))
        }
    };
    let state = standing.state;
    let stages = procedure.stages();
    say(standing.stage < stages.len(), "stage exists")?;
    let running = state.open() && state != State::Draft;
    say(standing.due.is_some() == running, "due while it runs")?;
    say(
        standing.left.is_some() == (state == State::Supplement),
        "days kept only for a supplement",
    )?;
    say(
        standing.until.is_some() == (state == State::Publicity),
        "publicity has an end",
    )?;
    say(standing.objections >= 0, "objections are counted")?;
    say(
        standing.objections == 0 || state == State::Publicity,
        "objections only to publicity",
    )?;
    let decided = matches!(state, State::Approved | State::Refused | State::Appealing);
    say(standing.decided.is_some() == decided, "decided on a day")?;
    for (at, steps) in stages.iter().enumerate() {
        let done = steps.iter().all(|step| standing.passed.contains(&step.id));
        say(at >= standing.stage || done, "earlier stages are done")?;
        let none = steps.iter().all(|step| !standing.passed.contains(&step.id));
        say(at <= standing.stage || none, "later stages are not begun")?;
    }
    if decided {
        say(
            standing.stage + 1 == stages.len(),
            "decided at the last stage",
        )?;
    }
    Ok(())
}

proptest! {
    /// Rows C33; invariant 11: any sequence of acts on any days leaves a legal state, and what is refused changes nothing.
    #[test]
    fn any_sequence_of_acts_leaves_a_legal_state(
        programme in 0_usize..5,
        acts in prop::collection::vec((0_usize..18, 0_i32..25), 0..60),
    ) {
        let all = Procedures::read(TEXT).unwrap();
        let procedure = &all.procedures[programme];
        let doable = [
            Act::Submit, Act::Accept, Act::Reject, Act::Ask, Act::Supplement, Act::Withdraw, Act::Lapse,
            Act::Pass("check"), Act::Pass("verify"), Act::Pass("nothing"), Act::Object, Act::Dismiss,
            Act::Approve, Act::Refuse, Act::Appeal, Act::Uphold, Act::Overturn, Act::Transfer,
        ];
        let mut standing = Standing::draft();
        let mut today = day("2025-01-01");
        for (which, later) in acts {
            today = today.plus_days(later);
            prop_assert_eq!(legal(&standing.on(procedure, today), procedure), Ok(()));
            if let Ok(next) = standing.after(procedure, doable[which], today) {
                standing = next;
            }
            prop_assert_eq!(legal(&standing, procedure), Ok(()));
        }
    }
}

/// Rows C05, K03; product rule 19: a step that the county handed over on the day it began is the town's, and stays so when
/// the delegation ends; one that began before is the county's; publicity that ended leads on as of its last day; appeals
/// and objections are never handed over.
#[test]
fn who_had_a_step_when_it_began_keeps_it() {
    let handed = |from: &str, until: &str| Procedure {
        handed: vec![Handed {
            step: "decide".to_owned(),
            from: day(from),
            until: day(until),
            document: "函".to_owned(),
        }],
        ..procedure("senior_allowance")
    };
    // Checked on the tenth, posted until the seventeenth.
    let posted = run(
        "senior_allowance",
        &[
            ("2025-06-02", Act::Submit),
            ("2025-06-04", Act::Accept),
            ("2025-06-10", Act::Pass("check")),
        ],
    );
    assert_eq!(posted.entered, Some(day("2025-06-10")));
    let town = vec![Role::TownWorker, Role::CountyCivil];
    let county = vec![Role::CountyCivil];
    for (from, until, who) in [
        ("2025-06-17", "2025-06-17", &town),
        ("2025-01-01", "2025-06-17", &town),
        ("2025-06-18", "2025-12-31", &county),
        ("2025-01-01", "2025-06-16", &county),
    ] {
        let procedure = handed(from, until);
        for today in ["2025-06-18", "2025-12-01"] {
            let standing = posted.on(&procedure, day(today));
            assert_eq!(standing.state, State::Deciding);
            assert_eq!(
                &standing.doers(&procedure, Act::Approve),
                who,
                "{from}–{until}"
            );
            assert_eq!(standing.doers(&procedure, Act::Dismiss), county);
        }
        let refused = posted
            .after(&procedure, Act::Refuse, day("2025-06-18"))
            .unwrap();
        let appealed = refused
            .after(&procedure, Act::Appeal, day("2025-06-19"))
            .unwrap();
        assert_eq!(appealed.doers(&procedure, Act::Overturn), county);
    }
}
