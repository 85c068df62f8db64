// Passkeys, with Chromium's own virtual device: adding one, logging in with it, showing once more who it is,
// and removing it, in the portal and in the admin.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };

/**
 * Gives a page a device that keeps passkeys. `device.refuse(true)` has its owner say no; `device.touch(false)` has
 * nobody at it, so that what the browser offers in a field waits, while its owner would choose it at once.
 */
async function withDevice(context, page) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: true, automaticPresenceSimulation: true,
    },
  });
  const passkeys = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  const refuse = (no) => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: !no });
  const touch = (enabled) => cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  return { passkeys, refuse, touch };
}

/** Presses the button, if the offer in the field was not quicker. */
async function press(page) {
  const button = page.getByRole('button', { name: 'Log in with a passkey' });
  for (let tries = 0; tries < 10; tries += 1) {
    if (!new URL(page.url()).pathname.endsWith('/log-in')) return;
    if (await button.click({ timeout: 3_000 }).then(() => true, () => false)) return;
  }
}

const panel = (page) => page.locator('#passkeys');

/** Leaves the page before its session goes: an open one listens for it, and reloads when it is told of its end. */
async function leave(page) {
  await page.goto('about:blank');
  await page.context().clearCookies();
}

test('a passkey opens the portal and the admin', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', host: 'localhost' });
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const portal = `/portal/${server.business.slug}`;
  const { page: staff, context: staffContext } = await visitor(t, server.url);
  const staffDevice = await withDevice(staffContext, staff);
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const person = await visitor(t, server.url);
  const { page, context } = person;
  const device = await withDevice(context, page);
  await acceptInvitation(page, await invitationLink(staff, affiliate.id), MAYA.password);

  // Added, once; a device that has one already says so.
  await page.goto(`${portal}/account/security`);
  await panel(page).getByLabel('Name of the new passkey').fill('My laptop');
  await panel(page).getByRole('button', { name: 'Add a passkey' }).click();
  await panel(page).getByText('My laptop').first().waitFor();
  const [made] = await device.passkeys();
  assert.equal(made.rpId, 'localhost');
  assert.ok(made.isResidentCredential);
  await panel(page).getByRole('button', { name: 'Add a passkey' }).click();
  await panel(page).getByRole('alert').filter({ hasText: 'has a passkey of yours already' }).waitFor();
  await panel(page).getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Old laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await panel(page).getByText('Old laptop').first().waitFor();

  // Logged out, nothing has to be typed.
  await leave(page);
  await device.touch(false);
  await page.goto(`${portal}/log-in?next=${portal}/links`);
  assert.equal(await page.getByLabel('E-mail').getAttribute('autocomplete'), 'username webauthn');
  assert.ok(await page.evaluate(() => PublicKeyCredential.isConditionalMediationAvailable()));
  await device.refuse(true);
  await device.touch(true);
  await press(page);
  await page.getByRole('alert').filter({ hasText: 'was not used' }).waitFor();
  await device.refuse(false);
  await press(page);
  await page.waitForURL((url) => url.pathname === `${portal}/links`);
  // Offered in the field of the address, where the browser can.
  await leave(page);
  await page.goto(`${portal}/log-in?next=${portal}/leads`);
  await page.waitForURL((url) => url.pathname === `${portal}/leads`);
  // Once more, before an act that needs it.
  await page.goto(`${portal}/account/prove?next=${portal}/account/security`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.waitForURL((url) => url.pathname === `${portal}/account/security`);
  await panel(page).getByText('last used').waitFor();

  // Every look.
  const storageState = await context.storageState();
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, look);
    await guest.page.goto(`${portal}/log-in`);
    await guest.page.getByRole('button', { name: 'Log in with a passkey' }).waitFor();
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'passkey-log-in');
    const inside = await visitor(t, server.url, { ...look, storageState });
    for (const [name, path] of [['passkey-prove', 'prove'], ['passkey-security', 'security']]) {
      await inside.page.goto(`${portal}/account/${path}`);
      await axe(inside.page);
      await fits(inside);
      await picture(inside, name);
    }
  }

  // Removed, it opens nothing.
  await panel(page).getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
  await panel(page).getByText('None yet').waitFor();
  await leave(page);
  await device.touch(false);
  await page.goto(`${portal}/log-in`);
  await page.getByRole('button', { name: 'Log in with a passkey' }).waitFor();
  await device.touch(true);
  await press(page);
  await page.getByRole('alert').filter({ hasText: 'does not know that passkey' }).waitFor();

  // The same for staff.
  await staff.goto('/admin/account');
  await panel(staff).getByLabel('Name of the new passkey').fill('Desk');
  await panel(staff).getByRole('button', { name: 'Add a passkey' }).click();
  await panel(staff).getByText('Desk').first().waitFor();
  assert.equal((await staffDevice.passkeys()).length, 1);
  const staffState = await staffContext.storageState();
  for (const look of LOOKS) {
    const inside = await visitor(t, server.url, { ...look, storageState: staffState });
    await inside.page.goto('/admin/account');
    await axe(inside.page);
    await fits(inside);
    await picture(inside, 'passkey-admin-account');
  }
  await leave(staff);
  await staffDevice.touch(false);
  await staff.goto('/admin/log-in');
  await staff.getByRole('button', { name: 'Log in with a passkey' }).waitFor();
  await staffDevice.touch(true);
  await press(staff);
  await staff.waitForURL(/\/admin$/);
  // And in the field.
  await leave(staff);
  await staff.goto('/admin/log-in');
  await staff.waitForURL(/\/admin$/);
});

test('without scripts, or at an IP address, there is no button', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const { page } = await visitor(t, server.url);
  await page.goto(`/portal/${server.business.slug}/log-in`);
  await page.getByText('this page is open at an IP address').waitFor();
  const named = await Tributary.start(t, { business: 'Fernhill Studio', host: 'localhost' });
  const { page: plain } = await visitor(t, named.url, { scripts: false });
  await plain.goto(`/portal/${named.business.slug}/log-in`);
  await plain.getByRole('button', { name: 'Log in', exact: true }).waitFor();
  assert.equal(await plain.getByRole('button', { name: 'passkey' }).count(), 0);
});
