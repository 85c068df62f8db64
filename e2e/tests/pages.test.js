// Every page in every look: both themes at both widths. On each, axe finds nothing, nothing is wider
// than the window, nothing complains, and with PICTURES=1 a picture is taken for people to look at.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, STATES, visitor } from '../harness/browser.js';
import { fill, PEOPLE } from '../harness/fill.js';
import { wholeFile } from '../harness/later.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const QUIET_OWNER = { email: 'owner@quiet.example', password: 'nobody is here just yet' };

const file = wholeFile();
let server;
/** An installation without a business. */
let empty;
/** Ids of the filled business. */
let made;
/** Links of invitations: an open one, a used one. */
const invitations = {};
/** Who is logged in: storage states by name. */
const sessions = {};

before(async () => {
  [empty, server] = await Promise.all([Tributary.start(file), Tributary.start(file, { business: 'Fernhill Studio' })]);
  await server.init('Quiet Harbour', QUIET_OWNER);
  made = await fill(server);
  await people();
});

/** Logs everybody in once: staff of both businesses, and whoever takes an invitation. */
async function people() {
  const hooks = [];
  const t = { after: (hook) => hooks.push(hook) };
  const enter = async (name, work) => {
    const { page, context } = await visitor(t, server.url);
    await work(page);
    sessions[name] = await context.storageState();
    return page;
  };
  await enter('quietStaff', (page) => logInAsStaff(page, QUIET_OWNER));
  const staff = await enter('staff', (page) => logInAsStaff(page));
  for (const [who, { status }] of Object.entries(PEOPLE)) {
    const link = await invitationLink(staff, made.people[who]);
    await enter(who, (page) => acceptInvitation(page, link, 'tea kettle on a boat'));
    await server.api('POST', `/affiliates/${made.people[who]}/status`, { status });
    invitations.used = link;
  }
  invitations.open = await invitationLink(staff, made.longAffiliate);
  for (const hook of hooks) await hook();
}

/** Sends a form as it cannot be taken: the page comes back with its errors and what was typed. */
const refused = (button, typed = {}) => async (page) => {
  await page.locator('main form').evaluateAll((forms) => forms.forEach((form) => { form.noValidate = true; }));
  for (const [label, text] of Object.entries(typed)) await page.getByLabel(label).first().fill(text);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST' && response.request().isNavigationRequest()),
    page.getByRole('main').getByRole('button', { name: button, exact: true }).click(),
  ]);
  assert.equal(answer.status(), 422);
  await page.getByRole('alert').first().waitFor();
};

/** Opens what a page keeps closed. */
const opened = (selector, hasText) => (page) => page.locator(selector).filter({ hasText, visible: true }).first().click();

/** The affiliate's portal as staff sees it. */
const inside = (path) => `/admin/affiliates/${made.affiliate}/inside/${path}`;

/** A month that is over in every time zone, such as `2026-10`. */
const pastMonth = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1)).toISOString().slice(0, 7);
};

/** Pages of the filled business for staff: name, path, what is done there first. */
const staffPages = () => [
  ['dashboard', '/admin'],
  ['dashboard-range', '/admin?range=last_7_days', opened('main summary')],
  ['checklist', '/admin/checklist'],
  ['affiliates', '/admin/affiliates'],
  ['affiliate', `/admin/affiliates/${made.affiliate}`],
  ['inside', inside('')],
  ['inside-leads', inside('leads')],
  ['inside-commissions', inside('commissions')],
  ['inside-commission', inside('commissions'), opened('main a[href*="/inside/commissions/com_"]')],
  ['inside-payouts', inside('payouts')],
  ['inside-payout', inside(`payouts/${made.payout}`)],
  ['inside-statement', inside('statement')],
  ['inside-links', inside('links')],
  ['inside-link', inside('links'), opened('main a[href*="/inside/links/"]')],
  ['inside-team', inside('team')],
  ['inside-assets', inside('assets')],
  ['affiliate-new', '/admin/affiliates/new'],
  ['affiliate-refused', '/admin/affiliates/new', refused('Add affiliate', { 'E-mail': 'no address' })],
  ['affiliate-edit', `/admin/affiliates/${made.affiliate}/edit`],
  ['groups', '/admin/groups'],
  ['group', `/admin/groups/${made.group}?add=partner`],
  ['group-new', '/admin/groups/new'],
  ['group-edit', `/admin/groups/${made.group}/edit`],
  ['campaigns', '/admin/campaigns'],
  ['campaign', `/admin/campaigns/${made.campaign}`],
  ['campaign-new', '/admin/campaigns/new'],
  ['campaign-edit', `/admin/campaigns/${made.campaign}/edit`],
  ['link-code', `/admin/partnerships/${made.partnership}/code`],
  ['rules', '/admin/rules'],
  ['rule', `/admin/rules/${made.tiers}`],
  ['rule-new', '/admin/rules/new'],
  ['rule-edit', `/admin/rules/${made.tiers}/edit`],
  ['referrals', '/admin/referrals'],
  ['referral', `/admin/referrals/${made.referral}`],
  ['referral-reject', `/admin/referrals/${made.referral}/reject`],
  ['commissions', '/admin/commissions'],
  ['commission', `/admin/commissions/${made.commission}`],
  ['commission-new', '/admin/commissions/new'],
  ['commission-adjust', `/admin/commissions/${made.commission}/adjust`],
  ['commission-reject', `/admin/commissions/${made.commission}/reject`],
  ['commission-release', `/admin/commissions/${made.heldCommission}/release`],
  ['commission-pay', `/admin/commissions/${made.approvedCommission}/pay`],
  ['payouts', '/admin/payouts'],
  ['payout-paid', `/admin/payouts/${made.payout}`],
  ['payout-pay', `/admin/payouts/${made.draftPayout}/pay`],
  ['customers', '/admin/customers'],
  ['customer', `/admin/customers/${made.customer}`],
  ['search', '/admin/search?q=maya'],
  ['notifications', '/admin/notifications'],
  ['ledger-rates', '/admin/ledger/rates'],
  ['ledger-close', `/admin/ledger/months/close?month=${pastMonth()}`],
  ['mail', '/admin/mail'],
  ['message', '/admin/mail', (page) => page.locator('main a[href^="/admin/mail/"]:visible').first().click()],
  ['settings', '/admin/settings'],
  ['settings-affiliates', '/admin/settings/affiliates'],
  ['settings-tracking', '/admin/settings/tracking'],
  ['settings-payouts', '/admin/settings/payouts'],
  ['settings-notifications', '/admin/settings/notifications'],
  ['settings-install', '/admin/settings/install'],
  ['account', '/admin/account'],
  ['api-keys', '/admin/api-keys'],
  ['api-key-new', '/admin/api-keys/new'],
  ['audit', '/admin/audit'],
  ['prove', '/admin/prove'],
  ['missing', '/admin/affiliates/aff_nobody', null, 404],
];

/**
 * The same pages in other states: mostly other words in other places. They are looked at once at each size and
 * once in each theme: they are made of the same parts as the pages above, so that a part which a theme breaks
 * breaks there, too; and apart from the colours no rule of axe depends on the theme. So are those of a business,
 * and of an affiliate, with whom nothing has happened yet.
 */
const staffVariants = () => [
  ['navigation', '/admin', async (page) => {
    const opener = page.getByRole('button', { name: 'Open navigation' });
    if (await opener.isVisible()) await opener.click();
  }],
  ['palette', '/admin', async (page) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('searchbox').fill('may');
    await page.getByRole('dialog').getByRole('link', { name: /Maya/ }).first().waitFor();
  }],
  ['keys', '/admin', (page) => page.keyboard.press('?')],
  ['affiliates-last-page', '/admin/affiliates?page=2&sort=-commission'],
  ['affiliates-no-match', '/admin/affiliates?q=nobody-has-this-name'],
  ['affiliate-long', `/admin/affiliates/${made.longAffiliate}`],
  ['affiliate-terminate', `/admin/affiliates/${made.affiliate}`, opened('button', 'Terminate')],
  ['affiliate-suspended', `/admin/affiliates/${made.people.simon}`],
  ['group-refused', '/admin/groups/new', refused('Make group', { 'Amount 1': 'much' })],
  ['campaign-deactivate', `/admin/campaigns/${made.campaign}`, opened('header button', 'Deactivate')],
  ['campaign-off', `/admin/campaigns/${made.offCampaign}`],
  ['campaign-add-refused', `/admin/campaigns/${made.campaign}`, refused('Add and invite', { 'Link code': '?' })],
  ['campaign-refused', '/admin/campaigns/new', refused('Make campaign', { Destination: 'nowhere' })],
  ['rule-refused', '/admin/rules/new', refused('Make rule', { Percent: 'all' })],
  ['referral-rejected', `/admin/referrals/${made.rejectedReferral}`],
  ['commission-paid', `/admin/commissions/${made.paidCommission}`],
  ['commission-bonus', `/admin/commissions/${made.bonus}`],
  ['commission-refused', '/admin/commissions/new', refused('Add')],
  ['payout-pending', `/admin/payouts/${made.openPayout}`],
  ['payout-draft', `/admin/payouts/${made.draftPayout}`],
  ['payout-cancelled', `/admin/payouts/${made.cancelledPayout}`],
  ['customer-cancelled', `/admin/customers/${made.cancelledCustomer}`],
  ['settings-tracking-refused', '/admin/settings/tracking', refused('Save', { 'A click counts for': 'ever' })],
  ['account-refused', '/admin/account', refused('Change the password', { 'New password': 'short' })],
  ['api-key-refused', '/admin/api-keys/new', refused('Make the key')],
];

/** What staff of a business sees in which nothing has happened. */
const emptyStaffPages = () => [
  ['empty-dashboard', '/admin'],
  ['empty-checklist', '/admin/checklist'],
  ['empty-affiliates', '/admin/affiliates'],
  ['empty-groups', '/admin/groups'],
  ['empty-campaigns', '/admin/campaigns'],
  ['empty-rules', '/admin/rules'],
  ['empty-referrals', '/admin/referrals'],
  ['empty-commissions', '/admin/commissions'],
  ['empty-payouts', '/admin/payouts'],
  ['empty-customers', '/admin/customers'],
  ['empty-search', '/admin/search'],
  ['empty-mail', '/admin/mail'],
  ['empty-audit', '/admin/audit'],
];

const portalPages = () => [
  ['portal-dashboard', '/'],
  ['portal-leads', '/leads'],
  ['portal-commissions', '/commissions'],
  ['portal-commission', '/commissions', (page) => page.locator('main a[href*="/commissions/com_"]:visible').first().click()],
  ['portal-payouts', '/payouts'],
  ['portal-payout', '/payouts', (page) => page.locator('main a[href*="/payouts/pay_"]:visible').first().click()],
].map(inPortal);

const emptyPortalPages = () => [
  ['empty-portal-dashboard', '/'],
  ['empty-portal-leads', '/leads'],
  ['empty-portal-commissions', '/commissions'],
  ['empty-portal-payouts', '/payouts'],
].map(inPortal);

function inPortal([name, path, ...rest]) {
  return [name, `/portal/${server.business.slug}${path}`, ...rest];
}

/** What needs no log-in. */
const openPages = ({ size, theme }) => [
  ['log-in', '/admin/log-in'],
  ['log-in-refused', '/admin/log-in', async (page) => {
    await page.getByLabel('E-mail').fill(`nobody-${size}-${theme}@acme.example`);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').waitFor();
  }],
  ['portal-find', '/authentication'],
  ['portal-find-unknown', '/authentication?portal=unknown', null, 404],
  ['portal-log-in', `/portal/${server.business.slug}/log-in`],
  ['invitation', new URL(invitations.open).pathname],
  ['invitation-refused', new URL(invitations.open).pathname, refused('Accept the invitation', { Password: 'short' })],
  ['invitation-used', new URL(invitations.used).pathname, null, 410],
  ['link-gone', '/r/maya-friday', null, 410],
  ['link-unknown', '/r/nobody-has-this', null, 404],
  ['nothing-here', '/nothing-here', null, 404],
];

const setUpPages = () => [
  ['set-up', '/admin/set-up'],
  ['set-up-refused', '/admin/set-up', refused('Create the business', { 'E-mail': 'no address', Password: 'short' })],
];

/**
 * Looks at each page; what is wrong with any of them is told at the end, all at once. `colours` is for
 * pages that axe sees whole in the other theme: a theme changes no element, name, role or size, only colours,
 * so that all other rules would find there what they have found; and axe takes its time.
 */
async function look(t, base, appearance, session, pages, { colours = appearance.theme === 'dark' } = {}) {
  const guest = await visitor(t, base, { ...appearance, storageState: session && sessions[session] });
  const findings = [];
  for (const [name, path, act, status = 200] of pages) {
    const checks = [
      async () => {
        const answer = await guest.page.goto(path);
        assert.equal(answer.status(), status, `${path} answered ${answer.status()}`);
        await act?.(guest.page);
        await guest.page.waitForLoadState();
      },
      () => axe(guest.page, { colours }),
      () => fits(guest),
      () => picture(guest, name),
      () => assert.deepEqual(guest.problems.splice(0), [], `${name} complained`),
    ];
    for (const check of checks) {
      try {
        await check();
      } catch (error) {
        findings.push(`${name}: ${error.message}`);
      }
    }
  }
  assert.equal(findings.length, 0, findings.join('\n\n'));
}

// Two at a time: as many as a small machine has cores.
describe('every page', { concurrency: 2 }, () => {
  for (const appearance of LOOKS) {
    const looks = `${appearance.size}, ${appearance.theme}`;
    it(`for staff: ${looks}`, (t) => look(t, server.url, appearance, 'staff', staffPages()));
    it(`for everybody: ${looks}`, (t) => look(t, server.url, appearance, null, openPages(appearance)));
    it(`of a new installation: ${looks}`, (t) => look(t, empty.url, appearance, null, setUpPages()));
    it(`for an affiliate: ${looks}`, (t) => look(t, server.url, appearance, 'maya', portalPages()));
    it(`for a suspended affiliate: ${looks}`, (t) => look(t, server.url, appearance, 'simon', [inPortal(['portal-suspended', '/'])]));
    it(`for who has applied: ${looks}`, (t) => look(t, server.url, appearance, 'pia', [inPortal(['portal-pending', '/'])]));
    it(`for a terminated affiliate: ${looks}`, (t) => look(t, server.url, appearance, 'theo', [inPortal(['portal-terminated', '/'])]));
  }
  it('a row of tabs begins at the tab one is on, on a phone, too', async (t) => {
    const { page } = await visitor(t, server.url, { size: 'phone', storageState: sessions.staff });
    const row = page.locator('nav[aria-label="Settings"]');
    const hrefs = async () => row.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    await page.goto('/admin/settings');
    assert.ok(await row.evaluate((nav) => nav.scrollWidth > nav.clientWidth), 'there is more than fits');
    for (const href of await hrefs()) {
      await page.goto(href);
      await page.waitForFunction(() => {
        const nav = document.querySelector('nav[aria-label="Settings"]');
        const [seen, tab] = [nav, nav.querySelector('[aria-current]')].map((part) => part.getBoundingClientRect());
        return tab.left >= seen.left - 1 && tab.right <= seen.right + 1;
      });
      assert.equal(await page.evaluate(() => window.scrollY), 0, 'the page itself stays at its top');
    }
  });
  for (const appearance of STATES) {
    const looks = `${appearance.size}, ${appearance.theme}`;
    const inState = (t, who, pages) => look(t, server.url, appearance, who, pages, { colours: false });
    it(`for staff, other states: ${looks}`, (t) => inState(t, 'staff', staffVariants()));
    it(`for staff of an empty business: ${looks}`, (t) => inState(t, 'quietStaff', emptyStaffPages()));
    it(`for an affiliate who has just begun: ${looks}`, (t) => inState(t, 'nova', emptyPortalPages()));
  }
});
