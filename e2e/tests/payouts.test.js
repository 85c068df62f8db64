// A payout run with a second person's approval, a payment file and its answer, a refund after the payout, and
// the statement; every page in every look.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, STATES, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { OWNER, Tributary } from '../harness/server.js';

const COLLEAGUE = { email: 'second@acme.example', password: 'another horse in the battery' };
/** A password that was given longer ago is asked for again. */
const PROOF_MS = 10 * 60 * 1000;
const PEOPLE = [
  { name: 'Maya Okonkwo', email: 'maya@letters.example', method: 'wise', amount: 148_000 },
  { name: 'Simon Achterberg', email: 'simon@achterberg.example', method: 'wise', amount: 61_500 },
  { name: 'Priya Raman', email: 'priya@raman.example', method: 'paypal', amount: 92_000 },
  { name: 'Theo Brandt', email: 'theo@brandt.example', amount: 40_000 },
  { name: 'Nova Reyes', email: 'nova@reyes.example', method: 'wise', amount: 1_200 },
];

/** Looks at pages in every look, or in those that a page says, as this person. */
async function looks(t, server, storageState, pages) {
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, { ...look, storageState });
    for (const [name, path] of pages.filter(([, , borne = LOOKS]) => borne.includes(look))) {
      await guest.page.goto(path);
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
    }
    await guest.context.close();
  }
}

/** Presses the button that asks, then the one that confirms. */
async function confirm(page, ask, yes) {
  await page.locator('main button[popovertarget]', { hasText: ask }).first().click();
  await page.locator('dialog:popover-open, dialog[open]').getByRole('button', { name: yes }).click();
}

/** Waits until a run has this badge; its page is live, and a reload is as good. */
async function becomes(page, word) {
  for (let round = 0; round < 120; round += 1) {
    if (await page.locator('#head').getByText(word, { exact: true }).count()) return;
    await page.waitForTimeout(250);
    await page.reload();
  }
  assert.fail(`the run is not ${word}: ${await page.locator('#head').innerText()}`);
}

test('affiliates are paid by a run that a second person approves', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  // The day does not end between the choice of today's weekday and the run of that day.
  server.advanceToNoon();
  const post = (path, body = {}) => server.api('POST', path, body);
  await server.run('add-staff', '--business', server.business.slug, '--email', COLLEAGUE.email,
    '--name', 'Sam Second', '--password', COLLEAGUE.password);
  await post('/rules', { trigger: { on: 'sale' }, reward: { percent_ppm: 200_000 } });
  const campaign = await post('/campaigns', { name: 'Agency Pro', active: true, destination_url: 'https://shop.example.com/' });

  const { page: owner, context: office } = await visitor(t, server.url);
  await logInAsStaff(owner);

  // The rules: every week on this day, from $10.00, nobody waits after a new method, and $100.00 for one person.
  await owner.goto('/admin/settings/payouts');
  await owner.getByLabel('Affiliates are paid').selectOption('weekly');
  await owner.getByLabel('On which weekday').selectOption(String(((new Date(server.now()).getUTCDay() + 6) % 7) + 1));
  await owner.getByLabel('Wait after a new payout method').fill('0');
  await owner.getByLabel('Amount of minimum 1').fill('10.00');
  await owner.getByLabel('Amount of limit 1').fill('100.00');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Settings saved').waitFor();
  await owner.goto('/admin/settings/legal');
  await owner.getByLabel('Legal name').fill('Fernhill Studio Ltd');
  await owner.getByLabel('Street and number').fill('1 Mill Lane');
  await owner.getByLabel('City').fill('Leeds');
  await owner.getByLabel('VAT id').fill('GB999999973');
  await owner.getByLabel('Self-billing invoices').check();
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Settings saved').waitFor();

  let maya;
  for (const person of PEOPLE) {
    const affiliate = await post('/affiliates', { name: person.name, email: person.email, status: 'approved' });
    const code = person.name.split(' ')[0].toLowerCase();
    await post(`/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
    person.id = affiliate.id;
    if (person.method) {
      // Who takes part in an active campaign is invited by that.
      const guest = await visitor(t, server.url);
      await acceptInvitation(guest.page, await invitationLink(owner, affiliate.id), 'tea kettle on a boat');
      await guest.page.goto(`/portal/${server.business.slug}/account/payout-method/change?kind=${person.method}`);
      await guest.page.getByLabel(person.method === 'wise' ? 'Wise address' : 'PayPal address').fill(person.email);
      await guest.page.getByLabel('Legal name').fill(`${person.name} Media`);
      await guest.page.getByRole('button', { name: 'Save the payout method' }).click();
      await guest.page.getByText('Payout method saved').waitFor();
      if (person === PEOPLE[0]) maya = guest;
      else await guest.context.close();
    }
    const sale = await post('/track/sale', {
      external_id: `inv-${code}`, customer: { external_id: `user-${code}`, email: `user-${code}@kestrel.example` },
      amount: person.amount, currency: 'USD', code,
    });
    await post(`/referrals/${sale.referral.id}/approve`);
    await post(`/commissions/${sale.commissions[0].id}/approve`);
  }
  // The clock stands, so that a password that was given is not asked for again before the test wants it.
  server.stopClock();

  // The run: who is due is in, the others stand beside it with the reason.
  await owner.goto('/admin/payouts');
  await owner.getByRole('link', { name: 'Payout runs' }).click();
  await owner.getByText('No payout runs yet').waitFor();
  await owner.getByRole('link', { name: 'New run' }).click();
  await owner.getByRole('button', { name: 'Look who is due' }).click();
  await owner.getByText('$603.00').first().waitFor();
  const run = new URL(owner.url()).pathname;
  await owner.getByRole('link', { name: 'Left out' }).click();
  await owner.getByText('No payout method is set').first().waitFor();
  await owner.getByText('$7.60 short of the minimum of $10.00').first().waitFor();
  await looks(t, server, await office.storageState(), [
    ['payout-runs', '/admin/payouts/runs'], ['payout-run-new', '/admin/payouts/runs/new'],
    ['payout-run-open', run], ['payout-run-left-out', `${run}?out=1`, STATES], ['payout-rules', '/admin/settings/payouts', STATES],
    ['payout-legal', '/admin/settings/legal'], ['payout-account', '/admin/settings/payouts/account'],
    ['payout-group-rules', '/admin/groups/new', STATES],
  ]);
  await owner.goto(run);
  await owner.getByLabel('Select Priya Raman').first().check();
  await owner.getByRole('button', { name: 'Leave the ticked out' }).click();
  await owner.getByText('$419.00').first().waitFor();
  await confirm(owner, 'Draft payouts', 'Draft payouts');
  await becomes(owner, 'Drafted');
  await confirm(owner, 'Submit', 'Submit exactly $419.00');
  await becomes(owner, 'Waits for approval');
  assert.equal(await owner.locator('#head').getByRole('button', { name: 'Approve' }).count(), 0, 'not by the same person');

  const { page: second, context: desk } = await visitor(t, server.url);
  await logInAsStaff(second, COLLEAGUE);
  await second.goto(run);
  await looks(t, server, await desk.storageState(), [['payout-run-submitted', run, STATES]]);
  await confirm(second, 'Approve', 'Approve exactly $419.00');
  await becomes(second, 'Approved');
  await second.getByText('By Sam Second').waitFor();

  // The file for Wise, and what Wise answers.
  await owner.goto(run);
  await looks(t, server, await office.storageState(), [['payout-run-approved', run, STATES], ['payout-run-pay', `${run}/pay`]]);
  await owner.getByRole('link', { name: 'Payment file' }).click();
  await owner.getByText('Wise batch (CSV)').waitFor();
  await looks(t, server, await office.storageState(), [['payout-file-new', new URL(owner.url()).pathname + new URL(owner.url()).search]]);
  await owner.locator('section', { hasText: 'Wise batch (CSV)' }).getByRole('button', { name: 'Make this file' }).click();
  await owner.locator('dialog:popover-open, dialog[open]').getByRole('button', { name: 'Make a file of exactly $419.00' }).click();
  await owner.getByText('The file is made').waitFor();
  const file = new URL(owner.url()).pathname;
  const coming = owner.waitForEvent('download');
  await owner.getByRole('button', { name: 'Download' }).click();
  const text = readFileSync(await (await coming).path(), 'utf8');
  assert.match(text, /Maya Okonkwo Media,maya@letters\.example,PO-1001,PERSON,target,296\.00,USD,USD,EMAIL/);
  assert.match(text, /PO-1002,PERSON,target,123\.00,/);
  await owner.goto('/admin/payouts/files');
  await owner.getByLabel('Result file').setInputFiles({
    name: 'wise-result.csv', mimeType: 'text/csv',
    buffer: Buffer.from('transferId,paymentReference,status\n771,PO-1001,Outgoing payment sent\n772,PO-1002,Outgoing payment sent\n'),
  });
  await owner.getByRole('button', { name: 'Look at it' }).click();
  await owner.getByText('2 paid, 0 failed, 0 unchanged').first().waitFor();
  const result = new URL(owner.url()).pathname;
  await looks(t, server, await office.storageState(), [['payout-result', result], ['payout-file', file]]);
  await confirm(owner, 'Take it over', 'Take over exactly $419.00');
  await owner.getByText('2 payouts paid, 0 failed.').waitFor();
  await owner.goto(run);
  await becomes(owner, 'Paid');
  await looks(t, server, await office.storageState(), [['payout-run-paid', run, STATES], ['payout-files', '/admin/payouts/files'], ['payouts-after-run', '/admin/payouts', STATES]]);

  // A refund after the payout is carried, and the next payout's statement says so.
  await post('/track/refund', { external_id: 'ref-1', sale_external_id: 'inv-maya', amount: 50_000 });
  const sale = await post('/track/sale', {
    external_id: 'inv-maya-2', customer: { external_id: 'user-maya' }, amount: 120_000, currency: 'USD', code: 'maya',
  });
  await post(`/commissions/${sale.commissions[0].id}/approve`);
  const next = (await post('/payouts', { affiliate_id: PEOPLE[0].id })).data[0];
  assert.equal(next.carried_forward, -10_000);
  await owner.goto(`/admin/payouts/${next.id}`);
  await owner.getByText('is above the limit').waitFor({ state: 'detached' });
  await owner.getByRole('link', { name: 'Mark paid' }).click();
  await owner.getByRole('button', { name: 'Mark $140.00 paid' }).click();
  await owner.getByText('is above the limit for one person').waitFor();
  await owner.goto('/admin/settings/payouts');
  await owner.getByLabel('Amount of limit 1').fill('1000.00');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Settings saved').waitFor();
  await owner.goto(`/admin/payouts/${next.id}/pay`);
  await owner.getByLabel('Reference').fill('WIRE-2');
  await owner.getByRole('button', { name: 'Mark $140.00 paid' }).click();
  await owner.getByText('marked paid').waitFor();
  await owner.getByRole('link', { name: 'Statement ST-0003' }).click();
  await owner.getByText('Carried forward from earlier refunds').waitFor();

  const portal = `/portal/${server.business.slug}`;
  await maya.page.goto(`${portal}/payouts/${next.id}`);
  await maya.page.getByRole('link', { name: 'ST-0003' }).click();
  await maya.page.getByRole('heading', { name: 'Self-billing invoice' }).waitFor();
  await maya.page.getByText('−$100.00').waitFor();
  await maya.page.emulateMedia({ media: 'print' });
  await picture(maya, 'payout-invoice-print');
  await maya.page.emulateMedia({ media: 'screen' });
  const [kept] = await Promise.all([maya.page.waitForEvent('download'), maya.page.getByRole('link', { name: 'PDF' }).click()]);
  assert.equal(kept.suggestedFilename(), 'ST-0003.pdf');
  assert.match(readFileSync(await kept.path(), 'latin1'), /^%PDF-1\.7/);
  await looks(t, server, await office.storageState(), [
    ['payout-invoice-admin', `/admin/payouts/${next.id}/invoice`],
    ['payout-invoice-inside', `/admin/affiliates/${PEOPLE[0].id}/inside/payouts/${next.id}/invoice`],
  ]);
  await looks(t, server, await maya.context.storageState(), [['payout-invoice-portal', `${portal}/payouts/${next.id}/invoice`]]);

  // Paid on request: the affiliate asks, the owner sees it.
  await owner.goto('/admin/settings/payouts');
  await owner.getByLabel('Affiliates are paid').selectOption('on_request');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Settings saved').waitFor();
  const more = await post('/track/sale', {
    external_id: 'inv-maya-3', customer: { external_id: 'user-maya' }, amount: 30_000, currency: 'USD', code: 'maya',
  });
  await post(`/commissions/${more.commissions[0].id}/approve`);
  await maya.page.goto(`${portal}/payouts`);
  await maya.page.getByRole('button', { name: 'Ask for $60.00' }).click();
  await maya.page.getByText('You have asked for your payout').waitFor();
  await looks(t, server, await maya.context.storageState(), [['payout-asked-portal', `${portal}/payouts`, STATES]]);
  await owner.goto('/admin/payouts');
  await owner.getByRole('heading', { name: 'Asked to be paid' }).waitFor();
  await looks(t, server, await office.storageState(), [['payout-asked-admin', '/admin/payouts', STATES]]);

  // The money of a paid one comes back: a credit note cancels its invoice.
  await owner.goto(`/admin/payouts/${next.id}/returned`);
  await owner.getByLabel('How you know').fill('The bank has sent it back to us');
  await owner.getByRole('button', { name: 'The money came back' }).click();
  await owner.getByRole('link', { name: 'Credit note ST-CN-0001' }).click();
  await owner.getByText('Cancels ST-0003').waitFor();
  await owner.getByText('−$140.00').first().waitFor();
  await looks(t, server, await office.storageState(), [
    ['payout-credit-note-admin', `/admin/payouts/${next.id}/credit-note`],
    ['payout-credit-note-inside', `/admin/affiliates/${PEOPLE[0].id}/inside/payouts/${next.id}/credit-note`],
    ['payout-returned-admin', `/admin/payouts/${next.id}`, STATES],
  ]);
  await maya.page.goto(`${portal}/payouts/${next.id}`);
  await maya.page.getByRole('link', { name: 'Credit note ST-CN-0001' }).click();
  await maya.page.getByRole('heading', { name: 'Credit note' }).waitFor();
  await looks(t, server, await maya.context.storageState(), [
    ['payout-credit-note-portal', `${portal}/payouts/${next.id}/credit-note`],
    ['payout-returned-portal', `${portal}/payouts/${next.id}`, STATES],
  ]);

  // What guards the money asks for the password; nothing of the form is stored before.
  server.advance(PROOF_MS);
  const limit = owner.getByLabel('Amount of limit 1');
  await owner.goto('/admin/settings/payouts');
  await owner.getByText('asks for your password first').waitFor();
  await looks(t, server, await office.storageState(), [['payout-rules-asked', '/admin/settings/payouts', STATES]]);
  await limit.fill('5000.00');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.waitForURL(/\/admin\/prove\?next=/);
  await owner.getByLabel('Password').fill(OWNER.password);
  await owner.getByRole('button', { name: 'Go on' }).click();
  await owner.waitForURL(/\/admin\/settings\/payouts$/);
  assert.equal(await limit.inputValue(), '1000.00');
  assert.equal(await owner.getByText('asks for your password first').count(), 0);
  await limit.fill('5000.00');
  await owner.getByRole('button', { name: 'Save' }).click();
  await owner.getByText('Settings saved').waitFor();
});
