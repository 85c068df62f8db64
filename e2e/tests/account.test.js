// A person's own pages in the portal: profile, security, the second step, notifications, payout method; and
// what staff sees of it. Every page in every look.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, STATES, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { OWNER, Tributary } from '../harness/server.js';
import { totp } from '../harness/totp.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };

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

test('a person looks after their account', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const { page: staff, context: office } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const { page, context } = await visitor(t, server.url);
  await acceptInvitation(page, await invitationLink(staff, affiliate.id), MAYA.password);
  const portal = `/portal/${server.business.slug}`;

  // The owner asks for a telephone number and a country: the portal does, before anything else.
  await staff.goto('/admin/settings/profiles');
  await staff.getByLabel('A telephone number').check();
  await staff.getByLabel('The country').check();
  await staff.getByRole('button', { name: 'Save' }).click();
  await page.goto(`${portal}/leads`);
  await page.getByText('One thing before you go on').waitFor();
  await looks(t, server, await context.storageState(), [['account-profile-asked', `${portal}/account`, STATES]]);
  await page.getByLabel('Phone').fill('+44 20 7946 0018');
  await page.getByLabel('Country').selectOption('GB');
  await page.getByLabel('Time zone').selectOption('Europe/London');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL(`**${portal}/leads`);

  // From the account menu to the pages about oneself.
  await page.locator('summary').filter({ hasText: 'Account:' }).click();
  await page.getByRole('link', { name: 'Your account' }).click();
  await page.waitForURL(`**${portal}/account`);
  await page.getByRole('link', { name: 'Payout method' }).click();
  await page.getByRole('link', { name: 'Set the payout method' }).click();
  await page.getByLabel('Account holder').fill('Maya Okonkwo');
  await page.getByLabel('IBAN').fill('GB29 NWBK 6016 1331 9268 18');
  await page.getByLabel('Legal name').fill('Okonkwo Media Ltd');
  await page.getByRole('button', { name: 'Save the payout method' }).click();
  await page.getByLabel('IBAN').waitFor();
  await page.getByText('its check digits do not fit').waitFor();
  await axe(page);
  await page.getByLabel('IBAN').fill('GB29 NWBK 6016 1331 9268 19');
  await page.getByRole('button', { name: 'Save the payout method' }).click();
  await page.getByText('GB•• •••• 6819').first().waitFor();

  await looks(t, server, await context.storageState(), [
    ['account-profile', `${portal}/account`],
    ['account-security', `${portal}/account/security`, STATES],
    ['account-address', `${portal}/account/address`],
    ['account-notifications', `${portal}/account/notifications`],
    ['account-payout-method', `${portal}/account/payout-method`],
    ['account-payout-change', `${portal}/account/payout-method/change`],
    ['account-payout-paypal', `${portal}/account/payout-method/change?kind=paypal`],
    ['account-prove', `${portal}/account/prove`, STATES],
    ['account-two-step-off', `${portal}/account/two-step`],
  ]);

  // Staff sees it masked, and in full by a button.
  const looking = await office.storageState();
  await looks(t, server, looking, [
    ['affiliate-payout-details', `/admin/affiliates/${affiliate.id}`, STATES],
    ['settings-profiles', '/admin/settings/profiles'],
    ['settings-payouts-hold', '/admin/settings/payouts', STATES],
    ['admin-account', '/admin/account', STATES],
    ['admin-two-step', '/admin/account/two-step'],
  ]);
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, { ...look, storageState: looking });
    await guest.page.goto(`/admin/affiliates/${affiliate.id}`);
    await guest.page.getByRole('button', { name: 'Show in full' }).click();
    assert.equal(await guest.page.getByLabel('IBAN', { exact: true }).inputValue(), 'GB29 NWBK 6016 1331 9268 19');
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'payout-destination');
    await guest.context.close();
  }

  // The second step, and a log-in with it.
  await page.goto(`${portal}/account/two-step`);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByText('Connect your authenticator app').waitFor();
  await looks(t, server, await context.storageState(), [['account-two-step-waiting', `${portal}/account/two-step`, STATES]]);
  const secret = await page.locator('li span.font-mono').innerText();
  await page.getByLabel('Code', { exact: true }).fill(totp(secret));
  await page.getByRole('button', { name: 'Turn it on' }).click();
  const codes = page.getByRole('alert').filter({ hasText: 'Your recovery codes' });
  await codes.waitFor();
  await axe(page);
  await picture({ page, size: 'desk', theme: 'light' }, 'account-two-step-codes');
  assert.equal(await codes.getByRole('listitem').count(), 10);
  const recovery = await codes.getByRole('listitem').first().innerText();
  await looks(t, server, await context.storageState(), [['account-two-step-on', `${portal}/account/two-step`, STATES]]);

  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, look);
    await guest.page.goto(`${portal}/log-in`);
    await guest.page.getByLabel('E-mail').fill(MAYA.email);
    await guest.page.getByLabel('Password').fill(MAYA.password);
    await guest.page.getByRole('button', { name: 'Log in' }).click();
    await guest.page.getByRole('heading', { name: 'One more step' }).waitFor();
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'portal-second-step');
    if (look.size === 'phone' && look.theme === 'dark') {
      await guest.page.getByLabel('Code', { exact: true }).fill(recovery);
      await guest.page.getByRole('button', { name: 'Log in' }).click();
      await guest.page.getByRole('heading', { name: /Maya/ }).waitFor();
    }
    await guest.context.close();
  }

  // Staff has a second step of its own.
  await staff.goto('/admin/account/two-step');
  await staff.getByRole('button', { name: 'Set it up' }).click();
  await staff.getByText('Connect your authenticator app').waitFor();
  await staff.getByLabel('Code', { exact: true }).fill(totp(await staff.locator('li span.font-mono').innerText()));
  await staff.getByRole('button', { name: 'Turn it on' }).click();
  const key = staff.getByRole('alert').filter({ hasText: 'Your recovery codes' }).getByRole('listitem').first();
  const spare = await key.innerText();
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, look);
    await guest.page.goto('/admin/log-in');
    await guest.page.getByLabel('E-mail').fill(OWNER.email);
    await guest.page.getByLabel('Password').fill(OWNER.password);
    await guest.page.getByRole('button', { name: 'Log in', exact: true }).click();
    await guest.page.waitForURL(/\/admin\/second-step/);
    await guest.page.getByRole('heading', { name: 'One more step' }).waitFor();
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'admin-second-step');
    if (look.size === 'phone' && look.theme === 'dark') {
      await guest.page.getByLabel('Code', { exact: true }).fill(spare);
      await guest.page.getByRole('button', { name: 'Log in', exact: true }).click();
      await guest.page.waitForURL(/\/admin$/);
    }
    await guest.context.close();
  }
});
