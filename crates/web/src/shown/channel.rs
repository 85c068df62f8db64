//! The way by which a person came: the link, what it carried, and the page before.

use crate::language::phrase;

/// What is known of the way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way<'a> {
    /// The code of the link.
    pub code: Option<&'a str>,
    /// What the affiliate calls the link.
    pub label: Option<&'a str>,
    /// The click's sub-ids and UTM parameters, a JSON object.
    pub sub_ids: Option<&'a str>,
    /// The page the click came from.
    pub referrer: Option<&'a str>,
    /// What decided whose the person is: `click`, `code`, `coupon` and so on.
    pub via: Option<&'a str>,
}

impl Way<'_> {
    /// What the link carried: sub-ids and UTM parameters, name by name.
    pub(crate) fn carried(&self) -> Vec<String> {
        let carried = self.sub_ids.unwrap_or_default();
        let Ok(serde_json::Value::Object(carried)) = serde_json::from_str(carried) else {
            return Vec::new();
        };
        carried
            .iter()
            .filter_map(|(name, value)| {
                let value = value.as_str().filter(|value| !value.is_empty())?;
                Some(format!("{}: {value}", name.replace('_', "-")))
            })
            .collect()
    }

    /// The link that was followed: its label and code, or its code alone.
    pub(crate) fn link(&self) -> Option<String> {
        let code = self.code?;
        Some(match self.label {
            None | Some("") => code.to_owned(),
            Some(label) => format!("{label} ({code})"),
        })
    }

    /// All of it in a line; what decided alone, where nothing else is known.
    pub(crate) fn words(&self) -> String {
        let mut parts: Vec<String> = self.link().into_iter().collect();
        parts.extend(self.carried());
        let page = self.referrer.and_then(|page| url::Url::parse(page).ok());
        parts.extend(page.and_then(|page| {
            page.host_str()
                .map(|host| phrase("leads-from").with("host", host).into())
        }));
        if parts.is_empty() {
            parts.extend(
                self.via
                    .map(|via| phrase("leads-by").with("via", via.replace('_', " ")).into()),
            );
        }
        parts.join(" · ")
    }
}
