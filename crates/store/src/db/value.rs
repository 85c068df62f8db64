//! Values that are bound to statements.

use std::borrow::Cow;

use domain::id::BusinessId;
use domain::money::Currency;
use domain::time::{Day, UnixMs};
use sqlx::Arguments as _;
use sqlx::postgres::PgArguments;
use uuid::Uuid;

/// A bound value. `None` keeps its kind, because PostgreSQL needs a type for NULL.
#[derive(Clone, Debug)]
pub enum Value {
    /// A bigint.
    Int(Option<i64>),
    /// Text.
    Text(Option<Cow<'static, str>>),
    /// Raw bytes.
    Bytes(Option<Vec<u8>>),
    /// A UUID.
    Id(Option<Uuid>),
    /// A truth value.
    Bool(Option<bool>),
}

impl Value {
    /// Whether it is NULL.
    pub(super) const fn is_null(&self) -> bool {
        matches!(
            self,
            Self::Int(None)
                | Self::Text(None)
                | Self::Bytes(None)
                | Self::Id(None)
                | Self::Bool(None)
        )
    }
}

macro_rules! value_from {
    ($($from:ty => $variant:ident($value:ident) $convert:expr,)*) => {$(
        impl From<$from> for Value {
            fn from($value: $from) -> Self {
                Self::$variant(Some($convert))
            }
        }
        impl From<Option<$from>> for Value {
            fn from(value: Option<$from>) -> Self {
                Self::$variant(value.map(|$value| $convert))
            }
        }
    )*};
}

value_from! {
    i64 => Int(v) v,
    u32 => Int(v) i64::from(v),
    UnixMs => Int(v) v.0,
    Day => Int(v) v.0,
    BusinessId => Int(v) v.as_i64(),
    &str => Text(v) Cow::Owned(v.to_owned()),
    String => Text(v) Cow::Owned(v),
    &String => Text(v) Cow::Owned(v.clone()),
    Currency => Text(v) Cow::Owned(v.code().to_owned()),
    Vec<u8> => Bytes(v) v,
    [u8; 32] => Bytes(v) v.to_vec(),
    Uuid => Id(v) v,
    bool => Bool(v) v,
}

macro_rules! ids { ($($name:ident),*) => { value_from! { $(domain::id::$name => Id(v) v.uuid(),)* } }; }
domain::for_each_id!(ids);
macro_rules! words { ($($name:ident),*) => { value_from! { $(domain::status::$name => Text(v) Cow::Borrowed(v.as_str()),)* } }; }
domain::for_each_word!(words);

/// The values of a statement, in order, behind the business that [`Tx`](super::Tx) puts first.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}

/// Binds values for PostgreSQL.
pub(super) fn bind(values: Vec<Value>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    arguments.reserve(values.len(), 0);
    for value in values {
        match value {
            Value::Int(v) => arguments.add(v),
            Value::Text(v) => arguments.add(v),
            Value::Bytes(v) => arguments.add(v),
            Value::Id(v) => arguments.add(v),
            Value::Bool(v) => arguments.add(v),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
