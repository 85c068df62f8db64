// Rule 1 of the interface: every page does its core job without JavaScript. Staff adds an affiliate,
// decides, filters and pays; the affiliate comes in and reads, all by links and forms alone.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { visitor } from '../harness/browser.js';
import { wholeFile } from '../harness/later.js';
import { acceptInvitation, invitationLink, logInAsStaff, logInToPortal } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const CAMPAIGN = 'Starter, monthly';

const file = wholeFile();
let server;
let campaign;

before(async () => {
  server = await Tributary.start(file, { business: 'Fernhill Studio' });
  await server.api('POST', '/rules', { reward: { percent_ppm: 200_000 } });
  campaign = await server.api('POST', '/campaigns', { name: CAMPAIGN, destination_url: 'https://shop.example.com/' });
});

const plain = (t) => visitor(t, server.url, { scripts: false });

/** Presses a button of the page itself. */
const press = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).click();

/** Waits until a page tells what the last act led to. */
const told = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** An affiliate in the campaign who has sold for 49.00; gives the affiliate. */
async function seller(name, code) {
  const affiliate = await server.api('POST', '/affiliates', { name, email: `${code}@sellers.example`, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  await server.api('POST', '/track/sale', {
    external_id: `order-${code}`, code, amount: 4900, currency: 'USD',
    customer: { external_id: `customer-${code}`, name: `Customer of ${name}` },
  });
  return affiliate;
}

test('staff logs in, is told what was wrong, and logs out', async (t) => {
  const { page } = await plain(t);
  await page.goto('/admin/affiliates?status=pending');
  // Somebody else's address: a wrong password slows down the next try of the same one.
  await page.getByLabel('E-mail').fill('nobody@acme.example');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'nobody@acme.example', 'what was typed is kept');
  await logInAsStaff(page);
  await page.locator('summary').filter({ hasText: 'Account:' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(/\/admin\/log-in/);
});

test('an affiliate is added; a form that cannot be taken says why', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/affiliates/new');
  await page.getByLabel('Name', { exact: true }).fill('Vera Winter');
  await page.getByLabel('E-mail', { exact: true }).fill('vera at winter');
  await press(page, 'Add affiliate');
  await page.getByRole('alert').filter({ hasText: 'Nothing was saved' }).waitFor();
  assert.equal(await page.getByLabel('E-mail', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Vera Winter');
  await page.getByLabel('E-mail', { exact: true }).fill('vera@winter.example');
  await page.getByLabel('Status').selectOption('Approved');
  await page.getByLabel(/^Add to campaign/).selectOption(CAMPAIGN);
  await press(page, 'Add affiliate');
  await told(page, 'Vera Winter was added and invited');
});

test('a referral and its commission are approved, paid out and marked paid', async (t) => {
  await seller('Oskar Blum', 'oskar');
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/referrals?status=pending&q=oskar');
  await page.getByRole('main').getByRole('link', { name: 'Customer of Oskar Blum' }).first().click();
  await press(page, 'Approve');
  await told(page, 'approved');
  await page.goto('/admin/commissions?q=oskar');
  await page.getByRole('row', { name: /\$9\.80/ }).getByRole('link', { name: 'Oskar Blum' }).click();
  await press(page, 'Approve');
  await told(page, '$9.80 approved');
  await page.goto('/admin/payouts');
  await page.getByRole('row', { name: /Oskar Blum/ }).getByRole('button', { name: 'Create payout' }).click();
  await page.waitForURL(/\/admin\/payouts\/pay_/);
  await page.getByRole('main').getByRole('link', { name: 'Mark paid' }).click();
  await press(page, 'Mark $9.80 paid');
  await told(page, 'marked paid');
});

test('what asks before it acts, asks without scripts too', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto(`/admin/campaigns/${campaign.id}`);
  await page.getByRole('button', { name: 'Deactivate' }).click();
  const question = page.getByRole('dialog', { name: `Deactivate ${CAMPAIGN}?` });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await question.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('button', { name: 'Deactivate' }).waitFor();
});

test('a list is filtered, sorted and cleared, and its state is in the address', async (t) => {
  await seller('Ines Falk', 'ines');
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/affiliates');
  const rows = page.locator('tbody').getByRole('row');
  await page.getByRole('searchbox', { name: /^Search name/ }).fill('ines');
  await page.getByRole('search', { name: 'Affiliates', exact: true }).getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/q=ines/);
  assert.equal(await rows.count(), 1);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByRole('columnheader', { name: 'Affiliate' }).getByRole('link').click();
  await page.waitForURL(/sort=/);
  assert.ok(await rows.count() > 1);
});

test('the theme changes and stays', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
  await page.goto('/admin/affiliates');
  await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
});

test('an affiliate takes the invitation, logs in and reads the dashboard', async (t) => {
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code: 'maya' });
  await server.api('POST', '/track/sale', {
    external_id: 'order-maya', code: 'maya', amount: 4900, currency: 'USD', customer: { external_id: 'customer-maya', name: 'Ada Lindqvist' },
  });
  const staff = await plain(t);
  await logInAsStaff(staff.page);
  const link = await invitationLink(staff.page, affiliate.id);

  const invited = await plain(t);
  await acceptInvitation(invited.page, link, MAYA.password);

  const { page } = await plain(t);
  await logInToPortal(page, server.business.slug, MAYA);
  const main = page.getByRole('main');
  await main.getByRole('link', { name: /^Pending/ }).getByText('$9.80', { exact: true }).waitFor();
  assert.equal(await main.getByRole('textbox', { name: `Link for ${CAMPAIGN}` }).inputValue(), `${server.url}/r/maya`);
  await page.getByRole('navigation', { name: 'Affiliate' }).getByRole('link', { name: 'Commissions' }).click();
  await page.getByRole('row', { name: /\$9\.80/ }).getByRole('link').click();
  await page.getByRole('list', { name: 'Life of the commission' }).waitFor();
  await page.goto(`/portal/${server.business.slug}/leads?q=nobody-like-this`);
  await page.getByText('No matches').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await page.getByText('Ada Lindqvist').first().waitFor();
});
