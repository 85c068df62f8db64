//! An asset in words: its kind, and what is in its file.

use domain::status::AssetKind;
use service::programme::asset::Asset;

use crate::language::{self, Language, phrase};

/// The word for a kind.
pub(crate) const fn asset_kind(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Copy => "Copy",
        AssetKind::Banner => "Banner",
        AssetKind::File => "File",
    }
}

/// The icon of a kind.
pub(crate) const fn asset_icon(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::Copy => "file-text",
        AssetKind::Banner => "image",
        AssetKind::File => "archive",
    }
}

/// "PNG · 728 × 90 · 34 KB"; empty without a file.
pub(crate) fn file_words(asset: &Asset) -> String {
    let ending = asset
        .file_name
        .as_deref()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_uppercase());
    let size = asset
        .width
        .zip(asset.height)
        .map(|(width, height)| format!("{width} × {height}"));
    let bytes = asset.byte_count.map(bytes_words);
    [ending, size, bytes]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// "812 bytes", "34 KB", "1.2 MB", as file managers count.
fn bytes_words(bytes: i64) -> String {
    match bytes {
        0..1_000 => phrase("asset-bytes").count("n", bytes).into(),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => {
            let mark = match language::now() {
                Language::English => '.',
                Language::German => ',',
            };
            format!(
                "{}{mark}{} MB",
                bytes / 1_000_000,
                bytes % 1_000_000 / 100_000
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes_words(812), "812 bytes");
        assert_eq!(bytes_words(33_600), "34 KB");
        assert_eq!(bytes_words(1_290_000), "1.2 MB");
    }
}
