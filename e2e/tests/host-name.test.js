// A portal at a host name of the business's own, as a browser sees it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { invitationLink, logInAsStaff, tellProfile } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const NAME = 'portal.test';

test('a portal answers at its own host name', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const own = `http://${NAME}:${server.port}`;
  const { id } = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const staff = await visitor(t, server.url);
  const { page } = staff;
  await logInAsStaff(page);
  await page.goto('/admin/branding');
  await page.getByRole('navigation', { name: 'Branding' }).getByRole('link', { name: 'Address' }).click();
  await page.getByLabel('Your own host name').fill('portal');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('not a host name').waitFor();
  await page.getByLabel('Your own host name').fill(NAME);
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Not checked').waitFor();
  await page.getByRole('button', { name: 'Check' }).click();
  await page.getByRole('alert').filter({ hasText: 'leads nowhere yet' }).waitFor();

  // Without https Chromium takes no opener policy from a host that is not the machine's own.
  const allow = [/Cross-Origin-Opener-Policy/];
  const guest = await visitor(t, own, { hosts: [new URL(server.url).host], allow });
  const stranger = await visitor(t, own, { allow: [...allow, /421/, /Refused to apply style/] });
  assert.equal((await stranger.page.goto('/log-in')).status(), 421);

  await page.getByLabel(`More for ${NAME}`).click();
  await page.getByRole('button', { name: 'Use it without the check' }).click();
  await page.getByRole('button', { name: 'Make main' }).click();
  await page.getByRole('status').filter({ hasText: `Mails lead to ${NAME} now` }).waitFor();
  for (const look of LOOKS) {
    const member = await visitor(t, server.url, { ...look, storageState: await staff.context.storageState() });
    await member.page.goto('/admin/branding/address');
    await axe(member.page);
    await fits(member);
    await picture(member, 'branding-address');
  }

  // An invitation leads there; what is opened by the path does, too.
  await page.goto(`/admin/affiliates/${id}`);
  await page.getByRole('button', { name: 'Invite to the portal' }).click();
  const link = await invitationLink(page, id);
  assert.ok(link.startsWith(`${own}/invitation/`), link);
  await guest.page.goto(link);
  await guest.page.getByLabel('Password').fill(MAYA.password);
  await guest.page.getByRole('button', { name: 'Accept the invitation' }).click();
  await tellProfile(guest.page);
  await guest.page.waitForURL(`${own}/`);
  await guest.page.getByRole('link', { name: 'Commissions', exact: true }).click();
  await guest.page.waitForURL(`${own}/commissions`);
  await axe(guest.page);
  await picture(guest, 'own-host-commissions');
  await guest.page.goto(`${server.url}/portal/${server.business.slug}/payouts`);
  assert.equal(guest.page.url(), `${own}/payouts`);

  // The theme's form and the log-out stay on the host.
  await guest.page.getByRole('button', { name: /^Theme/ }).click();
  await guest.page.locator('summary', { hasText: MAYA.name }).click();
  await guest.page.getByRole('button', { name: 'Log out' }).click();
  await guest.page.waitForURL(`${own}/log-in`);
  await guest.page.goto('/authentication');
  await guest.page.getByLabel('E-mail').fill(MAYA.email);
  await guest.page.getByLabel('Password').fill(MAYA.password);
  await guest.page.getByRole('button', { name: 'Log in', exact: true }).click();
  await guest.page.waitForURL(`${own}/`);
  const missing = await guest.page.goto('/admin');
  assert.equal(missing.status(), 404);
});
