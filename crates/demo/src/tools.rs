//! What the affiliates work with: links for single places, copy, banners, a price list.

use domain::id::CampaignId;
use domain::status::AssetKind;
use service::programme::asset::{self, AssetIn, FileIn};
use service::{Result, Work};

/// Further links of those who bring most: what they call them, and the page of the studio's own site
/// that they lead to, if not to the shop.
pub const LINKS: &[(&str, Option<&str>)] =
    &[("Newsletter", None), ("Video", Some("/tour/agencies"))];

const WIDE: &[u8] = include_bytes!("../assets/banner-wide.png");
const SQUARE: &[u8] = include_bytes!("../assets/banner-square.png");
const PRICES: &[u8] = include_bytes!("../assets/price-list.pdf");

/// Gives the campaigns something to promote with.
pub async fn assets(work: &mut Work, agency_pro: CampaignId, starter: CampaignId) -> Result<()> {
    let banner = |title: &str, alt: &str, note: &str, name: &str, bytes: &[u8]| AssetIn {
        title: title.to_owned(),
        note: note.to_owned(),
        alt: alt.to_owned(),
        file: Some(file(name, bytes)),
        ..AssetIn::default()
    };
    let copy = |title: &str, note: &str, body: &str| AssetIn {
        title: title.to_owned(),
        note: note.to_owned(),
        body: body.to_owned(),
        ..AssetIn::default()
    };
    let wide = banner(
        "Wide banner",
        "Projects that finish on time: Fernhill Studio for agencies and freelancers. Try it free.",
        "For the head of a page or a newsletter.",
        "fernhill-wide.png",
        WIDE,
    );
    asset::create(work, agency_pro, AssetKind::Banner, wide).await?;
    let paragraph = copy(
        "Newsletter paragraph",
        "Put it into your own words where you can; readers notice.",
        "We moved our client work to Fernhill Studio this spring: one board a client, hours and invoices beside it. Setting it up took an afternoon, and nobody asks any more where the latest brief is.\n\nHave a look at Agency Pro: {link}",
    );
    asset::create(work, agency_pro, AssetKind::Copy, paragraph).await?;
    let prices = AssetIn {
        title: "Price list".to_owned(),
        note: "To hand on to clients who ask.".to_owned(),
        file: Some(file("fernhill-price-list.pdf", PRICES)),
        ..AssetIn::default()
    };
    asset::create(work, agency_pro, AssetKind::File, prices).await?;

    let square = banner(
        "Square banner",
        "One board for every client: briefs, hours and invoices in one place. Start with Starter.",
        "For the side of an article.",
        "fernhill-square.png",
        SQUARE,
    );
    asset::create(work, starter, AssetKind::Banner, square).await?;
    let post = copy(
        "Short post",
        "Fits where posts have to be short.",
        "Freelancing means briefs in mails, hours in a notebook and invoices at midnight. Fernhill Studio puts them on one board, for 49.00 a month: {link}",
    );
    asset::create(work, starter, AssetKind::Copy, post).await?;
    Ok(())
}

fn file(name: &str, bytes: &[u8]) -> FileIn {
    FileIn {
        name: name.to_owned(),
        bytes: bytes.to_vec(),
        is_whole: true,
    }
}
