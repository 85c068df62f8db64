// Payout providers: connecting one, a payout that is sent and paid, one whose answer is lost and found again; a run that is
// sent whole, with one that is refused and tried again; the list of transfers; money that comes back.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { later } from '../harness/later.js';
import { ROOT } from '../harness/paths.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { freePort, launch, withoutSettings } from '../harness/program.js';
import { Tributary } from '../harness/server.js';

const PASSWORD = 'tea kettle on a boat';
const SIGNING = 'whsec_of_the_browser_test';

/** The provider that can be told to fail, as a program of its own. */
async function fakeProvider(t) {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'tributary-fake-'));
  const url = `http://127.0.0.1:${port}`;
  const binary = process.env.FAKE_PROVIDER_BIN ?? join(ROOT, 'target/debug/fake-provider');
  const program = await launch(binary, [`127.0.0.1:${port}`, join(folder, 'made.jsonl')], {
    env: withoutSettings(), log: `fake-${port}.log`, ready: `${url}/control/transfers`,
  });
  later(t, async () => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const control = (path, body) => fetch(`${url}/control/${path}`, {
    method: body ? 'POST' : 'GET', body: body && JSON.stringify(body),
  }).then((answer) => answer.json());
  return { url, control };
}

/** An approved commission of an affiliate who is paid at Stripe. */
async function earned(t, server, staff, number, campaign) {
  const name = ['Maya Okonkwo', 'Nova Reyes', 'Grace Lindqvist', 'Tomás Ferreira', 'Ines Moreau'][number];
  const code = `code-${number}`;
  const affiliate = await server.api('POST', '/affiliates', { name, email: `${code}@letters.example`, status: 'approved' });
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const { page, context } = await visitor(t, server.url);
  await acceptInvitation(page, await invitationLink(staff, affiliate.id), PASSWORD);
  await page.goto(`/portal/${server.business.slug}/account/payout-method/change?kind=stripe`);
  await page.getByLabel('Stripe account').fill(`acct_1Nv0FGQ9RKHg000${number}`);
  await page.getByLabel('Legal name').fill('Okonkwo Media Ltd');
  if (number === 0) {
    await axe(page);
    await picture({ page, size: 'desk', theme: 'light' }, 'portal-payout-method-stripe');
  }
  await page.getByRole('button', { name: 'Save the payout method' }).click();
  await page.getByText('Payout method saved').waitFor();
  await context.close();
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  const sale = await server.api('POST', '/track/sale', {
    external_id: `inv-${number}`, customer_external_id: `user-${number}`, amount: 178_200, currency: 'USD', code,
  });
  await server.api('POST', `/referrals/${sale.referral.id}/approve`, {});
  await server.api('POST', `/commissions/${sale.commissions[0].id}/approve`, {});
  return affiliate;
}

/** An approved payout to an affiliate who is paid at Stripe. */
async function owed(t, server, staff, number, campaign) {
  const affiliate = await earned(t, server, staff, number, campaign);
  const { data: [payout] } = await server.api('POST', '/payouts', { affiliate_id: affiliate.id });
  await server.api('POST', `/payouts/${payout.id}/approve`, {});
  return payout;
}

/** Asks for something in a dialog and says yes. */
async function confirm(page, ask, yes) {
  await page.locator('main button[popovertarget]', { hasText: ask }).first().click();
  await page.locator('dialog:popover-open, dialog[open]').getByRole('button', { name: yes }).click();
}

/** Waits until a page says something; it is live, and a reload is as good. */
async function says(page, text) {
  for (let round = 0; round < 120; round += 1) {
    if (await page.locator('main').getByText(text).count()) return;
    await page.waitForTimeout(250);
    await page.reload();
  }
  assert.fail(`the page does not say ${text}: ${await page.locator('main').innerText()}`);
}

test('a provider is connected, pays, and is asked what became of a lost answer', async (t) => {
  const fake = await fakeProvider(t);
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  const { page: staff, context } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto('/admin/settings/payouts');
  await staff.getByLabel('Wait after a new payout method').fill('0');
  await staff.getByRole('button', { name: 'Save' }).click();

  // Nothing is connected yet.
  await staff.getByRole('link', { name: 'Payout providers' }).click();
  await staff.getByRole('heading', { name: 'Wise' }).waitFor();
  await staff.getByRole('link', { name: 'Connect' }).nth(1).click();
  await staff.getByLabel(/^Key/).fill('wrong-key-for-the-test');
  await staff.getByLabel('Address', { exact: true }).fill('http://api.stripe.com');
  await staff.getByRole('button', { name: 'Save the connection' }).click();
  await staff.getByText('must begin with https://').waitFor();
  await axe(staff);
  await staff.getByLabel(/^Key/).fill('wrong-key-for-the-test');
  await staff.getByLabel('Webhook signing secret').fill(SIGNING);
  await staff.getByLabel('Address', { exact: true }).fill(fake.url);
  await staff.getByRole('button', { name: 'Save the connection' }).click();
  await staff.getByText('Stripe is connected').waitFor();
  await staff.getByRole('button', { name: 'Test connection' }).click();
  await staff.getByText('could not be used').waitFor();
  await staff.getByRole('link', { name: 'Edit' }).click();
  await staff.getByLabel(/^Key/).fill('sk_test_of_the_browser');
  await staff.getByRole('button', { name: 'Save the connection' }).click();
  await staff.getByRole('button', { name: 'Test connection' }).click();
  await staff.getByText('Stripe answers and knows the key').waitFor();
  const callback = await staff.getByLabel('Address for the webhooks of Stripe').inputValue();
  await fake.control('hook', { provider: 'stripe', url: callback, secret: SIGNING });

  const rule = { reward: { percent_ppm: 200_000 } };
  await server.api('POST', '/rules', rule);
  const campaign = await server.api('POST', '/campaigns', {
    name: 'Autumn', active: true, destination_url: 'https://shop.example.com/', hosts: ['shop.example.com'],
  });
  const paid = await owed(t, server, staff, 0, campaign);
  const lost = await owed(t, server, staff, 1, campaign);

  // One is sent and paid.
  await staff.goto(`/admin/payouts/${paid.id}`);
  await staff.getByRole('button', { name: 'Send by Stripe' }).click();
  await picture({ page: staff, size: 'desk', theme: 'light' }, 'admin-payout-send');
  await staff.getByRole('button', { name: 'Send $356.40' }).click();
  await staff.getByText('is being sent').waitFor();
  await staff.locator('#head').getByText('Paid').waitFor();
  const { paid: first } = await fake.control('transfers');
  assert.equal(first.length, 1);
  await staff.goto(`/admin/payouts/${paid.id}`);
  await staff.getByText(first[0].id).first().waitFor();

  // Of the other the answer is lost; it is unknown, and then found.
  await fake.control('fault', { fault: 'error-after' });
  // The clock stands, so that nobody asks again before this has been looked at.
  server.stopClock();
  await staff.goto(`/admin/payouts/${lost.id}`);
  await staff.getByRole('button', { name: 'Send by Stripe' }).click();
  await staff.getByRole('button', { name: 'Send $356.40' }).click();
  await staff.getByText('It is not known whether this was paid').waitFor();
  const storageState = await context.storageState();
  // Pages that are open would ask the stopped server for their live streams.
  await staff.goto('about:blank');
  await server.stop();
  await server.serve('--no-jobs');
  for (const look of LOOKS) {
    const other = await visitor(t, server.url, { ...look, storageState });
    for (const [name, path] of [
      ['admin-providers', '/admin/settings/providers'],
      ['admin-provider', '/admin/settings/providers/stripe'],
      ['admin-provider-wise', '/admin/settings/providers/wise'],
      ['admin-payout-unknown', `/admin/payouts/${lost.id}`],
      ['admin-payout-decide', `/admin/payouts/${lost.id}/decide`],
      ['admin-payout-paid', `/admin/payouts/${paid.id}`],
    ]) {
      await other.page.goto(path);
      await axe(other.page);
      await fits(other);
      await picture(other, name);
    }
    await other.context.close();
  }
  await server.stop();
  server.startClock();
  await server.serve();
  await staff.goto(`/admin/payouts/${lost.id}`);
  await staff.locator('#head').getByText('Paid').waitFor();
  const { paid: all } = await fake.control('transfers');
  assert.equal(all.length, 2, 'each is paid once');

  // A run is sent whole. One is refused, and tried again.
  for (const number of [2, 3, 4]) await earned(t, server, staff, number, campaign);
  const run = await server.api('POST', '/payout-runs', {});
  const { data: out } = await server.api('GET', `/payout-runs/${run.id}/members?included=false`);
  await server.api('POST', `/payout-runs/${run.id}/members`, {
    include: out.map(({ affiliate_id, currency }) => ({ affiliate_id, currency })),
  });
  await staff.goto(`/admin/payouts/runs/${run.id}`);
  await confirm(staff, 'Draft payouts', 'Draft payouts');
  await says(staff, 'Drafted');
  await staff.locator('main button[popovertarget="submit"]').first().waitFor();
  await confirm(staff, 'Submit', 'Submit exactly $1,069.20');
  await says(staff, '3 payouts to send');
  await staff.getByRole('button', { name: 'Send by Stripe' }).click();
  await picture({ page: staff, size: 'desk', theme: 'light' }, 'admin-run-send');
  await fake.control('fault', { fault: 'refuse' });
  await staff.getByRole('button', { name: 'Send exactly $1,069.20' }).click();
  await says(staff, '2 paid, $712.80 · 1 failed, $356.40');
  await says(staff, 'Insufficient funds');
  await axe(staff);
  const session = await context.storageState();
  for (const look of LOOKS) {
    const other = await visitor(t, server.url, { ...look, storageState: session });
    for (const [name, path] of [
      ['admin-run-sent', `/admin/payouts/runs/${run.id}`],
      ['admin-transfers', '/admin/transfers'],
    ]) {
      await other.page.goto(path);
      await axe(other.page);
      await fits(other);
      await picture(other, name);
    }
  }
  await confirm(staff, 'Try the failed again', 'Send $356.40 again');
  await says(staff, '3 paid, $1,069.20');
  const { paid: sent } = await fake.control('transfers');
  assert.equal(new Set(sent.map(({ key }) => key)).size, 5);
  assert.equal(sent.length, 5, 'each is paid once');

  // Transfers are found, and the menu leads there.
  await staff.getByRole('link', { name: /^Transfers/ }).first().click();
  await staff.getByRole('heading', { name: 'Transfers' }).first().waitFor();
  await staff.getByRole('searchbox', { name: 'Search number, name or key' }).fill('Nova');
  await staff.getByRole('link', { name: 'Maya Okonkwo' }).waitFor({ state: 'detached' });
  await staff.getByRole('link', { name: 'Nova Reyes' }).first().waitFor();

  // Money comes back: it is owed again.
  await fake.control('give-back', { key: first[0].key });
  await staff.goto(`/admin/payouts/${paid.id}`);
  await says(staff, 'The money of this payout came back');
  for (const look of LOOKS) {
    const other = await visitor(t, server.url, { ...look, storageState: session });
    for (const [name, path] of [
      ['admin-payout-returned', `/admin/payouts/${paid.id}`],
      ['admin-payout-note-returned', `/admin/payouts/${lost.id}/returned`],
    ]) {
      await other.page.goto(path);
      await axe(other.page);
      await fits(other);
      await picture(other, name);
    }
  }
  const { data: [balance] } = await server.api('GET', `/affiliates/${paid.affiliate_id}/balance`);
  assert.deepEqual([balance.approved, balance.paid, balance.owed], [35_640, 0, 35_640]);
});
