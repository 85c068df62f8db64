//! The texts of statements, as SQLite takes them.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use rusqlite::Statement;

/// Texts that are remembered on a connection: more than the product has.
const TEXTS_MAX: usize = 1_000;
/// The longest text that is remembered, in bytes: the product's own are shorter, those with a list of ids may be longer.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// What the columns of an answer are called, in their order.
type Columns = Arc<[Box<str>]>;

/// A text with numbered places, and what is found out about it once.
#[derive(Debug)]
pub(super) struct Text {
    given: Box<str>,
    /// With the places as SQLite counts them.
    pub(super) numbered: Box<str>,
    columns: OnceLock<Columns>,
}

impl Text {
    /// What its columns are called; `statement` is this text, prepared.
    pub(super) fn columns(&self, statement: &Statement<'_>) -> Columns {
        let columns = self.columns.get_or_init(|| columns_of(statement));
        Arc::clone(columns)
    }
}

/// What the columns of a statement are called.
pub(super) fn columns_of(statement: &Statement<'_>) -> Columns {
    let names = statement.column_names();
    names.into_iter().map(Box::from).collect()
}

/// The texts that have numbered places. Nearly all are the program's own and lie where they lie, so they are looked for
/// by their place in memory, which is faster than by what they say.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<(usize, usize), Arc<Text>>);

impl Texts {
    /// The text; none when SQLite takes it as it is.
    pub(super) fn of(&mut self, sql: &str) -> Option<Arc<Text>> {
        let place = (sql.as_ptr().addr(), sql.len());
        // Another text may lie by now where one was put together for one call.
        if let Some(text) = self.0.get(&place)
            && *text.given == *sql
        {
            return Some(Arc::clone(text));
        }
        let text = Arc::new(Text {
            numbered: numbered(sql)?.into(),
            given: sql.into(),
            columns: OnceLock::new(),
        });
        if sql.len() > TEXT_BYTES_MAX {
            return Some(text);
        }
        // All of them: one by one, those that are run all the time would go as often as those that were run once.
        if self.0.len() >= TEXTS_MAX {
            self.0.clear();
        }
        self.0.insert(place, Arc::clone(&text));
        Some(text)
    }
}

/// The statement as SQLite counts places: `$n`, which to SQLite is a name, becomes `?n`. None when it has no such place.
fn numbered(sql: &str) -> Option<String> {
    let (before, places) = sql.split_once('$')?;
    let mut text = String::with_capacity(sql.len());
    text.push_str(before);
    let mut found = false;
    for place in places.split('$') {
        let is_number = place.starts_with(|first: char| first.is_ascii_digit());
        found |= is_number;
        text.push(if is_number { '?' } else { '$' });
        text.push_str(place);
    }
    found.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_sqlite_does() {
        assert_eq!(
            numbered("a = $1 or b = '$' and c = $12").as_deref(),
            Some("a = ?1 or b = '$' and c = ?12")
        );
        assert_eq!(numbered("values (?, '$')"), None);
    }

    #[test]
    fn another_text_at_the_same_place_is_another_text() {
        let mut texts = Texts::default();
        let mut sql = "select $1".to_owned();
        let first = texts.of(&sql).unwrap();
        assert!(Arc::ptr_eq(&first, &texts.of(&sql).unwrap()));
        // The same bytes of memory, with something else in them.
        sql.replace_range(7.., "$2");
        assert_eq!(&*texts.of(&sql).unwrap().numbered, "select ?2");
        sql.replace_range(7.., "12");
        assert!(texts.of(&sql).is_none());
    }

    #[test]
    fn texts_put_together_for_one_call_do_not_pile_up() {
        let mut texts = Texts::default();
        let all: Vec<String> = (0..3 * TEXTS_MAX).map(|n| format!("select ${n}")).collect();
        for sql in &all {
            assert!(texts.of(sql).is_some());
            assert!(texts.0.len() <= TEXTS_MAX);
        }
        let long = format!("select $1 -- {}", "-".repeat(TEXT_BYTES_MAX));
        assert!(texts.of(&long).unwrap().numbered.starts_with("select ?1"));
        assert!(!texts.0.values().any(|text| *text.given == *long));
    }
}
