// Signing up, several accounts of one address, an invitation that meets an account, the apps and the log-in
// link, as people do it, with the codes and links of a real mail server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { logInAsStaff, tellProfile } from '../harness/people.js';
import { Tributary } from '../harness/server.js';
import { MailServer } from '../harness/smtp.js';

const NOOR = { name: 'Noor Haddad', email: 'noor@letters.example', password: 'a kettle in the orchard' };
const SECOND = { ...NOOR, name: 'Haddad Studio' };

/** The code or link of the latest mail with a subject. */
async function latest(mail, subject, pattern, seen) {
  for (let tries = 0; tries < 600; tries += 1) {
    const messages = mail.messages.filter((message) => subject.test(message.subject));
    if (messages.length > seen) return messages.at(-1).text.match(pattern)[0];
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  throw new Error(`no mail ${subject}`);
}

const count = (mail, subject) => mail.messages.filter((message) => subject.test(message.subject)).length;
const CODE = /Your code for/;
const LINK = /Your log-in link/;

/** The page in its present state in both themes and sizes, looked at and pictured. */
async function everyLook(t, server, path, name, { storageState, before } = {}) {
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, { ...look, storageState });
    await guest.page.goto(path);
    await before?.(guest.page);
    await axe(guest.page);
    await fits(guest);
    await picture(guest, name);
  }
}

async function signUp(page, portal, mail, person) {
  await page.goto(`${portal}/log-in`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Full name').fill(person.name);
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  const seen = count(mail, CODE);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByLabel('Code').fill(await latest(mail, CODE, /\d{4}-\d{4}/, seen));
  await page.getByRole('button', { name: 'Continue' }).click();
  await tellProfile(page);
  await page.waitForURL(`**${portal}/`);
}

test('signing up, the home without an app, and an invitation that the account takes', async (t) => {
  const mail = await MailServer.start(t);
  const server = await Tributary.start(t, { business: 'Fernhill Studio', mail });
  const portal = `/portal/${server.business.slug}`;
  await everyLook(t, server, `${portal}/sign-up`, 'portal-sign-up');
  await everyLook(t, server, `${portal}/log-in`, 'portal-log-in-new');

  // What is wrong is told by its field, and what was typed stays.
  const { page, context } = await visitor(t, server.url);
  await page.goto(`${portal}/sign-up`);
  await page.getByLabel('Full name').fill(NOOR.name);
  await page.getByLabel('E-mail').fill(NOOR.email);
  await page.getByLabel('Password').fill('Password123');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('passwords that everybody tries').waitFor();
  assert.equal(await page.getByLabel('Full name').inputValue(), NOOR.name);
  await axe(page);

  // The code goes to a mistyped address first.
  await page.getByLabel('Password').fill(NOOR.password);
  await page.getByLabel('E-mail').fill('nor@letters.example');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByLabel('Code').waitFor();
  await axe(page);
  await picture({ page, size: 'desk', theme: 'light' }, 'portal-sign-up-code');
  // It has arrived there, so that the next one is the right one.
  await latest(mail, CODE, /\d{4}-\d{4}/, 0);
  await page.getByText('Another address?').click();
  await page.getByLabel('E-mail').fill(NOOR.email);
  const seen = count(mail, CODE);
  await page.getByRole('button', { name: 'Mail the code there' }).click();
  await page.getByText(NOOR.email).waitFor();
  const code = await latest(mail, CODE, /\d{4}-\d{4}/, seen);
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();

  // The profile is asked for before anything else, whichever page is opened; what is known stands there.
  await page.getByText('One thing before you go on').waitFor();
  await everyLook(t, server, `${portal}/`, 'portal-profile-first', { storageState: await context.storageState() });
  assert.equal(await page.getByLabel('Full name').inputValue(), NOOR.name);
  assert.equal(await page.getByLabel('E-mail').inputValue(), NOOR.email);
  await tellProfile(page);
  await page.getByRole('heading', { name: 'Welcome, Noor' }).waitFor();
  assert.equal(await page.getByLabel('Apps', { exact: true }).count(), 0, 'no switcher without apps');
  await everyLook(t, server, `${portal}/`, 'portal-home-empty', { storageState: await context.storageState() });
  const refused = await page.goto(`${portal}/commissions`);
  assert.equal(refused.status(), 403);
  await page.getByRole('heading', { name: 'You do not have this app' }).waitFor();
  await axe(page);
  await picture({ page, size: 'desk', theme: 'light' }, 'portal-no-app');
  await page.getByRole('link', { name: 'To your home page' }).click();

  // An invitation of the same address: logged out, logged in, accepted.
  const affiliate = await server.api('POST', '/affiliates', { name: NOOR.name, email: NOOR.email, status: 'approved' });
  const campaign = await server.api('POST', '/campaigns', { name: 'Spring', active: true, destination_url: 'https://shop.example.com/' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id });
  const link = await latest(mail, /invites you/, /https?:\/\/\S+\/invitation\/\S+/, 0);
  await everyLook(t, server, link, 'portal-invitation-account');
  const { page: phone, context: phoneContext } = await visitor(t, server.url, { size: 'phone' });
  await phone.goto(link);
  await phone.getByRole('link', { name: 'Log in and accept' }).click();
  await phone.getByLabel('E-mail').fill(NOOR.email);
  await phone.getByLabel('Password').fill(NOOR.password);
  await phone.getByRole('button', { name: 'Log in', exact: true }).click();
  await phone.getByRole('button', { name: 'Accept with this account' }).waitFor();
  await axe(phone);
  await phone.getByRole('button', { name: 'Accept with this account' }).click();
  await phone.getByRole('heading', { name: 'Your links' }).waitFor();

  // The switcher shows the apps there are, one click each.
  const storageState = await phoneContext.storageState();
  await everyLook(t, server, `${portal}/`, 'portal-switcher', {
    storageState,
    before: async (looked) => {
      await looked.getByLabel('Apps', { exact: true }).first().click();
      await looked.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'Home' }).waitFor();
    },
  });
  await phone.getByLabel('Apps', { exact: true }).first().click();
  await phone.getByRole('navigation', { name: 'Apps' }).getByRole('link', { name: 'Home' }).click();
  await phone.getByText('You joined the campaign Spring').waitFor();
  await everyLook(t, server, `${portal}/home`, 'portal-home', { storageState });
});

test('several accounts of one address, and a link that a scanner opens first', async (t) => {
  const mail = await MailServer.start(t);
  const server = await Tributary.start(t, { business: 'Fernhill Studio', mail, clock: true });
  const portal = `/portal/${server.business.slug}`;
  const { page: staff, context: staffContext } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto('/admin/settings');
  await staff.getByLabel('Allow duplicate contact').check();
  await staff.getByLabel('Log-in links by mail').check();
  await staff.getByRole('button', { name: 'Save' }).click();
  await staff.getByText('Settings saved').waitFor();
  await everyLook(t, server, '/admin/settings', 'admin-settings-general', { storageState: await staffContext.storageState() });

  const { page: first } = await visitor(t, server.url);
  // A minute between two codes of one address is the rule, and the clock stands; another address is not made to wait.
  server.stopClock();
  await signUp(first, portal, mail, NOOR);
  const { page: early } = await visitor(t, server.url);
  await early.goto(`${portal}/sign-up`);
  await early.getByLabel('Full name').fill(SECOND.name);
  await early.getByLabel('E-mail').fill(SECOND.email);
  await early.getByLabel('Password').fill(SECOND.password);
  await early.getByRole('button', { name: 'Create the account' }).click();
  await early.getByRole('alert').filter({ hasText: 'Ask again in' }).waitFor();
  assert.equal(await early.getByLabel('Full name').inputValue(), SECOND.name);
  server.startClock();
  server.advance(61_000);
  await signUp(early, portal, mail, SECOND);

  // One password, two accounts: the choice, then the switch.
  const { page, context } = await visitor(t, server.url);
  await page.goto(`${portal}/log-in`);
  await page.getByLabel('E-mail').fill(NOOR.email);
  await page.getByLabel('Password').fill(NOOR.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Which account?' }).waitFor();
  await everyLook(t, server, page.url(), 'portal-which-account', { storageState: await context.storageState() });
  await page.getByRole('radio', { name: SECOND.name }).check();
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Welcome, Haddad' }).waitFor();
  await page.locator('header summary').last().click();
  await page.getByRole('link', { name: 'Switch account' }).click();
  await everyLook(t, server, page.url(), 'portal-switch', { storageState: await context.storageState() });
  await page.getByRole('button', { name: `Switch to ${NOOR.name}` }).click();
  await page.getByRole('heading', { name: 'Welcome, Noor' }).waitFor();

  // The link: asked for on the desk, looked at by a scanner, opened on the phone.
  server.advance(61_000);
  const { page: desk } = await visitor(t, server.url);
  await desk.goto(`${portal}/log-in`);
  await axe(desk);
  await picture({ page: desk, size: 'desk', theme: 'light' }, 'portal-log-in-link');
  await desk.getByLabel('E-mail').fill(NOOR.email);
  await desk.getByRole('button', { name: 'E-mail me a link' }).click();
  await desk.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await axe(desk);
  await picture({ page: desk, size: 'desk', theme: 'light' }, 'portal-link-asked');
  const link = await latest(mail, LINK, /https?:\/\/\S+\/link\/\S+/, 0);
  await everyLook(t, server, link, 'portal-link');
  const head = await fetch(link, { method: 'HEAD' });
  assert.equal(head.status, 200);
  const { page: phone } = await visitor(t, server.url, { size: 'phone', scripts: false });
  await phone.goto(link);
  await phone.getByRole('radio', { name: NOOR.name }).check();
  await phone.getByRole('button', { name: 'Log in' }).click();
  await phone.getByRole('heading', { name: 'Welcome, Noor' }).waitFor();
  const again = await phone.goto(link);
  assert.equal(again.status(), 410);
  await axe(desk);
});
