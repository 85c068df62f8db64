// Becoming an affiliate by oneself: the form in the admin, the public page, the decision, the log-in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const EVE = { name: 'Eve Stone', email: 'eve@letters.example', password: 'tea kettle on a boat' };
/** A person is slower than this; the form refuses who is not. */
const TYPING_MS = 3_100;

/** Fills in the public form as a person would. */
async function apply(server, page, portal, { name, email }) {
  await page.goto(`${portal}/apply`);
  await page.getByLabel('Full name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Website or profile').fill('letters.example');
  await page.getByLabel('About your audience').fill('Gardeners with small gardens.');
  await page.getByLabel('How will you recommend us?').fill('In my letters, every Sunday.');
  await page.getByLabel('Where do people find you?').selectOption('Newsletter');
  await page.getByLabel('I have read and accept').check();
  server.advance(TYPING_MS);
  await page.getByRole('button', { name: 'Send the application' }).click();
  await page.waitForURL('**/apply/sent');
}

test('from the form to the first log-in, with the bell', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  const portal = `/portal/${server.business.slug}`;
  await server.api('POST', '/campaigns', {
    name: 'Autumn seeds', active: true, destination_url: 'https://shop.example/', hosts: ['shop.example'],
  });
  const { page: staff, context: office } = await visitor(t, server.url);
  await logInAsStaff(staff);

  await staff.goto('/admin/applications');
  await staff.getByRole('link', { name: 'Set up the form' }).click();
  await staff.getByLabel('People can apply').check();
  await staff.getByLabel('Introduction').fill('We look for people who write about gardens.\nYou earn 20 % of each sale.');
  await staff.getByLabel('Address of your terms').fill('fernhill.example/terms');
  await staff.getByRole('button', { name: 'Save' }).click();
  await staff.getByRole('status').filter({ hasText: 'People can apply' }).waitFor();
  for (const [label, kind, choices] of [
    ['How will you recommend us?', 'Long text'],
    ['Where do people find you?', 'Choice', 'Newsletter\nVideo\nShop'],
  ]) {
    await staff.getByLabel('Question', { exact: true }).fill(label);
    await staff.getByLabel('Answered by').selectOption(kind);
    if (choices) await staff.getByLabel('Answers to choose from').fill(choices);
    await staff.getByLabel('Must be answered').check();
    await staff.getByRole('button', { name: 'Add the question' }).click();
    await staff.getByRole('link', { name: label }).waitFor();
  }

  const { page: eve, context: evesPhone } = await visitor(t, server.url, { size: 'phone' });
  await eve.goto(`${portal}/log-in`);
  await eve.getByRole('link', { name: 'Become an affiliate' }).click();
  await staff.goto('/admin/applications');
  await staff.getByText('No applications yet').waitFor();
  await apply(server, eve, portal, EVE);
  // The owner's open page shows it by itself.
  await staff.getByRole('link', { name: EVE.name }).click();
  await staff.getByText('In my letters, every Sunday.').waitFor();
  await staff.getByLabel('Autumn seeds').check();
  const panel = staff.locator('section').filter({ has: staff.getByRole('heading', { name: 'Approve' }) });
  await panel.getByRole('button', { name: 'Approve' }).click();
  await staff.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
  const { data: [affiliate] } = await server.api('GET', '/affiliates');
  await acceptInvitation(eve, await invitationLink(staff, affiliate.id), EVE.password);
  await eve.getByText('Autumn seeds').first().waitFor();

  // A message rings the bell of the open page.
  await staff.goto(`/admin/messages/${affiliate.id}`);
  await staff.getByLabel(`Write to ${EVE.name}`).fill('Welcome, Eve.');
  await staff.getByRole('button', { name: 'Send', exact: true }).click();
  await eve.getByLabel('Notifications, 1 unread').waitFor();
  await fits({ page: eve, size: 'phone' });
  await eve.getByLabel('Notifications, 1 unread').click();
  await axe(eve);
  await eve.getByRole('button', { name: /has written to you/ }).first().click();
  await eve.waitForURL('**/messages');
  await eve.getByText('Welcome, Eve.').waitFor();

  // One that is rejected, with the reason.
  const { page: tom } = await visitor(t, server.url);
  await apply(server, tom, portal, { name: 'Tom Herrera', email: 'tom@letters.example' });
  await staff.goto('/admin/applications');
  await staff.getByRole('link', { name: 'Tom Herrera' }).click();
  const record = staff.url();
  await staff.getByRole('button', { name: 'Reject' }).click();
  await staff.getByText('This is required').waitFor();
  await axe(staff);
  await staff.getByRole('textbox', { name: 'Reason' }).fill('We know you too little yet.');
  await staff.getByRole('button', { name: 'Reject' }).click();
  await staff.getByText('The applicant was told by mail.').waitFor();
  await staff.goto('/admin/mail');
  await staff.getByRole('row', { name: /tom@letters.example/ }).first().waitFor();
  const { page: ann } = await visitor(t, server.url);
  await apply(server, ann, portal, { name: 'Ann Lee', email: 'ann@letters.example' });
  await staff.goto('/admin/applications');
  await staff.getByRole('link', { name: 'Ann Lee' }).click();
  const waiting = staff.url();
  const question = await (async () => {
    await staff.goto('/admin/applications/form');
    return staff.getByRole('link', { name: 'Where do people find you?' }).getAttribute('href');
  })();

  const sessions = { staff: await office.storageState(), eve: await evesPhone.storageState() };
  for (const look of LOOKS) {
    const owner = await visitor(t, server.url, { ...look, storageState: sessions.staff });
    for (const [name, path] of [
      ['admin-applications', '/admin/applications'],
      ['admin-application-form', '/admin/applications/form'],
      ['admin-application-question', question],
      ['admin-application-waiting', waiting],
      ['admin-application-rejected', record],
    ]) {
      await owner.page.goto(path);
      await axe(owner.page);
      await fits(owner);
      await picture(owner, name);
    }
    const guest = await visitor(t, server.url, look);
    for (const [name, path] of [['portal-apply', '/apply'], ['portal-apply-sent', '/apply/sent'], ['portal-log-in-apply', '/log-in']]) {
      await guest.page.goto(`${portal}${path}`);
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
    }
    const person = await visitor(t, server.url, { ...look, storageState: sessions.eve });
    await person.page.goto(`${portal}/`);
    await person.page.getByLabel('Notifications').click();
    await axe(person.page);
    await fits(person);
    await picture(person, 'portal-bell');
    await person.page.goto(`${portal}/notifications`);
    await axe(person.page);
    await fits(person);
    await picture(person, 'portal-notifications');
  }
  assert.ok(waiting.includes('/admin/applications/app_'));
});
