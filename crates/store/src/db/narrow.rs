//! Filters that may be absent, made plain where they are given.
//!
//! A list's statement says `(cast($4 as text) is null or affiliate_id = $5)`, which no engine can lead to
//! an index, because it is planned before the values are known. Where the value is there, the same
//! condition is sent as `(cast($4 as text) is not null and affiliate_id = $5)`, and an affiliate's page
//! reads that affiliate's rows instead of the whole business's.

use super::value::Value;

/// The start of a filter that may be absent.
const MARK: &str = "(cast($";
const ABSENT: &str = " is null or ";
const GIVEN: &str = " is not null and ";

/// The statement with the filters that have a value made plain; none when it has no such filter.
/// `values[0]` is `$1`.
pub(super) fn narrowed(sql: &str, values: &[Value]) -> Option<String> {
    if !sql.contains(MARK) {
        return None;
    }
    let mut parts = sql.split(MARK);
    let mut text = parts.next()?.to_owned();
    let mut changed = false;
    for part in parts {
        text.push_str(MARK);
        let number = part.split(|c: char| !c.is_ascii_digit()).next();
        let given = number
            .and_then(|number| number.parse::<usize>().ok())
            .and_then(|number| values.get(number.checked_sub(1)?))
            .is_some_and(|value| !value.is_null());
        // Right behind the cast, so that a later condition of the same part is left alone.
        match part.split_once(')') {
            Some((cast, rest)) if given && rest.starts_with(ABSENT) => {
                changed = true;
                text.push_str(cast);
                text.push(')');
                text.push_str(GIVEN);
                text.push_str(&rest[ABSENT.len()..]);
            }
            _ => text.push_str(part),
        }
    }
    changed.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_filters_are_plain() {
        let sql = "where business_id = $1 and (cast($2 as text) is null or a = $3)\n  and (cast($4 as bigint) is null or day >= $4)";
        let values = |flag: Option<&str>| {
            vec![
                Value::from(1_i64),
                Value::from(flag),
                Value::from(2_i64),
                Value::from(None::<i64>),
            ]
        };
        assert_eq!(
            narrowed(sql, &values(Some("x"))).unwrap(),
            "where business_id = $1 and (cast($2 as text) is not null and a = $3)\n  and (cast($4 as bigint) is null or day >= $4)"
        );
        assert_eq!(narrowed(sql, &values(None)), None);
        assert_eq!(narrowed("select 1", &[]), None);
        assert_eq!(
            narrowed(
                "select cast(sum(x) as bigint) from t where (cast($1 as text) is not distinct from b)",
                &values(None)
            ),
            None
        );
    }
}
