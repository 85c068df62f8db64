//! Tags: short words people put on affiliates and referrals, to find them again.
//!
//! They are folded, so that "VIP" and "vip " are one tag, and kept in one column as `,vip,germany,`:
//! the commas around each make `like '%,vip,%'` find whole tags only.

use crate::text;

/// Tags one thing may carry.
pub const TAGS_MAX: usize = 20;
/// Characters a tag may have.
pub const TAG_CHARS_MAX: usize = 40;

/// Why a list of tags was refused, in words for the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTags {
    /// There are more than [`TAGS_MAX`].
    #[error("at most 20 tags")]
    TooMany,
    /// One has more than [`TAG_CHARS_MAX`] characters.
    #[error("a tag has at most 40 characters")]
    TooLong,
    /// One has a comma or a control character.
    #[error("a tag must not contain commas or control characters")]
    Unusable,
}

/// The column for these tags: folded, each once, in the order given; blank ones are left out.
///
/// # Errors
/// [`InvalidTags`].
pub fn column<T: AsRef<str>>(tags: &[T]) -> Result<String, InvalidTags> {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags {
        let tag = tag.as_ref().trim();
        if tag.chars().any(|c| c == ',' || c.is_control()) {
            return Err(InvalidTags::Unusable);
        }
        let tag = text::fold(tag);
        if tag.chars().count() > TAG_CHARS_MAX {
            return Err(InvalidTags::TooLong);
        }
        if tag.contains(',') {
            return Err(InvalidTags::Unusable); // a compatibility form of the comma
        }
        if !tag.is_empty() && !kept.contains(&tag) {
            kept.push(tag);
        }
    }
    match kept.len() {
        0 => Ok(String::new()),
        n if n > TAGS_MAX => Err(InvalidTags::TooMany),
        _ => Ok(format!(",{},", kept.join(","))),
    }
}

/// The tags of a column.
#[must_use]
pub fn list(column: &str) -> Vec<String> {
    column
        .split(',')
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

/// What a person typed into one field, as tags: split at commas.
#[must_use]
pub fn split(typed: &str) -> Vec<String> {
    typed
        .split([',', '\n'])
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The pattern for `like … escape '\'` that finds columns with this tag.
#[must_use]
pub fn pattern(tag: &str) -> String {
    let inner = text::like_pattern(tag);
    let inner = inner
        .strip_prefix('%')
        .and_then(|p| p.strip_suffix('%'))
        .unwrap_or_default();
    format!("%,{inner},%")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_folded_and_kept_once() {
        assert_eq!(
            column(&["VIP", " vip ", "", "São Paulo"]).unwrap(),
            ",vip,sao paulo,"
        );
        assert_eq!(list(",vip,sao paulo,"), ["vip", "sao paulo"]);
        assert_eq!(column::<&str>(&[]).unwrap(), "");
        assert!(list("").is_empty());
        assert_eq!(split("VIP, São Paulo,,\nnew "), ["VIP", "São Paulo", "new"]);
    }

    #[test]
    fn a_pattern_finds_whole_tags() {
        assert_eq!(pattern("VIP"), "%,vip,%");
        assert_eq!(pattern("50%_off"), "%,50\\%\\_off,%");
    }

    #[test]
    fn unusable_tags_are_refused() {
        assert_eq!(column(&["a,b"]), Err(InvalidTags::Unusable));
        assert_eq!(column(&["a\u{0}b"]), Err(InvalidTags::Unusable));
        assert_eq!(column(&["a\u{ff0c}b"]), Err(InvalidTags::Unusable));
        assert_eq!(column(&["x".repeat(41)]), Err(InvalidTags::TooLong));
        let many: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
        assert_eq!(column(&many), Err(InvalidTags::TooMany));
    }
}
