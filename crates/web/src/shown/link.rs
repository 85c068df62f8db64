//! A tracked link on a page: its state in words, and its QR code.

use domain::link::LinkState;
use qrcode::{Color, EcLevel, QrCode};

use crate::ui::Tone;

/// The word and colour of a link's state.
pub(crate) const fn link_badge(state: LinkState) -> (&'static str, Tone) {
    match state {
        LinkState::Live => ("Live", Tone::Success),
        LinkState::CampaignInactive => ("Campaign inactive", Tone::Neutral),
        LinkState::CampaignNotStarted => ("Campaign not begun", Tone::Info),
        LinkState::CampaignEnded => ("Campaign over", Tone::Neutral),
        LinkState::AffiliateNotApproved => ("Affiliate not approved", Tone::Warning),
        LinkState::PartnershipInactive => ("Switched off", Tone::Neutral),
        LinkState::LinkInactive => ("Link off", Tone::Neutral),
    }
}

/// A QR code as the outline of its dark squares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QrShape {
    /// Squares a side, without the quiet zone.
    pub size: usize,
    /// The SVG path of the dark squares, a unit a square.
    pub path: String,
}

/// The QR code of an address; none when it is too long for one.
pub(crate) fn qr_shape(url: &str) -> Option<QrShape> {
    let code = QrCode::with_error_correction_level(url, EcLevel::M).ok()?;
    let size = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                path.push_str(&format!("M{x} {y}h{}v1H{x}z", run.len()));
            }
            x += run.len();
        }
    }
    Some(QrShape { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_finder_patterns() {
        let shape = qr_shape("https://go.example/r/maya").unwrap();
        assert_eq!(shape.size, 25);
        assert!(shape.path.starts_with("M0 0h7v1H0z"));
        assert_eq!(qr_shape(&"x".repeat(5000)), None);
    }
}
