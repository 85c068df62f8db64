//! Links: their addresses, and the way from a code to what a click needs to know.

use domain::id::BusinessId;
use domain::link::is_reserved_code;
use domain::text::{is_link_code, slug};
use store::programme::link as rows;
pub use store::programme::link::{Link, LinkTarget};

use crate::app::App;
use crate::check::Checks;
use crate::error::Result;
use crate::random::new_code;
use crate::work::Work;

/// Random letters behind an affiliate's name, at the first try; each further try adds one.
const CODE_RANDOM: usize = 4;
/// Letters of the name that are used.
const CODE_NAME_MAX: usize = 24;
/// Tries before giving up: with 32⁴ codes a name and growing, the second hardly ever happens.
const CODE_TRIES_MAX: usize = 8;

/// The address of a link: what an affiliate publishes.
#[must_use]
pub fn url(app: &App, code: &str) -> String {
    format!("{}/r/{code}", app.settings().base_url)
}

/// Where a code leads, over all businesses; none when nobody has it. Codes are compared exactly.
/// An older code of a link leads to the link too.
///
/// # Errors
/// As the database says.
pub async fn resolve(app: &App, code: &str) -> Result<Option<(BusinessId, LinkTarget)>> {
    if !is_link_code(code) {
        return Ok(None);
    }
    let mut tx = app.db().system_read().await?;
    let Some(route) = rows::route(&mut tx, code).await? else {
        return Ok(None);
    };
    let mut tx = tx.scoped(route.business_id);
    Ok(rows::target(&mut tx, route.link_id)
        .await?
        .map(|target| (route.business_id, target)))
}

/// Where a code of this business leads; another business's code is unknown.
///
/// # Errors
/// As the database says.
pub async fn find_target(work: &mut Work, code: &str) -> Result<Option<LinkTarget>> {
    if !is_link_code(code) {
        return Ok(None);
    }
    Ok(rows::target_of_code(&mut work.tx, code).await?)
}

/// Notes what is wrong with a code that a person chose.
pub(crate) fn check_code(checks: &mut Checks, code: &str) {
    if !is_link_code(code) {
        checks.fail(
            "code",
            "must be 2 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit",
        );
    } else if is_reserved_code(code) {
        checks.fail("code", "is an address of the product itself");
    }
}

/// Takes a code made of a name and random letters for a link; none when every try was taken.
pub(crate) async fn claim_made_code(
    work: &mut Work,
    name: &str,
    link: domain::id::LinkId,
) -> Result<Option<String>> {
    let name: String = slug(name).chars().take(CODE_NAME_MAX).collect();
    let name = name.trim_end_matches('-');
    for length in CODE_RANDOM..CODE_RANDOM + CODE_TRIES_MAX {
        let random = new_code(work.app.random(), length);
        let code = if name.is_empty() {
            format!("a{random}")
        } else {
            format!("{name}-{random}")
        };
        if rows::claim_code(&mut work.tx, &code, link).await? {
            return Ok(Some(code));
        }
    }
    Ok(None)
}
