//! Promotional assets: what a business gives its affiliates to work with.
//!
//! An asset belongs to a campaign. Affiliates see those of the campaigns that they take part in, while
//! the part and the campaign are switched on. A banner's picture is public, because it is shown in
//! affiliates' own pages; everything else is handed out to who is logged in.

use domain::asset::{
    BYTES_MAX, FILE_KINDS, FileKind, LINK_PLACE, SIDE_MAX, file_kind, picture_kind,
};
use domain::id::{AffiliateId, AssetId, BusinessId, CampaignId};
use domain::status::{AssetKind, Scope};
use sha2::{Digest as _, Sha256};
use store::programme::asset as rows;
pub use store::programme::asset::Asset;

use super::campaign;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, conflict, not_found};
use crate::identity::audit;
use crate::work::Work;

/// Assets of a campaign, archived ones included.
pub const ASSETS_MAX: usize = 100;
/// Assets that one affiliate is shown, over all campaigns.
const SHOWN_MAX: i64 = 1_000;
/// Characters of a title.
pub const TITLE_MAX: usize = 100;
/// Characters of a note.
const NOTE_MAX: usize = 500;
/// Characters of copy: a long mail.
const BODY_MAX: usize = 5_000;
/// Characters of what a banner shows.
const ALT_MAX: usize = 200;

/// What is typed and chosen for an asset.
#[derive(Debug, Clone, Default)]
pub struct AssetIn {
    /// What it is called.
    pub title: String,
    /// What the affiliate should know about it; may be blank.
    pub note: String,
    /// The text of copy; `{link}` stands for the affiliate's link.
    pub body: String,
    /// What a banner shows, for who does not see it.
    pub alt: String,
    /// The picture or file; none keeps the one that there is.
    pub file: Option<FileIn>,
}

/// A file that was chosen.
#[derive(Debug, Clone, Default)]
pub struct FileIn {
    /// Its own name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// What was found right with an input.
struct Checked {
    title: String,
    note: String,
    body: String,
    alt: String,
    file: Option<(FileIn, FileKind)>,
}

/// The assets of a campaign in their order, archived ones included.
///
/// # Errors
/// Forbidden; when there is no such campaign.
pub async fn list(work: &mut Work, campaign: CampaignId) -> Result<Vec<Asset>> {
    work.require(Scope::Read)?;
    campaign::must_exist(work, campaign).await?;
    Ok(rows::list_of_campaign(&mut work.tx, campaign).await?)
}

/// An asset of a campaign.
///
/// # Errors
/// Forbidden; when it is not one of this campaign.
pub async fn get(work: &mut Work, campaign: CampaignId, id: AssetId) -> Result<Asset> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id)
        .await?
        .filter(|asset| asset.campaign_id == campaign)
        .ok_or(not_found("asset"))
}

/// What an affiliate may use now, campaign by campaign.
///
/// # Errors
/// Forbidden for everybody but the affiliate itself and those who may read.
pub async fn of_affiliate(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<Asset>> {
    work.actor.require_read_of(affiliate)?;
    Ok(rows::list_of_affiliate(&mut work.tx, affiliate, None, SHOWN_MAX).await?)
}

/// One of them with what is in its file.
///
/// # Errors
/// As [`of_affiliate`]; when it is not among them or has no file.
pub async fn file_of_affiliate(
    work: &mut Work,
    affiliate: AffiliateId,
    id: AssetId,
) -> Result<(Asset, Vec<u8>)> {
    work.actor.require_read_of(affiliate)?;
    let asset = rows::list_of_affiliate(&mut work.tx, affiliate, Some(id), 1)
        .await?
        .pop()
        .ok_or(not_found("asset"))?;
    with_content(work, asset).await
}

/// An asset of a campaign with what is in its file.
///
/// # Errors
/// As [`get`]; when it has no file.
pub async fn file(work: &mut Work, campaign: CampaignId, id: AssetId) -> Result<(Asset, Vec<u8>)> {
    let asset = get(work, campaign, id).await?;
    with_content(work, asset).await
}

async fn with_content(work: &mut Work, asset: Asset) -> Result<(Asset, Vec<u8>)> {
    let content = rows::content(&mut work.tx, asset.id)
        .await?
        .ok_or(not_found("file"))?;
    Ok((asset, content))
}

/// A banner's picture, for whoever asks; none for an asset that is no banner or is archived. `known` is
/// the sum of the picture that the asker has: then it is not read again.
///
/// # Errors
/// When the database cannot serve.
pub async fn banner(
    app: &App,
    business: BusinessId,
    id: AssetId,
    known: impl Fn(&[u8; 32]) -> bool,
) -> Result<Option<(Asset, Option<Vec<u8>>)>> {
    let mut tx = app.db().read(business).await?;
    let found = rows::find(&mut tx, id).await?;
    let Some(asset) = found.filter(|asset| asset.kind == AssetKind::Banner && asset.active) else {
        return Ok(None);
    };
    if asset.sha256.as_ref().is_some_and(known) {
        return Ok(Some((asset, None)));
    }
    Ok(rows::content(&mut tx, id)
        .await?
        .map(|content| (asset, Some(content))))
}

/// The address of a banner's picture.
#[must_use]
pub fn banner_path(business: BusinessId, asset: &Asset) -> String {
    format!("/assets/banners/{business}/{}", asset.id)
}

/// Makes an asset, the last of its campaign.
///
/// # Errors
/// Forbidden; when there is no such campaign; a conflict when it has as many as it may; with every
/// wrong field.
pub async fn create(
    work: &mut Work,
    campaign: CampaignId,
    kind: AssetKind,
    input: AssetIn,
) -> Result<Asset> {
    work.require(Scope::Manage)?;
    campaign::must_exist(work, campaign).await?;
    let checked = check(kind, input, true)?;
    rows::order(&mut work.tx, campaign).await?;
    let others = rows::list_of_campaign(&mut work.tx, campaign).await?;
    if others.len() >= ASSETS_MAX {
        return Err(conflict(format!(
            "The campaign has {ASSETS_MAX} assets, as many as there can be. Edit one that is archived instead."
        )));
    }
    let Checked {
        title,
        note,
        body,
        alt,
        file,
    } = checked;
    let mut asset = Asset {
        id: work.new_id(),
        campaign_id: campaign,
        kind,
        title,
        note,
        body,
        alt,
        place: others.last().map_or(1, |last| last.place + 1),
        active: true,
        file_name: None,
        media_type: None,
        byte_count: None,
        sha256: None,
        width: None,
        height: None,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    let content = file.map(|file| describe(&mut asset, file));
    rows::insert(&mut work.tx, &asset).await?;
    if let Some(content) = content {
        rows::set_content(&mut work.tx, asset.id, content).await?;
    }
    noted(work, "asset.created", &asset).await?;
    Ok(asset)
}

/// Changes an asset; without a new file it keeps the one it has.
///
/// # Errors
/// Forbidden; when it is not one of this campaign; with every wrong field.
pub async fn update(
    work: &mut Work,
    campaign: CampaignId,
    id: AssetId,
    input: AssetIn,
) -> Result<Asset> {
    work.require(Scope::Manage)?;
    let mut asset = get(work, campaign, id).await?;
    let Checked {
        title,
        note,
        body,
        alt,
        file,
    } = check(asset.kind, input, false)?;
    (asset.title, asset.note) = (title, note);
    (asset.body, asset.alt) = (body, alt);
    asset.updated_at_ms = work.now;
    if let Some(file) = file {
        let content = describe(&mut asset, file);
        rows::set_content(&mut work.tx, id, content).await?;
    }
    rows::update(&mut work.tx, &asset).await?;
    noted(work, "asset.changed", &asset).await?;
    Ok(asset)
}

/// Archives an asset, or shows it again.
///
/// # Errors
/// Forbidden; when it is not one of this campaign.
pub async fn set_active(
    work: &mut Work,
    campaign: CampaignId,
    id: AssetId,
    active: bool,
) -> Result<Asset> {
    work.require(Scope::Manage)?;
    let mut asset = get(work, campaign, id).await?;
    if asset.active != active {
        rows::set_active(&mut work.tx, id, active, work.now).await?;
        asset.active = active;
        let action = if active {
            "asset.restored"
        } else {
            "asset.archived"
        };
        noted(work, action, &asset).await?;
    }
    Ok(asset)
}

/// Moves an asset one place up or down among its campaign's; at the end it stays.
///
/// # Errors
/// Forbidden; when it is not one of this campaign.
pub async fn step(work: &mut Work, campaign: CampaignId, id: AssetId, up: bool) -> Result<()> {
    work.require(Scope::Manage)?;
    let asset = get(work, campaign, id).await?;
    rows::order(&mut work.tx, campaign).await?;
    let all = rows::list_of_campaign(&mut work.tx, campaign).await?;
    // Among those in sight, or those archived: what it passes must be seen to be passed.
    let peers: Vec<&Asset> = all
        .iter()
        .filter(|peer| peer.active == asset.active)
        .collect();
    let Some(at) = peers.iter().position(|peer| peer.id == id) else {
        return Ok(());
    };
    let other = if up { at.checked_sub(1) } else { Some(at + 1) };
    let Some(other) = other.and_then(|other| peers.get(other)) else {
        return Ok(());
    };
    rows::set_place(&mut work.tx, id, other.place).await?;
    rows::set_place(&mut work.tx, other.id, peers[at].place).await?;
    work.changed(None);
    Ok(())
}

fn check(kind: AssetKind, input: AssetIn, is_new: bool) -> Result<Checked> {
    let AssetIn {
        title,
        note,
        body,
        alt,
        file,
    } = input;
    let mut checks = Checks::new();
    let title = checks.text("title", &title, 1..=TITLE_MAX);
    let note = checks.text("note", &note, 0..=NOTE_MAX);
    let body = if kind == AssetKind::Copy {
        let body = checks.text("body", &body, 1..=BODY_MAX);
        if !body.is_empty() && !body.contains(LINK_PLACE) {
            checks.fail("body", "needs {link} where the affiliate's link goes");
        }
        body
    } else {
        String::new()
    };
    let alt = if kind == AssetKind::Banner {
        checks.text("alt", &alt, 1..=ALT_MAX)
    } else {
        String::new()
    };
    let file = match (kind, file) {
        (AssetKind::Copy, _) => None,
        (_, None) => {
            if is_new {
                checks.fail("file", "is required");
            }
            None
        }
        (_, Some(file)) => known(&mut checks, kind, &file).map(|known| (file, known)),
    };
    checks.done()?;
    Ok(Checked {
        title,
        note,
        body,
        alt,
        file,
    })
}

/// What a file is, when it may be taken.
fn known(checks: &mut Checks, kind: AssetKind, file: &FileIn) -> Option<FileKind> {
    if !file.is_whole || file.bytes.len() > BYTES_MAX {
        checks.fail("file", "is larger than 5 MiB; choose a smaller one");
        return None;
    }
    if file.bytes.is_empty() {
        checks.fail("file", "is empty");
        return None;
    }
    let found = if kind == AssetKind::Banner {
        picture_kind(&file.bytes)
    } else {
        file_kind(&file.bytes)
    };
    match found {
        None if kind == AssetKind::Banner => {
            checks.fail("file", "is no PNG, JPEG, GIF or WebP picture");
            None
        }
        None => {
            checks.fail(
                "file",
                format!("is of a kind that is not taken; {FILE_KINDS} are"),
            );
            None
        }
        Some(found) => {
            let too_wide = found
                .size
                .is_some_and(|(width, height)| width.max(height) > SIDE_MAX);
            if kind == AssetKind::Banner && too_wide {
                checks.fail(
                    "file",
                    format!("is more than {SIDE_MAX} pixels wide or high"),
                );
                return None;
            }
            Some(found)
        }
    }
}

/// Notes what a file is beside its asset; answers with what is in it.
fn describe(asset: &mut Asset, (file, kind): (FileIn, FileKind)) -> Vec<u8> {
    let side = |pick: fn((u32, u32)) -> u32| kind.size.map(|size| i64::from(pick(size)));
    asset.file_name = Some(file_name(&file.name, kind.ending));
    asset.media_type = Some(kind.media_type.to_owned());
    asset.byte_count = i64::try_from(file.bytes.len()).ok();
    asset.sha256 = Some(Sha256::digest(&file.bytes).into());
    asset.width = side(|(width, _)| width);
    asset.height = side(|(_, height)| height);
    file.bytes
}

/// A name that any system takes: letters, digits, `-`, `_`, `.`; and an ending that does not lie.
fn file_name(name: &str, ending: &str) -> String {
    // Office files are archives inside, and keep their own endings.
    const ARCHIVES: &[&str] = &["docx", "pptx", "xlsx", "odt", "odp", "ods"];
    const TEXTS: &[&str] = &["csv", "md"];
    let (stem, own) = name
        .rsplit_once('.')
        .filter(|(_, own)| own.chars().all(char::is_alphanumeric))
        .unwrap_or((name, ""));
    let own = own.to_ascii_lowercase();
    let keeps = match ending {
        "zip" => ARCHIVES.contains(&own.as_str()),
        "txt" => TEXTS.contains(&own.as_str()),
        "jpg" => own == "jpeg",
        _ => false,
    };
    let stem: String = stem
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .take(100)
        .collect();
    let stem = match stem.trim_matches(['-', '.']) {
        "" => "file",
        stem => stem,
    };
    format!("{stem}.{}", if keeps { own.as_str() } else { ending })
}

async fn noted(work: &mut Work, action: &'static str, asset: &Asset) -> Result<()> {
    let file = asset
        .file_name
        .as_deref()
        .map(|name| format!(", {name}"))
        .unwrap_or_default();
    let detail = format!("{} “{}”{file}", asset.kind, asset.title);
    audit::record(work, action, "asset", &asset.id.to_string(), &detail).await?;
    work.changed(None);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_plain_and_tell_the_truth() {
        for (name, ending, expected) in [
            ("Price list 2026.PDF", "pdf", "Price-list-2026.pdf"),
            ("../../etc/passwd", "txt", "etc-passwd.txt"),
            ("evil.html", "txt", "evil.txt"),
            ("deck.PPTX", "zip", "deck.pptx"),
            ("prices.csv", "txt", "prices.csv"),
            ("Überblick.jpeg", "jpg", "Überblick.jpeg"),
            ("\"a\r\nb\".zip", "zip", "a--b.zip"),
            ("...", "png", "file.png"),
        ] {
            assert_eq!(file_name(name, ending), expected, "{name}");
        }
    }
}
