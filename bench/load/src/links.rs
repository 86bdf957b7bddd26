//! What a page offers: links, choices, doors.

/// Every `href` of the page that starts so, once each, as an address.
pub fn starting(page: &str, start: &str) -> Vec<String> {
    let mut found: Vec<String> = page
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(plain)
        .filter(|link| link.starts_with(start))
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The values of a select by its name, without the empty one.
pub fn choices(page: &str, name: &str) -> Vec<String> {
    let select = page.split("<select").skip(1).find(|part| {
        part.split('>')
            .next()
            .is_some_and(|tag| tag.contains(&format!("name=\"{name}\"")))
    });
    let options = select
        .and_then(|part| part.split("</select>").next())
        .unwrap_or_default();
    options
        .split("<option value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|value| !value.is_empty())
        .map(plain)
        .collect()
}

/// The doors of the demo: account, role, and whose it is.
pub fn doors(page: &str) -> Vec<(String, String, String)> {
    page.split("name=\"account\" value=\"")
        .skip(1)
        .filter_map(|rest| {
            let account = rest.split('"').next()?;
            let role = rest.split("<b>").nth(1)?.split('<').next()?;
            let whose = rest.split("<span>").nth(1)?.split('<').next()?;
            Some((account.to_owned(), role.to_owned(), whose.to_owned()))
        })
        .collect()
}

fn plain(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&")
}
