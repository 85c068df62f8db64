// Getting in without a password: a code from the mailbox, and a forgotten password, as a person does it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };

/** The code in the latest mail of the outbox that tells one, once it is there. */
async function mailedCode(staffPage) {
  for (let tries = 0; tries < 100; tries += 1) {
    await staffPage.goto('/admin/mail');
    const latest = staffPage.getByRole('row').filter({ hasText: 'Your code' }).first().getByRole('link');
    if (await latest.count()) {
      await latest.click();
      const [code] = (await staffPage.getByLabel('Text of the message').innerText()).match(/\d{4}-\d{4}/) ?? [];
      if (code) return code;
    }
    await staffPage.waitForTimeout(100);
  }
  throw new Error('no code was mailed');
}

test('a code by mail logs in, and a forgotten password is replaced', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const { page: staff } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const { page: first } = await visitor(t, server.url);
  await acceptInvitation(first, await invitationLink(staff, affiliate.id), MAYA.password);
  const portal = `/portal/${server.business.slug}`;

  // Every look of the pages on the way.
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, look);
    for (const [name, path] of [['portal-log-in', '/log-in'], ['portal-forgot', '/forgot']]) {
      await guest.page.goto(`${portal}${path}`);
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
    }
    await guest.page.getByLabel('E-mail').fill(`nobody-${look.size}-${look.theme}@letters.example`);
    await guest.page.getByRole('button', { name: 'Mail me a code' }).click();
    await guest.page.getByLabel('Code').waitFor();
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'portal-code');
  }

  const { page: phone } = await visitor(t, server.url, { size: 'phone' });
  await phone.goto(`${portal}/log-in`);
  await phone.getByLabel('E-mail').fill(MAYA.email);
  await phone.getByRole('button', { name: 'Mail me a code instead' }).click();
  await phone.getByLabel('Code').fill('1111-1111');
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.getByRole('alert').filter({ hasText: 'That is not the code' }).waitFor();
  const code = await mailedCode(staff);
  await phone.getByLabel('Code').fill(code);
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.waitForURL(`**${portal}/`);
  await phone.getByRole('heading', { name: /Maya/ }).waitFor();

  const { page: desk, ...rest } = await visitor(t, server.url);
  await desk.goto(`${portal}/log-in`);
  await desk.getByRole('link', { name: 'Forgot your password?' }).click();
  await desk.getByLabel('E-mail').fill(MAYA.email);
  await desk.getByRole('button', { name: 'Mail me a code' }).click();
  // Asked for a moment ago already: the page says how long to wait and keeps the address.
  await desk.getByRole('alert').filter({ hasText: 'Ask again in' }).waitFor();
  assert.equal(await desk.getByLabel('E-mail').inputValue(), MAYA.email);
  await axe(desk);
  await fits({ page: desk, ...rest });
});
