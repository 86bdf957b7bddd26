//! What stands around every page: who is signed in, the menu, the way back, the demo banner.

use crate::assets::asset;
use crate::text::query_encode;

/// The frame of a page. Every page struct has a field `shell: Shell`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shell {
    /// Title of the page: the browser's title and the `<h1>`.
    pub title: String,
    /// The place this installation works for, shown beside the system's name.
    pub place: String,
    /// Who is signed in; without it no menu, search or badge is drawn.
    pub user: Option<UserBadge>,
    /// Menu groups this role sees.
    pub menu: Vec<MenuGroup>,
    /// Way back, outermost first; the page itself is added by the layout.
    pub crumbs: Vec<Crumb>,
    /// Text of the demo banner, e.g. `演示数据 · 演示日期 2025年6月30日`.
    pub demo: Option<String>,
    /// Big text (大字版) is on.
    pub big_text: bool,
    /// One message about what has just happened.
    pub flash: Option<Flash>,
    /// The reader may look people up: the search box is drawn.
    pub search: bool,
    /// Only the inner part is wanted (drawer, list refresh).
    pub partial: bool,
    /// Path of this page, to come back to after switching the text size.
    pub path: String,
}

/// Name, role and area of the signed-in person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserBadge {
    /// Name.
    pub name: String,
    /// Role in words.
    pub role_zh: String,
    /// Area or office in words.
    pub scope_zh: String,
}

/// One group of the left menu. A group without a title shows its items directly.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuGroup {
    /// Group title; empty for a plain item such as 工作台.
    pub title: String,
    /// Its items.
    pub items: Vec<MenuItem>,
}

/// One entry of the left menu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MenuItem {
    /// Words.
    pub title: String,
    /// Where it leads.
    pub href: String,
    /// This page belongs to it.
    pub active: bool,
    /// Not delivered yet: shown greyed, not a link.
    pub coming: bool,
}

/// One step of the way back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Crumb {
    /// Words.
    pub title: String,
    /// Where it leads, if anywhere.
    pub href: Option<String>,
}

/// One message after an action. `kind` is `ok`, `info`, `warn` or `danger`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flash {
    /// `ok`, `info`, `warn` or `danger`.
    pub kind: String,
    /// The message, one sentence.
    pub text: String,
}

impl Shell {
    /// A frame with this title and nothing else.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    /// The same frame under another title.
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Names the place the installation works for.
    pub fn place(mut self, place: impl Into<String>) -> Self {
        self.place = place.into();
        self
    }

    /// Signs somebody in.
    pub fn user(mut self, name: &str, role_zh: &str, scope_zh: &str) -> Self {
        self.user = Some(UserBadge {
            name: name.into(),
            role_zh: role_zh.into(),
            scope_zh: scope_zh.into(),
        });
        self
    }

    /// Sets the menu.
    pub fn menu(mut self, menu: Vec<MenuGroup>) -> Self {
        self.menu = menu;
        self
    }

    /// Adds one step of the way back that is a link. On a page that no menu item leads to, the step's item
    /// is the active one.
    pub fn crumb(mut self, title: impl Into<String>, href: impl Into<String>) -> Self {
        let href: String = href.into();
        let page = href.split('?').next().unwrap_or_default();
        let items = || self.menu.iter().flat_map(|group| &group.items);
        let lost = !items().any(|item| item.active && item.href != "/");
        if lost && page != "/" && items().any(|item| item.href == page) {
            for item in self.menu.iter_mut().flat_map(|group| &mut group.items) {
                item.active = item.href == page;
            }
        }
        self.crumbs.push(Crumb {
            title: title.into(),
            href: Some(href),
        });
        self
    }

    /// Sets the demo banner.
    pub fn demo(mut self, text: impl Into<String>) -> Self {
        self.demo = Some(text.into());
        self
    }

    /// Sets the message about what has just happened; `kind` is `ok`, `info`, `warn` or `danger`.
    pub fn flash(mut self, kind: impl Into<String>, text: impl Into<String>) -> Self {
        self.flash = Some(Flash {
            kind: kind.into(),
            text: text.into(),
        });
        self
    }

    /// Switches big text.
    pub fn big_text(mut self, on: bool) -> Self {
        self.big_text = on;
        self
    }

    /// Draws the search box.
    pub fn search(mut self, on: bool) -> Self {
        self.search = on;
        self
    }

    /// Asks for the inner part only.
    pub fn partial(mut self, on: bool) -> Self {
        self.partial = on;
        self
    }

    /// Sets the page's own path.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// The menu with that item active whose address is the longest beginning of the page's path.
    pub fn mark_active(mut self) -> Self {
        let path = self.path.split('?').next().unwrap_or_default().to_owned();
        let fits = |href: &str| {
            !href.is_empty()
                && (path == href
                    || path
                        .strip_prefix(href)
                        .is_some_and(|rest| href.ends_with('/') || rest.starts_with('/')))
        };
        let best = self
            .menu
            .iter()
            .flat_map(|group| &group.items)
            .filter(|item| !item.coming && fits(&item.href))
            .map(|item| item.href.clone())
            .max_by_key(String::len);
        for item in self.menu.iter_mut().flat_map(|group| &mut group.items) {
            item.active = !item.coming && best.as_ref() == Some(&item.href);
        }
        self
    }

    /// Title of the browser window.
    pub fn window_title(&self) -> String {
        let system = if self.place.is_empty() {
            "老幼通".to_owned()
        } else {
            format!("{}老幼通", self.place)
        };
        if self.title.is_empty() {
            system
        } else {
            format!("{} - {system}", self.title)
        }
    }

    /// Address of the style sheet.
    pub fn css(&self) -> String {
        asset("app.css")
    }

    /// Address of the script.
    pub fn js(&self) -> String {
        asset("app.js")
    }

    /// Address that switches big text and comes back here.
    pub fn big_text_href(&self) -> String {
        let on = if self.big_text { "0" } else { "1" };
        let back = if self.path.is_empty() {
            "/"
        } else {
            &self.path
        };
        format!("/big-text?on={on}&back={}", query_encode(back))
    }
}

impl MenuGroup {
    /// A titled group.
    pub fn new(title: impl Into<String>, items: Vec<MenuItem>) -> Self {
        Self {
            title: title.into(),
            items,
        }
    }

    /// One of its items is the current page.
    pub fn holds_active(&self) -> bool {
        self.items.iter().any(|item| item.active)
    }

    /// At least one of its items can be opened.
    pub fn ready(&self) -> bool {
        self.items.iter().any(|item| !item.coming)
    }
}

impl MenuItem {
    /// An entry that leads somewhere.
    pub fn new(title: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            href: href.into(),
            active: false,
            coming: false,
        }
    }

    /// An entry that will come later.
    pub fn coming(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            href: String::new(),
            active: false,
            coming: true,
        }
    }

    /// The entry of the current page.
    pub fn active(mut self) -> Self {
        self.active = true;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_fitting_menu_entry_is_active() {
        let menu = vec![MenuGroup::new(
            "人员档案",
            vec![
                MenuItem::new("老年人", "/people"),
                MenuItem::new("数据体检", "/people/health"),
            ],
        )];
        let active = |path: &str| {
            let shell = Shell::new("").menu(menu.clone()).path(path).mark_active();
            shell
                .menu
                .iter()
                .flat_map(|g| &g.items)
                .find(|i| i.active)
                .map(|i| i.title.clone())
        };
        assert_eq!(active("/people/0198"), Some("老年人".into()));
        assert_eq!(active("/people/health?page=2"), Some("数据体检".into()));
        assert_eq!(active("/peoples"), None);
    }

    #[test]
    fn the_text_switch_comes_back_to_the_page() {
        let shell = Shell::new("").path("/people?page=2");
        assert_eq!(
            shell.big_text_href(),
            "/big-text?on=1&back=%2Fpeople%3Fpage%3D2"
        );
    }
}
