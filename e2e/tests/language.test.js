// The portal in German: every page in both sizes, with words that are longer than the English ones; and how a
// person comes to a language and keeps it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, picture, STATES, visitor } from '../harness/browser.js';
import { fill } from '../harness/fill.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const PASSWORD = 'tea kettle on a boat';
/** English words that no German page has; names and what people wrote are in any language. */
const ENGLISH = /\b(the|your|you|and|with|this|which|nothing|commissions?|payouts?|settings|save|search)\b/i;

/** Pages without a session. */
const GUEST = [['log-in', '/log-in'], ['forgot', '/forgot'], ['sign-up', '/sign-up']];

/** Pages of an affiliate with figures. */
const AFFILIATE = [
  ['dashboard', '/'],
  ['home', '/home'],
  ['links', '/links'],
  ['link-new', '/links/new'],
  ['leads', '/leads'],
  ['commissions', '/commissions'],
  ['assets', '/assets'],
  ['payouts', '/payouts'],
  ['statement', '/statement?range=year'],
  ['messages', '/messages'],
  ['notifications', '/notifications'],
  ['profile', '/account'],
  ['security', '/account/security'],
  ['notices', '/account/notifications'],
  ['payout-method', '/account/payout-method'],
  ['two-step', '/account/two-step'],
  ['missing', '/commissions/com_nothing'],
];

async function look(guest, name) {
  await axe(guest.page);
  await fits(guest);
  await picture(guest, `german-${name}`);
}

/** What a page says by itself: its frame, headings, labels and buttons, without what people wrote. */
const said = (page) => page.evaluate(() =>
  [...document.querySelectorAll('h1, h2, nav[aria-label] a [data-label], button, legend, label, thead th, dt')]
    .map((element) => element.textContent.trim()).filter(Boolean).join(' | '));

test('the portal speaks German in every look', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const made = await fill(server);
  const portal = `/portal/${server.business.slug}`;
  const { page: staff } = await visitor(t, server.url);
  await logInAsStaff(staff);
  const { page: first, context } = await visitor(t, server.url);
  await acceptInvitation(first, await invitationLink(staff, made.people.maya), PASSWORD);

  // Chosen on the profile, kept with the account.
  await first.goto(`${portal}/account`);
  await first.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await first.getByRole('main').getByRole('button', { name: 'Save' }).click();
  await first.getByText('Profil gespeichert').waitFor();
  assert.equal(await first.locator('html').getAttribute('lang'), 'de');
  const storageState = await context.storageState();

  const found = {};
  for (const [name, list] of [['commission', '/commissions'], ['payout', '/payouts'], ['link', '/links']]) {
    await first.goto(`${portal}${list}`);
    found[name] = await first.locator(`main a[href^="${portal}${list}/"]:visible`).first().getAttribute('href');
  }
  const pages = [...AFFILIATE.map(([name, path]) => [name, `${portal}${path}`]), ...Object.entries(found)];

  // The words differ, the themes do not.
  for (const style of STATES) {
    const guest = await visitor(t, server.url, { ...style, locale: 'de-DE' });
    for (const [name, path] of GUEST) {
      await guest.page.goto(`${portal}${path}`);
      assert.equal(await guest.page.locator('html').getAttribute('lang'), 'de');
      await look(guest, name);
    }
    await guest.page.goto(`${portal}/forgot`);
    await guest.page.getByLabel('E-Mail').fill(`niemand-${style.size}-${style.theme}@letters.example`);
    await guest.page.getByRole('button', { name: 'Code per E-Mail senden' }).click();
    await guest.page.getByLabel('Code').waitFor();
    await look(guest, 'code');

    const maya = await visitor(t, server.url, { ...style, storageState });
    for (const [name, path] of pages) {
      await maya.page.goto(path);
      assert.equal(await maya.page.locator('html').getAttribute('lang'), 'de', path);
      const words = await said(maya.page);
      const english = words.split(' | ').filter((text) => ENGLISH.test(text) && !text.includes('Agency') && !text.includes('Starter'));
      assert.deepEqual(english, [], `${path} says something in English`);
      await look(maya, name);
    }
  }
});

test('the switch keeps a language before there is an account', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const { page } = await visitor(t, server.url, { scripts: false });
  await page.goto(`/portal/${server.business.slug}/log-in`);
  await page.getByRole('button', { name: 'Deutsch' }).click();
  await page.getByRole('button', { name: 'Anmelden', exact: true }).waitFor();
  await page.goto(`/portal/${server.business.slug}/forgot`);
  await page.getByRole('heading', { name: 'Neues Passwort festlegen' }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
});
