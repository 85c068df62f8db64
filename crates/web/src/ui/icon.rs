use super::Markup;

include!(concat!(env!("OUT_DIR"), "/icons.rs"));

/// An icon of `web-assets/icons.txt` as inline SVG at text size, hidden from screen readers:
/// the text or label beside it says what it means. An unlisted name gives nothing.
#[must_use]
pub fn icon(name: &str) -> Markup {
    icon_sized(name, "")
}

/// [`icon`] with more classes, such as `size-3.5` or `size-6`.
#[must_use]
pub fn icon_sized(name: &str, class: &'static str) -> Markup {
    let Ok(at) = ICONS.binary_search_by_key(&name, |(known, _)| known) else {
        return Markup::default();
    };
    let inner = ICONS[at].1;
    Markup::trusted(format!(
        r#"<svg class="icon {class}" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{inner}</svg>"#
    ))
}
