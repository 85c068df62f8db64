// Getting in without a password, with the codes of a real mail server: a code that logs in, how often and how
// long it may be tried, a forgotten password, and a sign-up of an address that is known already.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { wholeFile } from '../harness/later.js';
import { acceptInvitation, logInToPortal, tellProfile } from '../harness/people.js';
import { Tributary } from '../harness/server.js';
import { MailServer } from '../harness/smtp.js';

const BUSINESS = 'Fernhill Studio';
const PASSWORD = 'tea kettle on a boat';
const CODE = /^Your code for/;
const SECOND_MS = 1000;
const LIFE_MS = 15 * 60 * SECOND_MS;

const file = wholeFile();
let mail;
let server;
let portal;

before(async () => {
  mail = await MailServer.start(file);
  server = await Tributary.start(file, { business: BUSINESS, mail, clock: true });
  portal = `/portal/${server.business.slug}`;
});

/** A person with an account, who came by an invitation; `context` is the browser that is logged in since. */
async function member(t, name, at = { server, mail }) {
  const email = `${name.split(' ')[0].toLowerCase()}@letters.example`;
  const campaign = await at.server.api('POST', '/campaigns', { name: `For ${name}`, destination_url: 'https://shop.example.com/' });
  const affiliate = await at.server.api('POST', '/affiliates', { name, email, status: 'approved' });
  await at.server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id });
  const invitation = await at.mail.arrives(email, { subject: /invites you/ });
  const { page, context } = await visitor(t, at.server.url);
  await acceptInvitation(page, invitation.text.match(/https?:\/\/\S+\/invitation\/\S+/)[0], PASSWORD);
  await page.close();
  return { email, password: PASSWORD, context };
}

/** The code in the mail that came after so many others with codes. */
async function mailedCode({ email }, after = 0, mailbox = mail) {
  const { text } = await mailbox.arrives(email, { subject: CODE, after });
  return text.match(/\d{4}-\d{4}/)[0];
}

/** Eight digits that are not the code. */
const wrong = (code) => String((Number(code.replace('-', '')) + 1) % 100_000_000).padStart(8, '0');

/** Asks for a code on the log-in page; ends on the page that takes it. */
async function askForCode(page, { email }) {
  await page.goto(`${portal}/log-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Mail me a code instead' }).click();
  await page.getByLabel('Code').waitFor();
}

async function enter(page, code) {
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

const alert = (page, hasText) => page.getByRole('alert').filter({ hasText }).waitFor();

/** The page in every look, as this browser is let in. */
async function everyLook(t, context, path, name) {
  const storageState = await context.storageState();
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, { ...look, storageState });
    await guest.page.goto(path);
    assert.equal(new URL(guest.page.url()).pathname, path);
    await axe(guest.page);
    await fits(guest);
    await picture(guest, name);
  }
}

test('the pages on the way in every look', async (t) => {
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
});

test('a code by mail logs in, and the next one has to wait a minute', async (t) => {
  const maya = await member(t, 'Maya Okonkwo');
  const { page: phone } = await visitor(t, server.url, { size: 'phone' });
  // The clock stands: the minute does not end before the next one is asked for.
  server.stopClock();
  await askForCode(phone, maya);
  const code = await mailedCode(maya);
  await enter(phone, wrong(code));
  await alert(phone, 'That is not the code');
  await enter(phone, code);
  await phone.waitForURL(`**${portal}/`);
  await phone.getByRole('heading', { name: /Maya/ }).waitFor();

  const { page: desk, ...rest } = await visitor(t, server.url);
  await desk.goto(`${portal}/log-in`);
  await desk.getByRole('link', { name: 'Forgot your password?' }).click();
  await desk.getByLabel('E-mail').fill(maya.email);
  await desk.getByRole('button', { name: 'Mail me a code' }).click();
  // Asked for a moment ago already: the page says how long to wait and keeps the address.
  await alert(desk, 'Ask again in');
  server.startClock();
  assert.equal(await desk.getByLabel('E-mail').inputValue(), maya.email);
  await axe(desk);
  await fits({ page: desk, ...rest });
});

test('after five wrong codes the right one is refused', async (t) => {
  const nova = await member(t, 'Nova Reyes');
  const { page, context } = await visitor(t, server.url);
  await askForCode(page, nova);
  // Another tab of the same browser, which still has the field afterwards.
  const tab = await context.newPage();
  await tab.goto(`${portal}/code`);
  const code = await mailedCode(nova);
  for (let tries = 0; tries < 5; tries += 1) {
    await enter(page, wrong(code));
    // The page of the try before says the same: this one's is there when the field is empty again, or gone.
    await page.waitForFunction(() => !document.querySelector('input[name=code]')?.value);
    await alert(page, 'That is not the code');
  }
  assert.equal(await page.getByLabel('Code').count(), 0, 'nothing can be entered any more');
  await page.getByRole('button', { name: 'Mail me another code' }).waitFor();
  await axe(page);
  await enter(tab, code);
  await alert(tab, 'This code is void');
  await tab.goto(`${portal}/home`);
  await tab.waitForURL(/\/log-in/);
});

test('a code is good for fifteen minutes and not a moment longer', async (t) => {
  const mailbox = await MailServer.start(t);
  const timed = await Tributary.start(t, { business: BUSINESS, mail: mailbox, clock: true });
  const maya = await member(t, 'Maya Okonkwo', { server: timed, mail: mailbox });
  // The clock stands, so that each code is made at an instant that is known to the millisecond.
  timed.stopClock();
  const { page: early } = await visitor(t, timed.url);
  await askForCode(early, maya);
  const first = await mailedCode(maya, 0, mailbox);
  timed.advance(LIFE_MS - SECOND_MS);
  await enter(early, first);
  await early.waitForURL(`**${portal}/`);
  await early.getByRole('heading', { name: /Maya/ }).waitFor();

  const { page: late } = await visitor(t, timed.url);
  await askForCode(late, maya);
  const second = await mailedCode(maya, 1, mailbox);
  timed.advance(LIFE_MS);
  await enter(late, second);
  await alert(late, 'This code is void');
  assert.equal(await late.getByLabel('Code').count(), 0);
  // Who asks anew gets in.
  await late.getByRole('button', { name: 'Mail me another code' }).click();
  await enter(late, await mailedCode(maya, 2, mailbox));
  await late.waitForURL(`**${portal}/`);
});

test('a forgotten password is replaced by a code from the mailbox', async (t) => {
  const ines = await member(t, 'Ines Moreau');
  const { page, context } = await visitor(t, server.url);
  await page.goto(`${portal}/log-in`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill(ines.email);
  await page.getByRole('button', { name: 'Mail me a code' }).click();
  await page.getByLabel('Code').waitFor();
  await enter(page, await mailedCode(ines));
  await page.getByRole('heading', { name: 'Set a new password' }).waitFor();
  await everyLook(t, context, `${portal}/code/accounts`, 'portal-new-password');
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Set the password and log in' }).click();
  await alert(page, 'Nothing was saved');
  await axe(page);
  const changed = { ...ines, password: 'a lantern under the stairs' };
  await page.getByLabel('New password').fill(changed.password);
  await page.getByRole('button', { name: 'Set the password and log in' }).click();
  await page.waitForURL(`**${portal}/`);
  await page.getByRole('heading', { name: /Ines/ }).waitFor();

  // Its owner is told, every other device is logged out, and only the new password opens.
  await mail.arrives(ines.email, { subject: /^Your password for Fernhill Studio was changed/ });
  const old = await ines.context.newPage();
  await old.goto(`${portal}/commissions`);
  await old.waitForURL(/\/log-in/);
  const { page: other } = await visitor(t, server.url);
  await logInToPortal(other, server.business.slug, changed);
  await other.getByRole('heading', { name: /Ines/ }).waitFor();
  await old.getByLabel('E-mail').fill(ines.email);
  await old.getByLabel('Password').fill(ines.password);
  await old.getByRole('button', { name: 'Log in', exact: true }).click();
  await alert(old, 'is not right');
});

test('signing up with a known address shows the same page, and the mail says that there is access already', async (t) => {
  const tom = await member(t, 'Tom Herrera');
  const stranger = { name: 'Tom Other', password: 'two boats in a bottle' };
  /** Signs up; gives what the page says then, without the address. */
  const signUp = async (page, email) => {
    await page.goto(`${portal}/sign-up`);
    await page.getByLabel('Full name').fill(stranger.name);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(stranger.password);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.getByLabel('Code').waitFor();
    assert.equal(new URL(page.url()).pathname, `${portal}/code`);
    return (await page.getByRole('main').innerText()).replaceAll(email, 'ADDRESS');
  };
  const { page: unknown } = await visitor(t, server.url);
  const { page: known } = await visitor(t, server.url);
  assert.equal(await signUp(known, tom.email), await signUp(unknown, 'grace@letters.example'));

  const { text } = await mail.arrives(tom.email, { subject: /^You already have access to Fernhill Studio/ });
  assert.ok(text.includes(`${server.url}${portal}/log-in`), text);
  assert.doesNotMatch(text, /\b\d{4}-\d{4}\b/, 'no code is in it');
  assert.doesNotMatch(text, new RegExp(stranger.name), 'nor what was typed');
  const code = await mailedCode({ email: 'grace@letters.example' });
  assert.equal(mail.to(tom.email).filter(({ subject }) => CODE.test(subject)).length, 0);
  // What is entered is refused in the same words as a wrong code; the other address gets its account.
  await enter(known, code);
  await alert(known, 'That is not the code');
  await enter(unknown, code);
  await tellProfile(unknown);
  await unknown.getByRole('heading', { name: /^Welcome, Tom/ }).waitFor();

  // Nothing of the account has changed.
  const { page: again } = await visitor(t, server.url);
  await logInToPortal(again, server.business.slug, tom);
  await again.getByRole('heading', { name: /Tom/ }).waitFor();
  const { page: typed } = await visitor(t, server.url);
  await typed.goto(`${portal}/log-in`);
  await typed.getByLabel('E-mail').fill(tom.email);
  await typed.getByLabel('Password').fill(stranger.password);
  await typed.getByRole('button', { name: 'Log in', exact: true }).click();
  await alert(typed, 'is not right');
});
