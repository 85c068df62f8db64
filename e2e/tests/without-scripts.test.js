// Rule 1 of the interface: every page does its core job without JavaScript. Staff adds an affiliate,
// decides, filters and pays; people sign up, come in by every way there is, and use every form of the
// portal, all by links and forms alone.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { visitor } from '../harness/browser.js';
import { wholeFile } from '../harness/later.js';
import { acceptInvitation, invitationLink, logInAsStaff, logInToPortal, tellProfile } from '../harness/people.js';
import { Tributary } from '../harness/server.js';
import { totp } from '../harness/totp.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const CAMPAIGN = 'Starter, monthly';
/** A person is slower than this; the form of who wants to become an affiliate refuses who is not. */
const TYPING_MS = 3_100;

const file = wholeFile();
let server;
let campaign;

before(async () => {
  server = await Tributary.start(file, { business: 'Fernhill Studio', clock: true });
  await server.api('POST', '/rules', { reward: { percent_ppm: 200_000 } });
  campaign = await server.api('POST', '/campaigns', { name: CAMPAIGN, destination_url: 'https://shop.example.com/' });
});

const plain = (t) => visitor(t, server.url, { scripts: false });

/** Presses a button of the page itself. */
const press = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).click();

/** Waits until a page tells what the last act led to. */
const told = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** An affiliate in the campaign who has sold for 49.00; gives the affiliate. */
async function seller(name, code) {
  const affiliate = await server.api('POST', '/affiliates', { name, email: `${code}@sellers.example`, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  await server.api('POST', '/track/sale', {
    external_id: `order-${code}`, code, amount: 4900, currency: 'USD',
    customer: { external_id: `customer-${code}`, name: `Customer of ${name}` },
  });
  return affiliate;
}

test('staff logs in, is told what was wrong, and logs out', async (t) => {
  const { page } = await plain(t);
  await page.goto('/admin/affiliates?status=pending');
  // Somebody else's address: a wrong password slows down the next try of the same one.
  await page.getByLabel('E-mail').fill('nobody@acme.example');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('E-mail').inputValue(), 'nobody@acme.example', 'what was typed is kept');
  await logInAsStaff(page);
  await page.locator('summary').filter({ hasText: 'Account:' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(/\/admin\/log-in/);
});

test('an affiliate is added; a form that cannot be taken says why', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/affiliates/new');
  await page.getByLabel('Name', { exact: true }).fill('Vera Winter');
  await page.getByLabel('E-mail', { exact: true }).fill('vera at winter');
  await press(page, 'Add affiliate');
  await page.getByRole('alert').filter({ hasText: 'Nothing was saved' }).waitFor();
  assert.equal(await page.getByLabel('E-mail', { exact: true }).getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Vera Winter');
  await page.getByLabel('E-mail', { exact: true }).fill('vera@winter.example');
  await page.getByLabel('Status').selectOption('Approved');
  await page.getByLabel(/^Add to campaign/).selectOption(CAMPAIGN);
  await press(page, 'Add affiliate');
  await told(page, 'Vera Winter was added and invited');
});

test('a referral and its commission are approved, paid out and marked paid', async (t) => {
  await seller('Oskar Blum', 'oskar');
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/referrals?status=pending&q=oskar');
  await page.getByRole('main').getByRole('link', { name: 'Customer of Oskar Blum' }).first().click();
  await press(page, 'Approve');
  await told(page, 'approved');
  await page.goto('/admin/commissions?q=oskar');
  await page.getByRole('row', { name: /\$9\.80/ }).getByRole('link', { name: 'Oskar Blum' }).click();
  await press(page, 'Approve');
  await told(page, '$9.80 approved');
  await page.goto('/admin/payouts');
  await page.getByRole('row', { name: /Oskar Blum/ }).getByRole('button', { name: 'Create payout' }).click();
  await page.waitForURL(/\/admin\/payouts\/pay_/);
  await page.getByRole('main').getByRole('link', { name: 'Mark paid' }).click();
  await press(page, 'Mark $9.80 paid');
  await told(page, 'marked paid');
});

test('what asks before it acts, asks without scripts too', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto(`/admin/campaigns/${campaign.id}`);
  await page.getByRole('button', { name: 'Deactivate' }).click();
  const question = page.getByRole('dialog', { name: `Deactivate ${CAMPAIGN}?` });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await question.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('button', { name: 'Deactivate' }).waitFor();
});

test('a list is filtered, sorted and cleared, and its state is in the address', async (t) => {
  await seller('Ines Falk', 'ines');
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.goto('/admin/affiliates');
  const rows = page.locator('tbody').getByRole('row');
  await page.getByRole('searchbox', { name: /^Search name/ }).fill('ines');
  await page.getByRole('search', { name: 'Affiliates', exact: true }).getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL(/q=ines/);
  assert.equal(await rows.count(), 1);
  await page.getByRole('link', { name: 'Clear' }).click();
  await page.getByRole('columnheader', { name: 'Affiliate' }).getByRole('link').click();
  await page.waitForURL(/sort=/);
  assert.ok(await rows.count() > 1);
});

test('the theme changes and stays', async (t) => {
  const { page } = await plain(t);
  await logInAsStaff(page);
  await page.getByRole('button', { name: /^Theme: light/ }).click();
  await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
  await page.goto('/admin/affiliates');
  await page.getByRole('button', { name: /^Theme: dark/ }).waitFor();
});

test('an affiliate takes the invitation, logs in and reads the dashboard', async (t) => {
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code: 'maya' });
  await server.api('POST', '/track/sale', {
    external_id: 'order-maya', code: 'maya', amount: 4900, currency: 'USD', customer: { external_id: 'customer-maya', name: 'Ada Lindqvist' },
  });
  const staff = await plain(t);
  await logInAsStaff(staff.page);
  const link = await invitationLink(staff.page, affiliate.id);

  const invited = await plain(t);
  await acceptInvitation(invited.page, link, MAYA.password);

  const { page } = await plain(t);
  await logInToPortal(page, server.business.slug, MAYA);
  const main = page.getByRole('main');
  await main.getByRole('link', { name: /^Pending/ }).getByText('$9.80', { exact: true }).waitFor();
  assert.equal(await main.getByRole('textbox', { name: `Link for ${CAMPAIGN}` }).inputValue(), `${server.url}/r/maya`);
  await page.getByRole('navigation', { name: 'Affiliate' }).getByRole('link', { name: 'Commissions' }).click();
  await page.getByRole('row', { name: /\$9\.80/ }).getByRole('link').click();
  await page.getByRole('list', { name: 'Life of the commission' }).waitFor();
  await page.goto(`/portal/${server.business.slug}/leads?q=nobody-like-this`);
  await page.getByText('No matches').waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await page.getByText('Ada Lindqvist').first().waitFor();
});

// The portal's forms, one by one. Mail is kept in the outbox, where staff reads it.

const portal = () => `/portal/${server.business.slug}`;

/** What the latest mail to an address with these words in its subject says, once it is there. */
async function mailed(t, email, subject, pattern) {
  const { page } = await plain(t);
  await logInAsStaff(page);
  for (let tries = 0; tries < 300; tries += 1) {
    await page.goto(`/admin/mail?q=${encodeURIComponent(email)}`);
    const line = page.getByRole('row').filter({ hasText: subject }).first().getByRole('link');
    if (await line.count()) {
      await line.click();
      const [found] = (await page.getByLabel('Text of the message').innerText()).match(pattern) ?? [];
      if (found) return found;
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no mail ${subject} to ${email}`);
}

const CODE = /\d{4}-\d{4}/;

/** An affiliate with an account, logged in without scripts; gives the page. */
async function insider(t, name, code) {
  const email = `${code}@people.example`;
  const affiliate = await server.api('POST', '/affiliates', { name, email, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  const staff = await plain(t);
  await logInAsStaff(staff.page);
  const { page, context } = await plain(t);
  await acceptInvitation(page, await invitationLink(staff.page, affiliate.id), MAYA.password);
  return { page, context, email, affiliate };
}

test('somebody signs up, completes the profile, chooses their mail and logs out', async (t) => {
  const { page } = await plain(t);
  const email = 'noor@people.example';
  await page.goto(`${portal()}/log-in`);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Full name').fill('Noor Haddad');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill('Password123');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByText('passwords that everybody tries').waitFor();
  assert.equal(await page.getByLabel('Full name').inputValue(), 'Noor Haddad', 'what was typed is kept');
  await page.getByLabel('Password').fill(MAYA.password);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.getByLabel('Code').fill('0000-0000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').filter({ hasText: 'That is not the code' }).waitFor();
  await page.getByLabel('Code').fill(await mailed(t, email, 'Your code for', CODE));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('One thing before you go on').waitFor();
  await page.getByLabel('Phone').fill('call me');
  await press(page, 'Save');
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('Phone').fill('+44 20 7946 0018');
  await press(page, 'Save');
  await page.waitForURL(`**${portal()}/`);
  await page.getByRole('heading', { name: 'Welcome, Noor' }).waitFor();
  await page.goto(`${portal()}/account`);
  assert.equal(await page.getByLabel('Phone').inputValue(), '+44 20 7946 0018');
  await page.goto(`${portal()}/account/notifications`);
  const first = page.getByRole('checkbox').first();
  const was = await first.isChecked();
  await first.setChecked(!was);
  await press(page, 'Save');
  await page.goto(`${portal()}/account/notifications`);
  assert.equal(await page.getByRole('checkbox').first().isChecked(), !was);
  await page.locator('header summary').last().click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.waitForURL(/log-in/);
});

test('a code logs in, and a forgotten password is replaced', async (t) => {
  const { email, context } = await insider(t, 'Cora Lind', 'cora');
  await context.clearCookies();
  const { page } = await plain(t);
  await page.goto(`${portal()}/log-in?next=${portal()}/links`);
  // A minute between two codes of one address is the rule, and the clock stands.
  server.stopClock();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Mail me a code instead' }).click();
  await page.getByLabel('Code').fill(await mailed(t, email, 'Your code for', CODE));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL(`**${portal()}/links`);
  // The page says how long to wait and keeps the address.
  const { page: desk } = await plain(t);
  await desk.goto(`${portal()}/log-in`);
  await desk.getByRole('link', { name: 'Forgot your password?' }).click();
  await desk.getByLabel('E-mail').fill(email);
  await desk.getByRole('button', { name: 'Mail me a code' }).click();
  await desk.getByRole('alert').filter({ hasText: 'Ask again in' }).waitFor();
  assert.equal(await desk.getByLabel('E-mail').inputValue(), email);
  server.startClock();
  server.advance(61_000);
  const before = await mailed(t, email, 'Your code for', CODE);
  await desk.getByRole('button', { name: 'Mail me a code' }).click();
  let code = before;
  while (code === before) code = await mailed(t, email, 'Your code for', CODE);
  await desk.getByLabel('Code').fill(code);
  await desk.getByRole('button', { name: 'Continue' }).click();
  await desk.getByLabel('New password').fill('another kettle on a boat');
  await desk.getByRole('button', { name: 'Set the password and log in' }).click();
  await desk.waitForURL(`**${portal()}/`);
});

test('the payout method, the password and the log-in address are changed', async (t) => {
  const { page, email } = await insider(t, 'Petra Vogel', 'petra');
  await page.goto(`${portal()}/account/payout-method/change?kind=paypal`);
  // The browser takes this address, the server does not.
  await page.getByLabel('PayPal address').fill('petra@pay');
  await page.getByLabel('Legal name').fill('Petra Vogel');
  await press(page, 'Save the payout method');
  await page.getByRole('alert').first().waitFor();
  await page.getByLabel('PayPal address').fill('petra@pay.example');
  await press(page, 'Save the payout method');
  await told(page, /payout method/i);
  await page.goto(`${portal()}/account/security`);
  await page.getByLabel('New password').fill('a third kettle on a boat');
  await press(page, 'Change the password');
  await told(page, 'Your password is changed');
  await page.getByRole('main').getByRole('link', { name: 'Change', exact: true }).click();
  await page.getByLabel('New address').fill('petra@new.example');
  await press(page, 'Mail a code there');
  await page.getByLabel('Code').fill(await mailed(t, 'petra@new.example', 'Your code for', CODE));
  await press(page, 'Change the address');
  await told(page, 'You log in with the new address');
  await page.getByText('petra@new.example').first().waitFor();
  assert.equal(await page.getByText(email, { exact: true }).count(), 0);
});

test('the second step is set up, asked for, and turned off', async (t) => {
  const { page, email } = await insider(t, 'Timo Berg', 'timo');
  await page.goto(`${portal()}/account/two-step`);
  await press(page, 'Set it up');
  const secret = await page.locator('li span.font-mono').innerText();
  await page.getByLabel('Code', { exact: true }).fill(totp(secret, server.now()));
  await press(page, 'Turn it on');
  const codes = page.getByRole('alert').filter({ hasText: 'Your recovery codes' });
  const recovery = await codes.getByRole('listitem').first().innerText();
  const { page: other } = await plain(t);
  await other.goto(`${portal()}/log-in`);
  await other.getByLabel('E-mail').fill(email);
  await other.getByLabel('Password').fill(MAYA.password);
  await other.getByRole('button', { name: 'Log in', exact: true }).click();
  await other.getByRole('heading', { name: 'One more step' }).waitFor();
  await other.getByLabel('Code', { exact: true }).fill(recovery);
  await other.getByRole('button', { name: 'Log in', exact: true }).click();
  await other.waitForURL(`**${portal()}/`);
  await page.goto(`${portal()}/account/two-step`);
  await page.getByRole('button', { name: 'Turn it off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Turn it off' }).click();
  await told(page, 'Two-step log-in is off');
  await page.goto(`${portal()}/account/security`);
  await press(page, 'Log out everywhere else');
  await told(page, 'other session');
});

test('a link is made, changed and paused, and a message is written', async (t) => {
  const { page, affiliate } = await insider(t, 'Lena Sand', 'lena');
  await page.goto(`${portal()}/links`);
  await page.getByRole('main').getByRole('link', { name: 'New link' }).click();
  await page.getByLabel('Label').fill('Newsletter');
  await press(page, 'Make the link');
  await page.getByRole('heading', { name: 'Newsletter' }).waitFor();
  await page.getByLabel('Label').fill('Sunday letter');
  await press(page, 'Save');
  await page.getByRole('heading', { name: 'Sunday letter' }).waitFor();
  await press(page, 'Pause');
  await press(page, 'Resume');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.goto(`${portal()}/messages`);
  await page.getByLabel('Your message').fill('Is there a banner for autumn?');
  await press(page, 'Send');
  await told(page, 'Your message was sent');
  const { page: staff } = await plain(t);
  await logInAsStaff(staff);
  // The bell of staff, too, is a list of links.
  await staff.getByLabel(/^Notifications/).click();
  await staff.getByRole('link', { name: 'Lena Sand has written to you.' }).click();
  await staff.waitForURL(`**/admin/messages/${affiliate.id}`);
  await staff.getByText('Is there a banner for autumn?').waitFor();
  await staff.goto('/admin/notifications');
  await staff.getByRole('button', { name: 'Mark all as read' }).first().click();
  await told(staff, 'All notifications are read');
});

test('somebody applies', async (t) => {
  const { page: staff } = await plain(t);
  await logInAsStaff(staff);
  await staff.goto('/admin/applications/form');
  await staff.getByLabel('People can apply').check();
  await press(staff, 'Save');
  await told(staff, 'People can apply');
  await staff.getByLabel('Question', { exact: true }).fill('Why?');
  await press(staff, 'Add the question');
  await staff.getByRole('link', { name: 'Why?' }).waitFor();
  const { page } = await plain(t);
  await page.goto(`${portal()}/apply`);
  await page.getByLabel('Full name').fill('Eve Stone');
  await page.getByLabel('E-mail').fill('eve@people');
  await page.getByLabel('Website or profile').fill('people.example');
  await page.getByLabel('About your audience').fill('Gardeners with small gardens.');
  server.advance(TYPING_MS);
  await page.getByRole('button', { name: 'Send the application' }).click();
  await page.getByText('is not an e-mail address').first().waitFor();
  assert.equal(await page.getByLabel('About your audience').inputValue(), 'Gardeners with small gardens.');
  await page.getByLabel('E-mail').fill('eve@people.example');
  server.advance(TYPING_MS);
  await page.getByRole('button', { name: 'Send the application' }).click();
  await page.waitForURL('**/apply/sent');
  // What is removed is asked about first.
  await staff.getByRole('button', { name: 'Remove: Why?' }).click();
  await staff.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
  await staff.getByRole('link', { name: 'Why?' }).waitFor({ state: 'detached' });
});

test('one of several accounts is chosen and switched, and a mailed link logs in', async (t) => {
  const { page: staff } = await plain(t);
  await logInAsStaff(staff);
  await staff.goto('/admin/settings');
  await staff.getByLabel('Allow duplicate contact').check();
  await staff.getByLabel('Log-in links by mail').check();
  await press(staff, 'Save');
  await told(staff, 'Settings saved');
  const { email } = await insider(t, 'Dora One', 'dora');
  const { page: second } = await plain(t);
  await second.goto(`${portal()}/sign-up`);
  await second.getByLabel('Full name').fill('Dora Two');
  await second.getByLabel('E-mail').fill(email);
  await second.getByLabel('Password').fill(MAYA.password);
  await second.getByRole('button', { name: 'Create the account' }).click();
  await second.getByLabel('Code').fill(await mailed(t, email, 'Your code for', CODE));
  await second.getByRole('button', { name: 'Continue' }).click();
  await tellProfile(second);
  await second.waitForURL(`**${portal()}/`);

  const { page } = await plain(t);
  await page.goto(`${portal()}/log-in`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(MAYA.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Which account?' }).waitFor();
  await page.getByRole('radio', { name: 'Dora Two' }).check();
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.getByRole('heading', { name: 'Welcome, Dora' }).waitFor();
  await page.goto(`${portal()}/accounts`);
  await page.getByRole('button', { name: 'Switch to Dora One' }).click();
  await page.waitForURL(`**${portal()}/`);
  await page.getByRole('heading', { name: 'Your links' }).waitFor();

  server.advance(61_000);
  const { page: desk } = await plain(t);
  await desk.goto(`${portal()}/log-in?next=${portal()}/commissions`);
  await desk.getByLabel('E-mail').fill(email);
  await desk.getByRole('button', { name: 'E-mail me a link' }).click();
  await desk.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  const link = await mailed(t, email, 'log-in link', /https?:\/\/\S+\/link\/\S+/);
  const { page: phone } = await plain(t);
  await phone.goto(link);
  await phone.getByRole('radio', { name: 'Dora One' }).check();
  await phone.getByRole('button', { name: 'Log in', exact: true }).click();
  await phone.waitForURL(`**${portal()}/commissions`);
});
