// The demo, as somebody meets it who tries Tributary for the first time: what it prints lets them in,
// both dashboards can be shown in every look, and a purchase in its shop moves the affiliate's portal.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { wholeFile } from '../harness/later.js';
import { logInAsStaff, logInToPortal } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const file = wholeFile();
let demo;
/** Cookies of the owner and of the affiliate. */
let loggedIn;
let slug;
let link;

before(async () => {
  demo = await Tributary.demo(file);
  // Ready and printed are a moment apart.
  while (!demo.printed().includes('A link')) await new Promise((resolve) => { setTimeout(resolve, 50); });
  const printed = demo.printed();
  const [, ...owner] = printed.match(/Owner +\S+\/admin\n +(\S+) \/ (.+)/);
  const [, inPortal, ...affiliate] = printed.match(/Affiliate +\S+\/portal\/(\S+)\/\n +(\S+) \/ (.+)/);
  [slug, link] = [inPortal, printed.match(/A link +(\S+) /)[1]];
  const { page, context } = await visitor(file, demo.url);
  await logInAsStaff(page, { email: owner[0], password: owner[1] });
  await logInToPortal(page, slug, { email: affiliate[0], password: affiliate[1] });
  loggedIn = await context.storageState();
});

test('what is printed lets both in, and their first pages can be shown', async (t) => {
  for (const look of LOOKS) {
    const guest = await visitor(t, demo.url, { ...look, storageState: loggedIn });
    for (const [name, path] of [['demo-dashboard', '/admin'], ['demo-portal', `/portal/${slug}/`]]) {
      await guest.page.goto(path);
      await guest.page.getByText('This is a demo').waitFor();
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
    }
  }
});

test('a purchase in its shop moves the portal', async (t) => {
  const { page: portal } = await visitor(t, demo.url, { storageState: loggedIn });
  await portal.goto(`/portal/${slug}/`);
  const pending = portal.getByRole('main').getByRole('link', { name: /^Pending/ });
  const before = await pending.innerText();

  const { page: shop } = await visitor(t, demo.url, { hosts: [new URL(demo.shopUrl).host] });
  await shop.goto(link);
  assert.equal(new URL(shop.url()).origin, demo.shopUrl);
  await shop.getByLabel('Name').fill('Ada Lindqvist');
  await shop.getByLabel('E-mail').fill('ada@kestrel.example');
  await shop.getByRole('button', { name: 'Sign up' }).click();
  await shop.getByRole('button', { name: 'Buy for $49.00' }).click();
  await shop.getByRole('status').filter({ hasText: 'recorded the sale and credited it' }).waitFor();
  for (let waited = 0; waited < 2000 && await pending.innerText() === before; waited += 50) await portal.waitForTimeout(50);
  assert.notEqual(await pending.innerText(), before);
});
