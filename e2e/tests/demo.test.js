// The demo, as somebody meets it who tries Tributary for the first time: what it prints lets them in,
// both dashboards can be shown in every look, and a purchase in its shop moves the affiliate's portal. Then proof, on
// what the demo has: it takes long to fill, so that it is filled once for both.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, SIZES, visitor } from '../harness/browser.js';
import { wholeFile } from '../harness/later.js';
import { ROOT } from '../harness/paths.js';
import { logInAsStaff, logInToPortal } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

/** Smaller than the looks' desk: the cards of figures are at their narrowest beside each other. */
const LAPTOP = { width: 1280, height: 800 };
const BINARY = process.env.TRIBUTARY_BIN ?? join(ROOT, 'target/debug/tributary');
const file = wholeFile();
let demo;
/** Cookies of the owner and of the affiliate. */
let loggedIn;
let slug;
let link;

before(async () => {
  demo = await Tributary.demo(file);
  // Ready and printed are a moment apart.
  while (!demo.printed().includes('A link')) await new Promise((resolve) => { setTimeout(resolve, 50); });
  const printed = demo.printed();
  const [, ...owner] = printed.match(/Owner +\S+\/admin\n +(\S+) \/ (.+)/);
  const [, inPortal, ...affiliate] = printed.match(/Affiliate +\S+\/portal\/(\S+)\/\n +(\S+) \/ (.+)/);
  [slug, link] = [inPortal, printed.match(/A link +(\S+) /)[1]];
  const { page, context } = await visitor(file, demo.url);
  await logInAsStaff(page, { email: owner[0], password: owner[1] });
  await logInToPortal(page, slug, { email: affiliate[0], password: affiliate[1] });
  loggedIn = await context.storageState();
});

test('what is printed lets both in, and their first pages can be shown', async (t) => {
  for (const look of LOOKS) {
    const guest = await visitor(t, demo.url, { ...look, storageState: loggedIn });
    for (const [name, path] of [['demo-dashboard', '/admin'], ['demo-portal', `/portal/${slug}/`]]) {
      await guest.page.goto(path);
      await guest.page.getByText('This is a demo').waitFor();
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
      if (look.size !== 'desk') continue;
      await guest.page.setViewportSize(LAPTOP);
      await fits(guest);
      await guest.page.setViewportSize(SIZES.desk);
    }
  }
});

test('a purchase in its shop moves the portal', async (t) => {
  const { page: portal } = await visitor(t, demo.url, { storageState: loggedIn });
  await portal.goto(`/portal/${slug}/`);
  const pending = portal.getByRole('main').getByRole('link', { name: /^Pending/ });
  const before = await pending.innerText();

  const { page: shop } = await visitor(t, demo.url, { hosts: [new URL(demo.shopUrl).host] });
  await shop.goto(link);
  assert.equal(new URL(shop.url()).origin, demo.shopUrl);
  await shop.getByLabel('Name').fill('Ada Lindqvist');
  await shop.getByLabel('E-mail').fill('ada@kestrel.example');
  await shop.getByRole('button', { name: 'Sign up' }).click();
  await shop.getByRole('button', { name: 'Buy for $49.00' }).click();
  await shop.getByRole('status').filter({ hasText: 'recorded the sale and credited it' }).waitFor();
  for (let tries = 0; tries < 600 && await pending.innerText() === before; tries += 1) await portal.waitForTimeout(50);
  assert.notEqual(await pending.innerText(), before);
});

// Proof, on what the demo has: a dispute on a sale, many decisions and their undo, the journal, a month that is
// closed, and a signed statement that the command line proves; in every look.

/** Looks at the page as it is now: nothing sticks out, nothing is inaccessible, and a picture is kept. */
async function look(guest, name) {
  await axe(guest.page);
  await fits(guest);
  await picture(guest, name);
}

test('a sale is disputed and won, and the affiliate sees both', async (t) => {
  const staff = await visitor(t, demo.url, { storageState: loggedIn });
  const { page } = staff;
  // The affiliate's latest commission for a sale of which something is left: some are for leads.
  const portal = await visitor(t, demo.url, { storageState: loggedIn });
  await portal.page.goto(`/portal/${slug}/commissions?status=pending`);
  const rows = portal.page.locator('table a[href*="/commissions/com_"]');
  await rows.first().waitFor();
  const hrefs = await rows.evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  let id;
  for (const one of new Set(hrefs.map((href) => href.split('/').pop()))) {
    await page.goto(`/admin/commissions/${one}`);
    await page.locator('dd a[href^="/admin/events/"]').click();
    await page.waitForURL(/\/admin\/events\//);
    if (await page.getByRole('heading', { name: 'Record a dispute' }).count()) { id = one; break; }
  }
  assert.ok(id, 'a pending commission for a sale');
  await portal.page.goto(`/portal/${slug}/commissions/${id}`);
  await page.getByLabel('Disputed amount').fill('a lot');
  await page.getByLabel('Reason for the dispute').fill('Says it never arrived');
  await page.getByRole('button', { name: 'Record the dispute' }).click();
  await page.getByText('Write the amount as a number').first().waitFor();
  assert.equal(await page.getByLabel('Reason for the dispute').inputValue(), 'Says it never arrived');
  await look(staff, 'proof-dispute-refused');
  await page.getByLabel('Disputed amount').fill('10.00');
  await page.getByLabel('Id at the bank or provider').fill('CB-2041');
  await page.getByRole('button', { name: 'Record the dispute' }).click();
  await page.getByText('Dispute CB-2041', { exact: true }).waitFor();
  const sale = page.url();
  for (const one of LOOKS) {
    const guest = await visitor(t, demo.url, { ...one, storageState: loggedIn });
    await guest.page.goto(sale);
    await look(guest, 'proof-event');
    await guest.page.goto(`/admin/commissions/${id}`);
    await look(guest, 'proof-commission');
    await guest.page.goto(`/portal/${slug}/commissions/${id}`);
    await guest.page.getByText('The sale is disputed').waitFor();
    await look(guest, 'proof-portal-commission');
  }
  await page.getByRole('button', { name: /^Won/ }).click();
  await page.getByText('what it had taken is given again').waitFor();
  await portal.page.reload();
  await portal.page.getByText('The dispute was won').waitFor();
});

test('many commissions are approved by filter, reported and undone', async (t) => {
  for (const one of LOOKS) {
    const guest = await visitor(t, demo.url, { ...one, storageState: loggedIn });
    const { page } = guest;
    await page.goto('/admin/referrals?status=pending');
    if (one.size === 'desk') {
      await page.getByRole('checkbox').first().check();
      await page.getByLabel(/^Select all \d/).check();
      await page.getByRole('button', { name: 'Approve' }).first().click();
      await page.getByRole('button', { name: /^Approve \d+ referral/ }).waitFor();
      await look(guest, 'proof-bulk-preview');
      await page.getByRole('button', { name: /^Approve \d+ referral/ }).click();
      // Who is at it keeps it from leaving.
      await page.getByRole('status').filter({ hasText: /referrals? approved\./ }).hover();
      await look(guest, 'proof-bulk-done');
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText(/Undone: \d+ referrals? pending again/).first().waitFor();
    }
  }
});

test('the ledger in every look, a month is closed, and a statement is proven offline', async (t) => {
  for (const one of LOOKS) {
    const guest = await visitor(t, demo.url, { ...one, storageState: loggedIn });
    for (const [name, path] of [
      ['journal', '/admin/ledger'], ['liability', '/admin/ledger/liability'],
      ['months', '/admin/ledger/months'], ['statements', '/admin/ledger/statements'],
    ]) {
      await guest.page.goto(path);
      await look(guest, `proof-${name}`);
    }
    await guest.page.goto(`/portal/${slug}/statement`);
    await look(guest, 'proof-portal-statement');
  }
  const { page } = await visitor(t, demo.url, { storageState: loggedIn });
  await page.goto('/admin/ledger');
  await page.getByRole('button', { name: 'Prove it now' }).click();
  await page.getByText(/Proven: [\d,]+ entries/).waitFor();
  await page.goto('/admin/ledger/months');
  const oldest = page.getByRole('listitem').filter({ hasText: 'Liability at its end' }).last();
  await oldest.getByRole('link', { name: /^Close/ }).click();
  await page.getByRole('button', { name: 'Close the month' }).click();
  await page.getByText(/is closed at entry [\d,]+\./).waitFor();
  await oldest.getByText('Closed', { exact: true }).waitFor();

  await page.goto('/admin/ledger/statements');
  const key = await page.getByLabel('Public key of your statements').inputValue();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const path = await (await download).path();
  const proven = await promisify(execFile)(BINARY, ['verify-statement', path, '--key', key]);
  assert.match(proven.stdout, /holds\. .*, the whole journal/);
});
