//! Text: folding for search, e-mail addresses, codes.

use unicode_normalization::UnicodeNormalization as _;

/// Folds text for search and sorting: compatibility decomposition, no marks, lower case, single
/// spaces. Written to a column of its own, because the engines fold differently.
#[must_use]
pub fn fold(text: &str) -> String {
    let folded: String = if text.is_ascii() {
        // There is nothing to decompose.
        text.to_ascii_lowercase()
    } else {
        text.nfkd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .flat_map(char::to_lowercase)
            .collect()
    };
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes a folded search text for `like … escape '\'` and puts it between wildcards.
#[must_use]
pub fn like_pattern(text: &str) -> String {
    part_of(&fold(text))
}

/// The same with the text as it was typed, for columns that have no folded one beside them.
#[must_use]
pub fn typed_pattern(text: &str) -> String {
    part_of(text.trim())
}

fn part_of(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// An e-mail address as typed, trimmed, when it has the shape of one: one `@`, a dotted or
/// `localhost` domain, no spaces or control characters, at most 254 bytes (RFC 5321).
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let plain = |part: &str| {
        !part.is_empty()
            && !part.chars().any(|c| {
                c.is_whitespace()
                    || c.is_control()
                    || matches!(c, '@' | '<' | '>' | ',' | ';' | '"' | '(' | ')' | '\\')
            })
    };
    let dotted = domain
        .split('.')
        .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    let fits = text.len() <= 254 && local.len() <= 64;
    (plain(local)
        && plain(domain)
        && dotted
        && fits
        && (domain.contains('.') || domain == "localhost"))
        .then(|| text.to_owned())
}

/// The domain of an address, in lower case.
#[must_use]
pub fn email_domain(address: &str) -> Option<String> {
    address
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_lowercase())
}

/// Whether text can be the code of a link: 2 to 64 of `a-z 0-9 - _ .`, any case, starting with a
/// letter or digit.
#[must_use]
pub fn is_link_code(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && text
            .as_bytes()
            .first()
            .is_some_and(u8::is_ascii_alphanumeric)
}

/// A short name for addresses, from any name: `Northwind Growth!` → `northwind-growth`.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in fold(name).chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let slug: String = slug.chars().take(40).collect();
    slug.trim_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        assert_eq!(fold("  Tomás   HERRERA "), "tomas herrera");
        assert_eq!(fold("ﬁn Å"), "fin a");
        assert_eq!(like_pattern("50%_a\\b"), "%50\\%\\_a\\\\b%");
        assert_eq!(typed_pattern(" Größe 50% "), "%Größe 50\\%%");
        assert_eq!(slug("Café & Söhne, Ltd."), "cafe-sohne-ltd");
    }

    #[test]
    fn addresses() {
        assert_eq!(
            email(" a.b+c@example.co.uk "),
            Some("a.b+c@example.co.uk".into())
        );
        for bad in [
            "", "a", "@b.c", "a@", "a b@c.d", "a@b", "a@b..c", "a@-b.c", "a\n@b.c", "a,b@c.d",
        ] {
            assert_eq!(email(bad), None, "{bad:?}");
        }
    }
}
