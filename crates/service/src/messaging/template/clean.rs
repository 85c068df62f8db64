//! HTML that a business writes for its mails, with everything taken out that does not belong in one: scripts,
//! forms, frames, what is fetched from elsewhere but pictures by https, and styles that lay things over others.

use std::borrow::Cow;

use ammonia::{Builder, UrlRelative};

use super::{Shape, Template};

/// Elements of a mail beside those of every text.
const TAGS: &[&str] = &[
    "a",
    "b",
    "blockquote",
    "br",
    "center",
    "code",
    "div",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
/// Attributes that any of them may have.
const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "colspan",
    "dir",
    "height",
    "href",
    "lang",
    "role",
    "rowspan",
    "src",
    "style",
    "title",
    "valign",
    "width",
];
/// Properties that a style may set.
const PROPERTIES: &[&str] = &[
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-collapse",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-spacing",
    "border-style",
    "border-top",
    "border-width",
    "color",
    "display",
    "font",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "height",
    "letter-spacing",
    "line-height",
    "list-style",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-width",
    "min-width",
    "padding",
    "padding-bottom",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-align",
    "text-decoration",
    "text-transform",
    "vertical-align",
    "white-space",
    "width",
    "word-break",
];

/// The HTML without what does not belong in a mail of this template.
pub(super) fn clean(template: &'static Template, html: &str) -> String {
    Builder::empty()
        .tags(TAGS.iter().copied().collect())
        .generic_attributes(ATTRIBUTES.iter().copied().collect())
        .clean_content_tags(
            [
                "script", "style", "title", "iframe", "noscript", "svg", "math",
            ]
            .into(),
        )
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(UrlRelative::PassThrough)
        .filter_style_properties(PROPERTIES.iter().copied().collect())
        .attribute_filter(move |_, attribute, value| attribute_of(template, attribute, value))
        .strip_comments(true)
        .clean(html)
        .to_string()
}

/// What stays of an attribute. A variable stands in a link alone, and only one that holds an address, or among
/// the words of a description: nowhere could what it holds become anything else.
fn attribute_of<'a>(template: &Template, attribute: &str, value: &'a str) -> Option<Cow<'a, str>> {
    let whole = value.trim();
    let is_address = |schemes: &[&str]| {
        !whole.contains("{{")
            && url::Url::parse(whole).is_ok_and(|url| schemes.contains(&url.scheme()))
    };
    let is_variable = || {
        let name = whole.strip_prefix("{{")?.strip_suffix("}}")?;
        let known = template.variable(name.trim())?;
        Some(known.shape == Shape::Address)
    };
    let stays = match attribute {
        "href" => is_address(&["http", "https", "mailto"]) || is_variable() == Some(true),
        "src" => is_address(&["https"]),
        "alt" | "title" => true,
        // A style fetches nothing.
        "style" | "background" => {
            !value.contains("{{") && !value.to_ascii_lowercase().contains("url(")
        }
        _ => !value.contains("{{"),
    };
    stays.then_some(Cow::Borrowed(value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messaging::mail::MailKind;

    fn cleaned(html: &str) -> String {
        clean(
            Template::of(MailKind::Invitation).expect("a template"),
            html,
        )
    }

    #[test]
    fn what_a_mail_needs_stays() {
        for html in [
            "<p style=\"color:red;margin:0 0 8px\">Hi {{name}}</p>",
            "<a href=\"{{link}}\">Come in</a>",
            "<a href=\"https://example.com/a?b=1\">Read</a>",
            "<img src=\"https://example.com/a.png\" alt=\"For {{name}}\" width=\"20\">",
            "<ul><li>One</li></ul>",
        ] {
            let out = cleaned(html);
            for piece in [
                "{{name}}",
                "href=\"{{link}}\"",
                "https://example.com",
                "color:red",
                "<li>One</li>",
            ] {
                assert_eq!(
                    html.contains(piece),
                    out.contains(piece),
                    "{html} became {out}"
                );
            }
        }
    }

    #[test]
    fn what_could_do_harm_goes() {
        for html in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"{{name}}\">x</a>",
            "<a href=\"https://evil.example/?{{link}}\">x</a>",
            "<form action=\"https://evil.example\"><input name=a></form>",
            "<iframe src=\"https://evil.example\"></iframe>",
            "<p style=\"background:url(https://evil.example/a.png)\">x</p>",
            "<p style=\"position:fixed;color:{{name}}\">x</p>",
            "<svg onload=alert(1)></svg>",
            "<base href=\"https://evil.example\">",
            "<!-- a --><meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        ] {
            let out = cleaned(html).to_ascii_lowercase();
            for piece in [
                "script", "onerror", "onload", "{{name}}", "form", "input", "iframe", "url(",
                "position", "svg", "base", "<!--", "meta", "src=",
            ] {
                assert!(!out.contains(piece), "{html} became {out}");
            }
            assert!(!out.contains("evil.example"), "{html} became {out}");
        }
    }
}
