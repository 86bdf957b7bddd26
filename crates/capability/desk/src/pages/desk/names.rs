//! Names on the desk are masked: it stands open all day.

use host::Ctx;
use people::api::Person;

/// «王**».
pub(super) fn masked(name: &str) -> String {
    let first: String = name.chars().take(1).collect();
    format!("{first}**")
}

/// «王**，84周岁».
pub(super) fn who(ctx: &Ctx, person: &Person) -> String {
    let age = people::api::words::age(&person.facts, ctx.today());
    format!("{}，{age}", masked(&person.name))
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn of_a_name_only_its_first_character_is_shown() {
        for (name, shown) in [
            ("王念慈", "王**"),
            ("欧阳修", "欧**"),
            ("张", "张**"),
            ("", "**"),
        ] {
            assert_eq!(masked(name), shown);
        }
    }
}
