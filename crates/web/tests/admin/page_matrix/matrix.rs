//! Who may call which route.

use std::collections::BTreeMap;

/// Who may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody: log-in, sign-up, what a secret in the address opens.
    Anyone,
    /// Who is logged in to the portal, with an app or without.
    Person,
    /// Who is logged in to the portal and is an affiliate.
    Affiliate,
    /// Staff of every role, agents too.
    Colleague,
    /// The owner and admins.
    Staff,
    /// The owner alone.
    Owner,
}

const MATRIX: &[(Who, &str)] = &[
    (
        Who::Anyone,
        "
        GET /admin/join/{token}
        POST /admin/join/{token}
        GET /admin/log-in
        POST /admin/log-in
        POST /admin/passkey
        POST /admin/passkey/begin
        GET /admin/second-step
        POST /admin/second-step
        POST /admin/second-step/passkey
        POST /admin/second-step/passkey/begin
        GET /admin/set-up
        POST /admin/set-up
        GET /authentication
        GET /brand/{file}
        GET /portal
        GET /portal/
        GET /portal/{slug}
        GET /portal/{slug}/apply
        POST /portal/{slug}/apply
        GET /portal/{slug}/apply/sent
        GET /portal/{slug}/code
        POST /portal/{slug}/code
        GET /portal/{slug}/code/accounts
        POST /portal/{slug}/code/accounts
        POST /portal/{slug}/code/enter
        GET /portal/{slug}/forgot
        GET /portal/{slug}/invitation/{token}
        POST /portal/{slug}/invitation/{token}
        GET /portal/{slug}/link/{token}
        POST /portal/{slug}/link/{token}
        GET /portal/{slug}/log-in
        POST /portal/{slug}/log-in
        GET /portal/{slug}/log-in/accounts
        POST /portal/{slug}/log-in/accounts
        POST /portal/{slug}/passkey
        POST /portal/{slug}/passkey/begin
        GET /portal/{slug}/second-step
        POST /portal/{slug}/second-step
        POST /portal/{slug}/second-step/passkey
        POST /portal/{slug}/second-step/passkey/begin
        GET /portal/{slug}/sign-up
        POST /portal/{slug}/sign-up
        POST /portal/{slug}/sign-up/again
        GET /portal/{slug}/unsubscribe/{token}
        POST /portal/{slug}/unsubscribe/{token}
        ",
    ),
    (
        Who::Person,
        "
        GET /portal/{slug}/
        GET /portal/{slug}/account
        POST /portal/{slug}/account
        GET /portal/{slug}/account/address
        POST /portal/{slug}/account/address
        POST /portal/{slug}/account/address/enter
        GET /portal/{slug}/account/notifications
        POST /portal/{slug}/account/notifications
        POST /portal/{slug}/account/passkeys
        POST /portal/{slug}/account/passkeys/begin
        POST /portal/{slug}/account/passkeys/{passkey}/remove
        POST /portal/{slug}/account/passkeys/{passkey}/rename
        POST /portal/{slug}/account/password
        GET /portal/{slug}/account/prove
        POST /portal/{slug}/account/prove
        POST /portal/{slug}/account/prove/code
        POST /portal/{slug}/account/prove/enter
        POST /portal/{slug}/account/prove/passkey
        POST /portal/{slug}/account/prove/passkey/begin
        GET /portal/{slug}/account/security
        POST /portal/{slug}/account/sessions/end-others
        POST /portal/{slug}/account/sessions/{session}/end
        GET /portal/{slug}/account/two-step
        POST /portal/{slug}/account/two-step/begin
        POST /portal/{slug}/account/two-step/codes
        POST /portal/{slug}/account/two-step/confirm
        POST /portal/{slug}/account/two-step/off
        GET /portal/{slug}/accounts
        POST /portal/{slug}/accounts
        GET /portal/{slug}/home
        POST /portal/{slug}/invitation/{token}/attach
        POST /portal/{slug}/log-out
        GET /portal/{slug}/notifications
        POST /portal/{slug}/notifications/read
        POST /portal/{slug}/notifications/{id}
        ",
    ),
    (
        Who::Affiliate,
        "
        GET /portal/{slug}/account/payout-method
        GET /portal/{slug}/account/payout-method/change
        POST /portal/{slug}/account/payout-method/change
        GET /portal/{slug}/assets
        GET /portal/{slug}/assets/{asset}/file
        GET /portal/{slug}/commissions
        GET /portal/{slug}/commissions.csv
        GET /portal/{slug}/commissions/{commission}
        GET /portal/{slug}/leads
        GET /portal/{slug}/leads.csv
        GET /portal/{slug}/links
        GET /portal/{slug}/team
        GET /portal/{slug}/links.csv
        GET /portal/{slug}/links/new
        POST /portal/{slug}/links/new
        GET /portal/{slug}/links/{link}
        POST /portal/{slug}/links/{link}/active
        POST /portal/{slug}/links/{link}/edit
        GET /portal/{slug}/links/{link}/qr.png
        GET /portal/{slug}/links/{link}/qr.svg
        GET /portal/{slug}/live
        GET /portal/{slug}/messages
        POST /portal/{slug}/messages
        POST /portal/{slug}/messages/read
        GET /portal/{slug}/payouts
        GET /portal/{slug}/payouts.csv
        POST /portal/{slug}/payouts/ask
        POST /portal/{slug}/payouts/withdraw
        GET /portal/{slug}/payouts/{payout}
        GET /portal/{slug}/payouts/{payout}/invoice
        GET /portal/{slug}/payouts/{payout}/invoice.pdf
        GET /portal/{slug}/payouts/{payout}/credit-note
        GET /portal/{slug}/payouts/{payout}/credit-note.pdf
        GET /portal/{slug}/statement
        GET /portal/{slug}/statement.csv
        GET /portal/{slug}/statement.jsonl
        GET /portal/{slug}/statement.pdf
        ",
    ),
    (
        Who::Colleague,
        "
        GET /admin
        GET /admin/account
        POST /admin/account/passkeys
        POST /admin/account/passkeys/begin
        POST /admin/account/passkeys/{id}/remove
        POST /admin/account/passkeys/{id}/rename
        POST /admin/account/password
        POST /admin/account/sessions/end-others
        POST /admin/account/sessions/{id}/end
        GET /admin/account/two-step
        POST /admin/account/two-step/begin
        POST /admin/account/two-step/codes
        POST /admin/account/two-step/confirm
        POST /admin/account/two-step/off
        GET /admin/leads
        GET /admin/leads.csv
        GET /admin/live
        POST /admin/log-out
        GET /admin/notifications
        POST /admin/notifications/read
        GET /admin/prove
        POST /admin/prove
        POST /admin/prove/passkey
        POST /admin/prove/passkey/begin
        POST /admin/switch
        ",
    ),
    (
        Who::Staff,
        "
        GET /admin/affiliates
        GET /admin/affiliates.csv
        POST /admin/affiliates/bulk
        GET /admin/affiliates/new
        POST /admin/affiliates/new
        GET /admin/affiliates/{id}
        POST /admin/affiliates/{id}/campaigns
        GET /admin/affiliates/{id}/edit
        POST /admin/affiliates/{id}/edit
        GET /admin/affiliates/{id}/inside/
        GET /admin/affiliates/{id}/inside/assets
        GET /admin/affiliates/{id}/inside/assets/{asset}/file
        GET /admin/affiliates/{id}/inside/commissions
        GET /admin/affiliates/{id}/inside/commissions.csv
        GET /admin/affiliates/{id}/inside/commissions/{commission}
        GET /admin/affiliates/{id}/inside/leads
        GET /admin/affiliates/{id}/inside/leads.csv
        GET /admin/affiliates/{id}/inside/links
        GET /admin/affiliates/{id}/inside/team
        GET /admin/affiliates/{id}/inside/links.csv
        GET /admin/affiliates/{id}/inside/links/{link}
        GET /admin/affiliates/{id}/inside/links/{link}/qr.png
        GET /admin/affiliates/{id}/inside/links/{link}/qr.svg
        GET /admin/affiliates/{id}/inside/live
        GET /admin/affiliates/{id}/inside/messages
        GET /admin/affiliates/{id}/inside/payouts
        GET /admin/affiliates/{id}/inside/payouts.csv
        GET /admin/affiliates/{id}/inside/payouts/{payout}
        GET /admin/affiliates/{id}/inside/payouts/{payout}/invoice
        GET /admin/affiliates/{id}/inside/payouts/{payout}/invoice.pdf
        GET /admin/affiliates/{id}/inside/payouts/{payout}/credit-note
        GET /admin/affiliates/{id}/inside/payouts/{payout}/credit-note.pdf
        GET /admin/affiliates/{id}/inside/statement
        GET /admin/affiliates/{id}/inside/statement.csv
        GET /admin/affiliates/{id}/inside/statement.jsonl
        GET /admin/affiliates/{id}/inside/statement.pdf
        POST /admin/affiliates/{id}/invitations/{invitation}/{act}
        POST /admin/affiliates/{id}/invite
        POST /admin/affiliates/{id}/payout-method
        POST /admin/affiliates/{id}/status
        POST /admin/affiliates/{id}/two-step-off
        GET /admin/api-keys
        GET /admin/api-keys.csv
        GET /admin/api-keys/new
        GET /admin/applications
        GET /admin/applications.csv
        POST /admin/applications/bulk
        GET /admin/applications/form
        POST /admin/applications/form
        GET /admin/applications/{id}
        POST /admin/applications/{id}/approve
        POST /admin/applications/{id}/reject
        POST /admin/applications/{id}/retry
        POST /admin/applications/{id}/discard
        GET /admin/audit
        GET /admin/audit.csv
        GET /admin/branding
        POST /admin/branding
        GET /admin/branding/address
        POST /admin/branding/address
        POST /admin/branding/address/main
        POST /admin/branding/address/{name}/check
        POST /admin/branding/address/{name}/remove
        POST /admin/branding/preview
        GET /admin/branding/preview.css
        GET /admin/campaigns
        GET /admin/campaigns.csv
        GET /admin/campaigns/new
        POST /admin/campaigns/new
        GET /admin/campaigns/{id}
        POST /admin/campaigns/{id}/active
        POST /admin/campaigns/{id}/affiliates
        GET /admin/campaigns/{id}/assets
        GET /admin/campaigns/{id}/assets/new
        POST /admin/campaigns/{id}/assets/new
        POST /admin/campaigns/{id}/assets/{asset}/active
        GET /admin/campaigns/{id}/assets/{asset}/edit
        POST /admin/campaigns/{id}/assets/{asset}/edit
        GET /admin/campaigns/{id}/assets/{asset}/file
        POST /admin/campaigns/{id}/assets/{asset}/move
        GET /admin/campaigns/{id}/edit
        POST /admin/campaigns/{id}/edit
        GET /admin/checklist
        POST /admin/checklist/dismiss
        GET /admin/commissions
        GET /admin/commissions.csv
        POST /admin/commissions/bulk
        POST /admin/commissions/bulk/undo
        GET /admin/commissions/new
        POST /admin/commissions/new
        GET /admin/commissions/{id}
        GET /admin/commissions/{id}/adjust
        POST /admin/commissions/{id}/adjust
        POST /admin/commissions/{id}/approve
        GET /admin/commissions/{id}/pay
        POST /admin/commissions/{id}/pay
        GET /admin/commissions/{id}/reject
        POST /admin/commissions/{id}/reject
        GET /admin/commissions/{id}/release
        POST /admin/commissions/{id}/release
        POST /admin/commissions/{id}/undo
        GET /admin/customers
        GET /admin/customers.csv
        GET /admin/customers/{id}
        GET /admin/events/{id}
        POST /admin/events/{id}/disputes
        POST /admin/events/{id}/disputes/{dispute}
        POST /admin/events/{id}/refunds
        GET /admin/groups
        GET /admin/groups.csv
        GET /admin/groups/new
        POST /admin/groups/new
        GET /admin/groups/{id}
        POST /admin/groups/{id}/delete
        GET /admin/groups/{id}/edit
        POST /admin/groups/{id}/edit
        POST /admin/groups/{id}/members
        POST /admin/invitations/{id}/address
        GET /admin/ledger
        GET /admin/ledger.csv
        GET /admin/ledger/liability
        GET /admin/ledger/liability.csv
        GET /admin/ledger/months
        GET /admin/ledger/rates
        POST /admin/ledger/rates
        POST /admin/ledger/rates/import
        GET /admin/ledger/statement.jsonl
        GET /admin/ledger/statements
        POST /admin/ledger/verify
        GET /admin/mail
        GET /admin/mail.csv
        GET /admin/mail/{id}
        GET /admin/mail/{id}/preview
        POST /admin/mail/{id}/send
        GET /admin/messages
        GET /admin/messages.csv
        POST /admin/messages/many
        GET /admin/messages/{id}
        POST /admin/messages/{id}
        POST /admin/messages/{id}/read
        POST /admin/partnerships/{id}/active
        GET /admin/partnerships/{id}/code
        POST /admin/partnerships/{id}/code
        GET /admin/payouts
        GET /admin/payouts.csv
        POST /admin/payouts/create
        GET /admin/payouts/files
        GET /admin/payouts/files/new
        POST /admin/payouts/files/new
        GET /admin/payouts/files/{file}
        POST /admin/payouts/files/{file}/download
        POST /admin/payouts/files/{file}/withdraw
        POST /admin/payouts/results
        GET /admin/payouts/results/{result}
        POST /admin/payouts/results/{result}/apply
        POST /admin/payouts/requests/{request}/decline
        GET /admin/payouts/runs
        GET /admin/payouts/runs.csv
        GET /admin/payouts/runs/new
        POST /admin/payouts/runs/new
        GET /admin/payouts/runs/{run}
        POST /admin/payouts/runs/{run}/approve
        POST /admin/payouts/runs/{run}/cancel
        POST /admin/payouts/runs/{run}/draft
        POST /admin/payouts/runs/{run}/look
        POST /admin/payouts/runs/{run}/members
        GET /admin/payouts/runs/{run}/pay
        POST /admin/payouts/runs/{run}/pay
        POST /admin/payouts/runs/{run}/send-back
        POST /admin/payouts/runs/{run}/send
        POST /admin/payouts/runs/{run}/stop
        POST /admin/payouts/runs/{run}/submit
        GET /admin/payouts/{id}
        POST /admin/payouts/{id}/approve
        POST /admin/payouts/{id}/cancel
        GET /admin/payouts/{id}/decide
        POST /admin/payouts/{id}/decide
        POST /admin/payouts/{id}/look
        GET /admin/payouts/{id}/invoice
        GET /admin/payouts/{id}/invoice.pdf
        GET /admin/payouts/{id}/credit-note
        GET /admin/payouts/{id}/credit-note.pdf
        GET /admin/payouts/{id}/pay
        POST /admin/payouts/{id}/pay
        POST /admin/payouts/{id}/payout-method
        POST /admin/payouts/{id}/reopen
        GET /admin/payouts/{id}/returned
        POST /admin/payouts/{id}/returned
        POST /admin/payouts/{id}/send
        GET /admin/portal
        GET /admin/portal/accounts
        GET /admin/portal/accounts.csv
        GET /admin/portal/accounts/{id}
        POST /admin/portal/accounts/{id}/block
        POST /admin/portal/accounts/{id}/log-in-mail
        POST /admin/portal/accounts/{id}/sessions/{session}/end
        POST /admin/portal/accounts/{id}/two-step-off
        POST /admin/portal/accounts/{id}/unblock
        GET /admin/portal/invite
        POST /admin/questions
        GET /admin/questions/{id}
        POST /admin/questions/{id}
        POST /admin/questions/{id}/move
        POST /admin/questions/{id}/remove
        GET /admin/referrals
        GET /admin/referrals.csv
        POST /admin/referrals/bulk
        POST /admin/referrals/bulk/undo
        GET /admin/referrals/{id}
        POST /admin/referrals/{id}/approve
        POST /admin/referrals/{id}/checks
        GET /admin/referrals/{id}/reject
        POST /admin/referrals/{id}/reject
        POST /admin/referrals/{id}/remarks
        POST /admin/referrals/{id}/undo
        GET /admin/rules
        GET /admin/rules.csv
        GET /admin/rules/new
        POST /admin/rules/new
        GET /admin/rules/{id}
        POST /admin/rules/{id}/active
        GET /admin/rules/{id}/edit
        POST /admin/rules/{id}/edit
        GET /admin/rules/winner
        GET /admin/rules/back-test
        POST /admin/rules/back-test
        GET /admin/rules/back-test/{token}
        POST /admin/rules/back-test/{token}/cancel
        GET /admin/rules/back-test/{token}/affiliates.csv
        GET /admin/rules/back-test/{token}/changes.csv
        GET /admin/search
        GET /admin/settings
        POST /admin/settings
        GET /admin/settings/affiliates
        POST /admin/settings/affiliates
        POST /admin/settings/affiliates/team
        GET /admin/settings/install
        GET /admin/settings/legal
        POST /admin/settings/legal
        GET /admin/settings/mail
        GET /admin/settings/mail/{kind}
        POST /admin/settings/mail/{kind}
        GET /admin/settings/mail/{kind}/preview
        POST /admin/settings/mail/{kind}/preview
        POST /admin/settings/mail/{kind}/reset
        POST /admin/settings/mail/{kind}/test
        GET /admin/settings/notifications
        POST /admin/settings/notifications
        GET /admin/settings/payouts
        POST /admin/settings/payouts
        GET /admin/settings/profiles
        POST /admin/settings/profiles
        GET /admin/settings/providers
        GET /admin/settings/tracking
        POST /admin/settings/tracking
        GET /admin/transfers
        GET /admin/transfers.csv
        POST /admin/transfers/{transfer}/look
        ",
    ),
    (
        Who::Owner,
        "
        POST /admin/api-keys/new
        GET /admin/settings/payouts/account
        POST /admin/settings/payouts/account
        POST /admin/api-keys/{id}/revoke
        GET /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}
        POST /admin/settings/providers/{provider}/disconnect
        POST /admin/settings/providers/{provider}/test
        POST /admin/branding/address/{name}/use
        GET /admin/settings/team
        POST /admin/settings/team/invitations/{id}/revoke
        POST /admin/settings/team/invite
        POST /admin/settings/team/{id}/remove
        POST /admin/settings/team/{id}/role
        POST /admin/settings/team/{id}/two-step-off
        GET /admin/ledger/months/close
        POST /admin/ledger/months/close
        ",
    ),
];

pub fn matrix() -> BTreeMap<String, Who> {
    MATRIX
        .iter()
        .flat_map(|(who, lines)| {
            lines
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(|line| (line.to_owned(), *who))
        })
        .collect()
}
