//! What a role does not see in full, and what a spreadsheet would run.

use authz::{Action, Role};
use host::export::{Cell, Secret};

/// A cell as this role may see it.
pub(crate) fn masked(cell: Cell, secret: Secret, role: Role) -> Cell {
    match (secret, cell) {
        (Secret::Name, Cell::Text(name))
            if !Action::ReadPerson.allowed_to(role) || host::veil::veils(role) =>
        {
            Cell::Text(ui::mask::name(&name))
        }
        // A source masks numbers itself; whatever comes in full is starred here.
        (Secret::Number, Cell::Text(number)) if !number.contains('*') => {
            Cell::Text(ui::mask::number(&number))
        }
        (_, cell) => cell,
    }
}

/// Whether a spreadsheet program would read this text as a formula when it is typed or pasted.
pub(crate) fn like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows K01, M03: names are masked for roles that open nobody's page, numbers for everybody.
    #[test]
    fn names_and_numbers_are_masked_by_role() {
        let text = |text: &str| Cell::Text(text.into());
        for (cell, secret, role, shown) in [
            ("张秀兰", Secret::Name, Role::CountyCivil, "张秀兰"),
            ("张秀兰", Secret::Name, Role::CityHealth, "张**"),
            ("张秀兰", Secret::Name, Role::InspectorDiscipline, "张**"),
            ("张秀兰", Secret::None, Role::CityHealth, "张秀兰"),
            (
                "429900194001010018",
                Secret::Number,
                Role::CountyCivil,
                "**************0018",
            ),
            (
                "429***********0018",
                Secret::Number,
                Role::CountyCivil,
                "429***********0018",
            ),
        ] {
            assert_eq!(
                masked(text(cell), secret, role),
                text(shown),
                "{cell} {role:?}"
            );
        }
        assert_eq!(masked(Cell::Empty, Secret::Name, Role::Leader), Cell::Empty);
    }

    /// Row K01: what begins like a formula is known.
    #[test]
    fn formulas_are_known_by_their_first_character() {
        for text in ["=1+1", "+86", "-5", "@SUM(A1)", "\t=1", "＝1"] {
            assert!(like_a_formula(text), "{text}");
        }
        for text in ["张三", "1=1", "", " =1"] {
            assert!(!like_a_formula(text), "{text}");
        }
    }
}
