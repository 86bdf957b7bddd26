//! Addresses that lead back into this installation only: nobody is sent to a stranger after signing in.

/// The address if it is a path of this installation: one `/`, then neither `/` nor `\` nor anything
/// that a browser would strip before it looks.
pub(crate) fn local_path(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('/')?;
    let good = !rest.starts_with(['/', '\\'])
        && text.len() <= 2000
        && !text.contains('\\')
        && text.bytes().all(|byte| byte > b' ' && byte < 0x7f);
    good.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::local_path;

    /// Row M03: an address that leads away is refused in every spelling browsers forgive.
    #[test]
    fn only_paths_of_this_installation_pass() {
        for good in ["/", "/people?page=2&area=421303", "/a/b#c", "/%2F%2Fevil"] {
            assert_eq!(local_path(good), Some(good), "{good}");
        }
        for bad in [
            "",
            "people",
            "//evil.cn",
            "/\\evil.cn",
            "\\\\evil.cn",
            "https://evil.cn",
            "/\t/evil.cn",
            "/\n",
            "/x\\y",
            "/人员",
        ] {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }
}
