// What an affiliate and the owner write to each other, on two open pages at once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
/** What is written on one side shows on the other's open page within this time, while no other file runs. */
const SOON_MS = 2_000;

/** Writes a message on the page that is open. */
async function write(page, label, text) {
  await page.getByLabel(label).fill(text);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'sent' }).waitFor();
}

test('an affiliate writes, the owner answers, and both see it at once', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  await server.api('POST', '/affiliates', { name: 'Tom Herrera', email: 'tom@letters.example', status: 'approved' });
  const { page: staff, context: staffContext } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const { page: maya, context: mayaContext } = await visitor(t, server.url);
  await acceptInvitation(maya, await invitationLink(staff, affiliate.id), MAYA.password);

  await staff.goto('/admin/messages');
  await staff.getByText('No messages yet').waitFor();
  const other = await staffContext.newPage();
  await other.goto(`/admin/messages/${affiliate.id}`);
  await maya.getByRole('link', { name: 'Messages' }).click();
  await maya.getByText('Nothing was written yet').waitFor();
  const sent = Date.now();
  await write(maya, 'Your message', 'Hello, when do the autumn banners come?\nhttps://letters.example/autumn shows what I have.');
  await staff.getByRole('row', { name: /Maya Okonkwo.*autumn banners/ }).waitFor();
  await other.bringToFront();
  await other.getByText('when do the autumn banners come?').waitFor();
  const first = Date.now() - sent;
  assert.equal(await other.getByRole('link', { name: 'https://letters.example/autumn' }).getAttribute('rel'), 'noopener noreferrer nofollow ugc');
  // Looked at, it is read, and the list says so by itself.
  await other.locator('read-mark').waitFor({ state: 'detached' });
  await staff.getByRole('row', { name: /Maya Okonkwo.*Read/ }).waitFor();

  const answered = Date.now();
  await write(other, 'Write to Maya Okonkwo', 'They are ready on Monday. I will write here.');
  await maya.getByText('They are ready on Monday').waitFor();
  const second = Date.now() - answered;
  t.diagnostic(`messages show after ${first} and ${second} ms`);
  // The first is counted from before the page's own way to the server.
  assert.ok(first < SOON_MS + 1_000 && second < SOON_MS, `messages show after ${first} and ${second} ms`);
  await maya.locator('read-mark').waitFor({ state: 'detached' });

  // From the list of affiliates to several at once.
  await staff.goto('/admin/affiliates');
  await staff.getByLabel('Select Maya Okonkwo').check();
  await staff.getByLabel('Select Tom Herrera').check();
  await staff.getByRole('button', { name: 'Message' }).click();
  await staff.getByText('To 2 affiliates', { exact: true }).waitFor();
  await axe(staff);
  await staff.getByLabel('Message', { exact: true }).fill('The autumn banners are here.');
  await staff.getByRole('button', { name: 'Send to 2 affiliates' }).click();
  await staff.getByRole('status').filter({ hasText: 'went to 2 affiliates' }).waitFor();
  await maya.getByText('The autumn banners are here.').waitFor();

  const sessions = { staff: await staffContext.storageState(), maya: await mayaContext.storageState() };
  for (const look of LOOKS) {
    const owner = await visitor(t, server.url, { ...look, storageState: sessions.staff });
    for (const [name, path] of [
      ['admin-messages', '/admin/messages'],
      ['admin-conversation', `/admin/messages/${affiliate.id}`],
      ['admin-affiliate-messages', `/admin/affiliates/${affiliate.id}`],
      ['inside-messages', `/admin/affiliates/${affiliate.id}/inside/messages`],
    ]) {
      await owner.page.goto(path);
      await axe(owner.page);
      await fits(owner);
      await picture(owner, name);
    }
    const person = await visitor(t, server.url, { ...look, storageState: sessions.maya });
    await person.page.goto(`/portal/${server.business.slug}/messages`);
    await axe(person.page);
    await fits(person);
    await picture(person, 'portal-messages');
  }
});

test('without scripts a message is written, read and marked', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const { page: staff } = await visitor(t, server.url, { scripts: false });
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Invite to the portal' }).click();
  const { page: maya } = await visitor(t, server.url, { scripts: false });
  await acceptInvitation(maya, await invitationLink(staff, affiliate.id), MAYA.password);
  await maya.getByRole('link', { name: 'Messages' }).click();
  await write(maya, 'Your message', 'Hello');
  await staff.goto(`/admin/messages/${affiliate.id}`);
  await staff.getByRole('button', { name: 'Mark as read' }).click();
  await staff.goto('/admin/messages');
  await staff.getByRole('row', { name: /Maya Okonkwo.*Read/ }).waitFor();
});
