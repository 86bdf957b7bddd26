//! The next day on which answers change by themselves.

use super::{day, list, person, service, when};

/// Row C03; product.md 25: a birthday, a card that runs out, a new standard are known in advance.
#[test]
fn the_next_change_is_a_birthday_a_date_or_a_new_value() {
    for (condition, amount, facts, next) in [
        (
            "age >= 80",
            "",
            "\"birth_date\": \"1945-07-15\"",
            Some("2025-07-15"),
        ),
        (
            "age > 80",
            "",
            "\"birth_date\": \"1945-01-15\"",
            Some("2026-01-15"),
        ),
        (
            "age + 1 > 80",
            "",
            "\"birth_date\": \"1946-01-15\"",
            Some("2026-01-15"),
        ),
        (
            "age >= 80",
            "",
            "\"birth_date\": \"1948-02-29\"",
            Some("2028-02-29"),
        ),
        (
            "age >= 81",
            "",
            "\"birth_date\": \"1948-02-29\"",
            Some("2029-03-01"),
        ),
        (
            "months < 36",
            "",
            "\"birth_date\": \"2023-01-31\"",
            Some("2026-01-31"),
        ),
        ("age >= 80", "", "\"birth_date\": \"1930-01-15\"", None),
        (
            "disability_card_until >= as_of",
            "",
            "\"disability_card_until\": \"2025-08-31\"",
            Some("2025-09-01"),
        ),
        ("as_of < date '2026-01-01'", "", "", Some("2026-01-01")),
        (
            "true",
            "amount = \"param('低保标准')\"",
            "\"hukou_area\": \"421321\"",
            Some("2025-07-01"),
        ),
        (
            "true",
            "amount = \"param('低保标准')\"",
            "\"hukou_area\": \"421303\", \"urban\": true",
            None,
        ),
        ("dibao", "", "", None),
    ] {
        let list = list(&[service(1, &when(condition), amount)]);
        let found = list.next_change(&person(facts), day("2025-06-30"));
        assert_eq!(found, next.map(day), "{condition} {facts}");
    }
}
