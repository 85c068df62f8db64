//! How a business looks in its portal, and the files that make it look so.

use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// How a business looks. Until it is chosen, nothing is stored and every choice is none.
    pub struct Brand {
        /// The portal's own name; none: the business's.
        pub portal_name: Option<String>,
        /// Whether the name stands beside the logo.
        pub show_name: Option<bool>,
        /// `#rrggbb`.
        pub colour: Option<String>,
        /// The style sheet that sets the colour.
        pub css_hash: Option<String>,
        pub logo_hash: Option<String>,
        /// The logo's file, as the following two.
        pub logo_ending: Option<String>,
        pub logo_width: Option<i64>,
        pub logo_height: Option<i64>,
        pub favicon_hash: Option<String>,
        pub favicon_ending: Option<String>,
        /// What stands at the end of every page.
        pub footer: Option<String>,
        pub terms_url: Option<String>,
        pub privacy_url: Option<String>,
        /// Whether pages say what makes them.
        pub credit: Option<bool>,
        /// Where affiliates write to, of the business's settings.
        pub support_email: Option<String>,
    }
}

/// How this business looks; none only for one without settings.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<Brand>> {
    tx.fetch_optional(include_str!("brand/find.sql"), args![])
        .await
}

/// What [`save`] stores.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// As in [`Brand`], and so are the others.
    pub portal_name: Option<String>,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
    /// `#rrggbb`.
    pub colour: Option<String>,
    /// Of a stored file, as the following two.
    pub css_hash: Option<String>,
    /// The logo.
    pub logo_hash: Option<String>,
    /// The favicon.
    pub favicon_hash: Option<String>,
    /// What stands at the end of every page.
    pub footer: Option<String>,
    /// An https address.
    pub terms_url: Option<String>,
    /// An https address.
    pub privacy_url: Option<String>,
    /// Whether pages say what makes them.
    pub credit: bool,
}

/// Replaces what the business has chosen.
///
/// # Errors
/// As the database says; a hash must be that of a stored file.
pub async fn save(tx: &mut Tx, choice: &Choice, now: UnixMs) -> Result<()> {
    let Choice {
        portal_name,
        show_name,
        colour,
        css_hash,
        logo_hash,
        favicon_hash,
        footer,
        terms_url,
        privacy_url,
        credit,
    } = choice.clone();
    let values = args![
        portal_name,
        show_name,
        colour,
        css_hash,
        logo_hash,
        favicon_hash,
        footer,
        terms_url,
        privacy_url,
        credit,
        now
    ];
    tx.execute(include_str!("brand/save.sql"), values).await?;
    Ok(())
}

record! {
    /// A picture or a style sheet.
    pub struct File {
        /// Of its content.
        pub hash: String,
        /// The ending of its name, which tells what it is.
        pub ending: String,
        pub content: Vec<u8>,
        /// 0 for a style sheet, as the height.
        pub width: i64,
        pub height: i64,
    }
}

/// The file of this hash.
///
/// # Errors
/// As the database says.
pub async fn find_file(tx: &mut Tx, hash: &str) -> Result<Option<File>> {
    tx.fetch_optional(include_str!("brand/find_file.sql"), args![hash])
        .await
}

/// Stores a file; one that is there already counts as stored now.
///
/// # Errors
/// As the database says.
pub async fn store_file(tx: &mut Tx, file: &File, now: UnixMs) -> Result<()> {
    let File {
        hash,
        ending,
        content,
        width,
        height,
    } = file;
    let values = args![hash, ending, content.clone(), *width, *height, now];
    tx.execute(include_str!("brand/store_file.sql"), values)
        .await?;
    Ok(())
}

/// Removes files that are not in use, but for the `keep` newest.
///
/// # Errors
/// As the database says.
pub async fn remove_old_files(tx: &mut Tx, keep: i64) -> Result<()> {
    tx.execute(include_str!("brand/remove_old_files.sql"), args![keep])
        .await?;
    Ok(())
}
