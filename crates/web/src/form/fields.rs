//! From a form's pairs to a typed struct. Texts become numbers, truth values and words as the type
//! asks; a repeated field becomes a sequence; an unknown field is an error.

use serde::de::value::{MapAccessDeserializer, SeqDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};

/// Characters that are told of a field's name that no form of ours has.
const NAME_CHARS_SHOWN: usize = 80;

/// Whether the decoded bytes of a form are UTF-8; the parser itself would only replace what is not.
pub(super) fn is_utf8(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok()
        && percent_encoding::percent_decode(body).decode_utf8().is_ok()
}

/// The name of the first field that is broken, as far as it can be read.
pub(super) fn broken(body: &[u8]) -> String {
    form_urlencoded::parse(body)
        .find(|(name, value)| {
            name.contains(char::REPLACEMENT_CHARACTER)
                || value.contains(char::REPLACEMENT_CHARACTER)
        })
        .map_or_else(
            || "form".to_owned(),
            |(name, _)| name.chars().take(NAME_CHARS_SHOWN).collect(),
        )
}

/// Reads the pairs; an error is the field's name and what is wrong with it.
pub(super) fn typed<T: DeserializeOwned>(
    pairs: Vec<(String, String)>,
) -> Result<T, (String, String)> {
    let mut fields: Vec<Field> = Vec::new();
    for (name, value) in pairs {
        match fields.iter_mut().find(|field| field.name == name) {
            Some(field) => field.values.push(value),
            None => fields.push(Field {
                name,
                values: vec![value],
            }),
        }
    }
    let form = Form {
        fields: fields.into_iter(),
        next: None,
    };
    T::deserialize(MapAccessDeserializer::new(form))
        .map_err(|Wrong { field, message }| (field, message))
}

/// The fields as a map; an error that does not say which field it is about gets its name here.
struct Form {
    fields: std::vec::IntoIter<Field>,
    next: Option<Field>,
}

impl<'de> MapAccess<'de> for Form {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        self.next = self.fields.next();
        match &self.next {
            Some(field) => seed
                .deserialize(IntoDeserializer::<Wrong>::into_deserializer(
                    field.name.clone(),
                ))
                .map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        let field = self
            .next
            .take()
            .ok_or_else(|| de::Error::custom("a value without its name"))?;
        let name = field.name.clone();
        seed.deserialize(field).map_err(|mut wrong: Wrong| {
            if wrong.field.is_empty() {
                wrong.field = name;
            }
            wrong
        })
    }
}

/// What is wrong, and with which field.
#[derive(Debug)]
struct Wrong {
    field: String,
    message: String,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self {
            field: String::new(),
            message: message.to_string(),
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self {
            field: field.to_owned(),
            message: "is required".to_owned(),
        }
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> Self {
        Self {
            field: field.chars().take(NAME_CHARS_SHOWN).collect(),
            message: "is not a field of this form".to_owned(),
        }
    }
}

struct Field {
    name: String,
    values: Vec<String>,
}

impl Field {
    fn wrong(&self, message: impl Into<String>) -> Wrong {
        Wrong {
            field: self.name.clone(),
            message: message.into(),
        }
    }

    fn one(&self) -> Result<&str, Wrong> {
        match self.values.as_slice() {
            [value] => Ok(value),
            _ => Err(self.wrong("came more than once")),
        }
    }
}

impl IntoDeserializer<'_, Wrong> for Field {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let number = self.one()?.trim().parse::<$type>().map_err(|_| self.wrong("is not a whole number in range"))?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> Deserializer<'de> for Field {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.one()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.one()? {
            "true" | "on" | "1" => visitor.visit_bool(true),
            "false" | "off" | "0" | "" => visitor.visit_bool(false),
            _ => Err(self.wrong("is neither true nor false")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        // An empty field of a form says nothing.
        if self.values.iter().all(String::is_empty) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Self { name, values } = self;
        let items = values.into_iter().map(|value| Self {
            name: name.clone(),
            values: vec![value],
        });
        visitor.visit_seq(SeqDeserializer::new(items))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(IntoDeserializer::<Wrong>::into_deserializer(self.one()?))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wrong> {
        Err(self.wrong("is not a field of this form"))
    }

    numbers! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier
    }
}

#[cfg(test)]
mod tests {
    use domain::status::Scope;

    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Form {
        name: String,
        days: i64,
        note: Option<String>,
        #[serde(default)]
        active: bool,
        #[serde(default)]
        scopes: Vec<Scope>,
        word: Option<Scope>,
    }

    fn read(body: &str) -> Result<Form, (String, String)> {
        typed(
            form_urlencoded::parse(body.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    #[test]
    fn fields_take_the_types_asked_for() {
        let form = read("name=A+b&days=30&note=&active=true&scopes=read&scopes=track&word=manage")
            .unwrap();
        let expected = Form {
            name: "A b".into(),
            days: 30,
            note: None,
            active: true,
            scopes: vec![Scope::Read, Scope::Track],
            word: Some(Scope::Manage),
        };
        assert_eq!(form, expected);
        assert_eq!(read("name=x&days=1").unwrap().scopes, []);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let field = |body: &str| read(body).unwrap_err().0;
        assert_eq!(field("name=x"), "days");
        assert_eq!(field("name=x&days=ten"), "days");
        assert_eq!(field("name=x&name=y&days=1"), "name");
        assert_eq!(field("name=x&days=1&admin=true"), "admin");
        assert_eq!(field("name=x&days=1&scopes=root"), "scopes");
        assert_eq!(field("name=x&days=1&active=maybe"), "active");
    }

    #[test]
    fn broken_utf8_is_seen() {
        assert!(is_utf8("name=caf%C3%A9".as_bytes()));
        assert!(!is_utf8(b"name=%FF"));
        assert!(!is_utf8(b"name=\xff"));
        assert_eq!(broken(b"days=1&name=caf%C3%A9&note=%FF&more=%FF"), "note");
    }
}
