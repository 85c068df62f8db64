//! The messages of all languages, read once from the files that the binary holds.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::language::Language;
use domain::money::group_thousands_in;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

use super::Arg;

/// The files of an area in English and German.
pub(super) struct Area {
    /// The name of its files without `.ftl`.
    pub name: &'static str,
    pub english: &'static str,
    pub german: &'static str,
}

macro_rules! areas {
    ($($name:literal),* $(,)?) => {
        /// All areas.
        pub(super) const AREAS: &[Area] = &[$(Area {
            name: $name,
            english: include_str!(concat!("../../locales/en/", $name, ".ftl")),
            german: include_str!(concat!("../../locales/de/", $name, ".ftl")),
        }),*];
    };
}

areas!(
    "frame",
    "kit",
    "entry",
    "programme",
    "money",
    "account",
    "contact",
    "said",
    "arithmetic",
    "sheet"
);

/// The messages of one language.
pub(super) struct Catalogue {
    pub bundle: FluentBundle<FluentResource>,
    /// The messages that have no arguments, ready to be shown.
    plain: HashMap<String, String>,
}

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::read(Language::English, |area| area.english));
static GERMAN: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::read(Language::German, |area| area.german));

pub(super) fn of(language: Language) -> &'static Catalogue {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

impl Catalogue {
    /// Reads all areas. What is wrong with a file is left out here and found by the tests.
    fn read(language: Language, text: fn(&Area) -> &'static str) -> Self {
        let locale = language.as_str().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Names and amounts are shown as they are; the marks that isolate them would be seen in mails and files.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::English => |value, _| number(value, Language::English),
            Language::German => |value, _| number(value, Language::German),
        }));
        let mut keys = Vec::new();
        for area in AREAS {
            let resource = match FluentResource::try_new(text(area).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            keys.extend(super::said::keys(&resource));
            bundle.add_resource_overriding(resource);
        }
        let mut plain = HashMap::new();
        for key in keys {
            let mut errors = Vec::new();
            let shown = bundle
                .get_message(&key)
                .and_then(|message| message.value())
                .map(|pattern| {
                    bundle
                        .format_pattern(pattern, None, &mut errors)
                        .into_owned()
                });
            if let (Some(shown), true) = (shown, errors.is_empty()) {
                plain.insert(key, shown);
            }
        }
        Self { bundle, plain }
    }
}

/// A count as the language writes it.
fn number(value: &FluentValue<'_>, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(group_thousands_in(&number.as_string(), language)),
        _ => None,
    }
}

/// A message without arguments.
pub(super) fn plain(language: Language, key: &str) -> Option<&'static str> {
    of(language).plain.get(key).map(String::as_str)
}

/// A message with its arguments; the key itself when there is none, which the tests rule out.
pub(super) fn filled(language: Language, key: &str, args: &[(&'static str, Arg)]) -> String {
    let mut values = FluentArgs::with_capacity(args.len());
    for (name, arg) in args {
        match arg {
            Arg::Text(text) => values.set(*name, text.as_str()),
            Arg::Count(number) => values.set(*name, *number),
        }
    }
    fill(language, key, &values)
}

/// The same with texts alone.
pub(super) fn filled_by_names(language: Language, key: &str, args: &[(&str, &str)]) -> String {
    let values: FluentArgs<'_> = args.iter().copied().collect();
    fill(language, key, &values)
}

fn fill(language: Language, key: &str, values: &FluentArgs<'_>) -> String {
    let Catalogue { bundle, .. } = of(language);
    let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
        return key.to_owned();
    };
    bundle
        .format_pattern(pattern, Some(values), &mut Vec::new())
        .into_owned()
}
