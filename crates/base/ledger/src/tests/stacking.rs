//! Several dues of one person.

use super::fen;
use crate::{Candidate, Level, Shares, stack};
use proptest::prelude::*;

fn one(programme: &str, amount: i64, highest: &str, excludes: &[&str]) -> Candidate {
    Candidate {
        programme: programme.into(),
        name: programme.to_uppercase(),
        fen: fen(amount),
        highest_of: (!highest.is_empty()).then(|| highest.into()),
        excludes: excludes.iter().map(|id| (*id).into()).collect(),
        offset: Vec::new(),
    }
}

/// Rows C18, C19, C20: 择高, 互斥 and 差额, each with its reason.
#[test]
fn every_outcome_of_stacking_has_its_reason() {
    let paid = |candidates: &[Candidate]| -> Vec<i64> {
        stack(candidates).iter().map(|one| one.fen.0).collect()
    };
    let nursing = one("nursing", 10000, "nursing", &[]);
    let severe = one("severe", 10000, "nursing", &["tekun"]);
    let tekun = one("tekun", 90000, "", &[]);
    assert_eq!(
        paid(&[nursing.clone(), severe.clone()]),
        [10000, 0],
        "of equals the first"
    );
    let more = Candidate {
        fen: fen(12000),
        ..severe.clone()
    };
    assert_eq!(paid(&[nursing.clone(), more]), [0, 12000]);
    // Who is excluded takes no part in the choice of the highest.
    let all = [
        nursing.clone(),
        Candidate {
            fen: fen(12000),
            ..severe.clone()
        },
        tekun.clone(),
    ];
    assert_eq!(paid(&all), [10000, 0, 90000]);
    let because = stack(&all)[1].because.clone().unwrap();
    assert_eq!(because, "与「TEKUN」不能同时享受");
    // a gives way to b, b to c: a is paid.
    let chain = [
        one("a", 1, "", &["b"]),
        one("b", 2, "", &["c"]),
        one("c", 3, "", &[]),
    ];
    assert_eq!(paid(&chain), [1, 0, 3]);
    let set_off = [
        tekun,
        Candidate {
            offset: vec!["tekun".into()],
            ..one("care", 95000, "", &[])
        },
    ];
    assert_eq!(paid(&set_off), [90000, 5000]);
    assert!(
        stack(&set_off)[1]
            .because
            .clone()
            .unwrap()
            .contains("差额发放")
    );
}

proptest! {
    /// Invariant 6: the four shares are never below nothing and come to the payment.
    #[test]
    fn shares_come_to_the_payment(amount in 0..10_000_000_i64, central in 0..=4000_i64, province in 0..=3000_i64, city in 0..=3000_i64) {
        let shares = Shares { central, province, city };
        let parts = shares.split(fen(amount)).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.0).sum::<i64>(), amount);
        prop_assert!(parts.iter().all(|part| part.0 >= 0));
        prop_assert!(parts[3].0 * 10_000 >= amount * shares.of(Level::County));
    }
}
