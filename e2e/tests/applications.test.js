// Becoming an affiliate by oneself: the form in the admin, the public page, the decision, the log-in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const EVE = { name: 'Eve Stone', email: 'eve@letters.example', password: 'tea kettle on a boat' };
const TOM = { name: 'Tom Herrera', email: 'tom@letters.example' };
/** A person is slower than this; the form refuses who is not. */
const TYPING_MS = 3_100;
/** Longer than the longest wait between two tries of a job. */
const WAIT_MS = (12 * 60 + 1) * 60_000;
/** More than the tries of a job. */
const TRIES_MAX = 30;

/** Opens the form as the owner does, with two questions. */
async function openForm(staff) {
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
}

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

/**
 * Lets days pass until so many forms are given up, each after all its tries. `seen` is what the server had printed
 * before they were sent.
 */
async function giveUp(server, forms, seen) {
  const lines = (...parts) => server.printed().slice(seen.length).split('\n')
    .filter((line) => parts.every((part) => line.includes(part))).length;
  const failed = () => lines('a job failed', 'portal.application');
  const givenUp = () => lines('an application could not be taken on');
  let before = 0;
  for (let tries = 0; tries < TRIES_MAX && givenUp() < forms; tries += 1) {
    for (let waits = 0; waits < 100 && failed() < before + forms; waits += 1) await sleep(100);
    before = failed();
    // What was printed is stored a moment later.
    await sleep(300);
    server.advance(WAIT_MS);
  }
  assert.equal(givenUp(), forms, 'the forms are given up');
}

test('from the form to the first log-in, with the bell', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  const portal = `/portal/${server.business.slug}`;
  await server.api('POST', '/campaigns', {
    name: 'Autumn seeds', active: true, destination_url: 'https://shop.example/', hosts: ['shop.example'],
  });
  const { page: staff, context: office } = await visitor(t, server.url);
  await logInAsStaff(staff);

  await openForm(staff);

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
  await apply(server, tom, portal, TOM);
  await staff.goto('/admin/applications');
  await staff.getByRole('link', { name: TOM.name }).click();
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

test('forms that could not be taken on wait for staff, who has them tried again or removes them', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  const portal = `/portal/${server.business.slug}`;
  const { page: owner, context: first } = await visitor(t, server.url);
  await logInAsStaff(owner);
  await openForm(owner);
  // Days pass below, and a page that is open would be asked to log in.
  await first.close();

  // What the page sends could always be taken on: the database itself refuses it, at every try.
  const reason = 'no room for another application';
  await server.sql(`create trigger no_room before insert on application begin select raise(abort, '${reason}'); end`);
  const seen = server.printed();
  for (const person of [EVE, TOM]) {
    const { page, context } = await visitor(t, server.url, { size: 'phone' });
    await apply(server, page, portal, person);
    await context.close();
  }
  await giveUp(server, 2, seen);
  await server.sql('drop trigger no_room');

  const { page: staff, context } = await visitor(t, server.url);
  await logInAsStaff(staff);
  const panelOf = (page) => page.getByRole('region', { name: 'Could not be taken on' });
  const form = (page, { name }) => panelOf(page).getByRole('listitem').filter({ hasText: name });
  const storageState = await context.storageState();
  for (const look of LOOKS) {
    const at = await visitor(t, server.url, { ...look, storageState });
    await at.page.goto('/admin/applications');
    const stuck = form(at.page, EVE);
    await stuck.getByText(EVE.email).waitFor();
    await stuck.getByText(reason).waitFor();
    await stuck.getByText('What was typed', { exact: true }).click();
    await stuck.getByText('In my letters, every Sunday.').waitFor();
    await axe(at.page);
    await fits(at);
    await picture(at, 'admin-applications-stuck');
    await stuck.getByRole('button', { name: 'Remove', exact: true }).click();
    await at.page.getByRole('dialog').getByText('What was typed is gone then').waitFor();
    await axe(at.page);
    await fits(at);
    await picture(at, 'admin-applications-stuck-remove');
    await at.context.close();
  }

  // Nothing is in the way any more: tried again, it comes into the list by itself.
  await staff.goto('/admin/applications');
  await form(staff, EVE).getByRole('button', { name: 'Try again' }).click();
  await staff.getByRole('status').filter({ hasText: 'It is being tried again' }).waitFor();
  await staff.getByRole('link', { name: EVE.name }).waitFor();
  assert.equal(await form(staff, EVE).count(), 0);
  await form(staff, TOM).getByRole('button', { name: 'Remove', exact: true }).click();
  await staff.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await staff.getByRole('status').filter({ hasText: 'The form is removed' }).waitFor();
  assert.equal(await panelOf(staff).count(), 0);
  assert.equal(await staff.getByRole('main').getByText(TOM.name).count(), 0);
  await staff.getByRole('link', { name: EVE.name }).click();
  await staff.getByText('In my letters, every Sunday.').waitFor();
});
