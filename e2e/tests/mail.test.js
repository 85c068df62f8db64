// With a real mail server: an affiliate is invited, joins and logs in by what arrives in the mailbox, and
// an address that is refused gets mended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';
import { MailServer } from '../harness/smtp.js';

const BUSINESS = 'Fernhill Studio';
const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const WRONG = 'mia@letters.example';
const INVITED = /invites you/;

/** Waits until the affiliate's page, which is open, shows this state of the invitation by itself. */
const invitationIs = (page, state) => page.locator('#invitation').getByText(state, { exact: true }).waitFor();

/** The address in a mail that leads to a path. */
function linkIn({ text }, path) {
  const link = text.match(/https?:\/\/\S+/g)?.find((found) => new URL(found).pathname.startsWith(path));
  assert.ok(link, `no link to ${path} in\n${text}`);
  return link;
}

test('from the invitation in the mailbox to the dashboard, and back in with a code', async (t) => {
  const mail = await MailServer.start(t);
  const server = await Tributary.start(t, { business: BUSINESS, mail, clock: true });
  const portal = `/portal/${server.business.slug}`;
  const campaign = await server.api('POST', '/campaigns', {
    name: 'Starter für Büros', destination_url: 'https://shop.example.com/', description: 'Say “tea”, never “coffee”.',
  });

  // The address is wrong at first: its mail server does not know it.
  mail.refuse(WRONG);
  mail.busy(MAYA.email);
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: WRONG, status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id });
  const { page: staff } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto(`/admin/affiliates/${affiliate.id}`);
  await invitationIs(staff, 'Bounced');
  assert.ok(mail.turnedAway.includes(WRONG));

  // Corrected; the new address cannot be served just now, so the mail waits.
  await staff.getByRole('button', { name: 'Correct address' }).click();
  await staff.getByLabel('E-mail', { exact: true }).fill(MAYA.email);
  await staff.getByRole('button', { name: 'Correct and send' }).click();
  await staff.getByRole('status').filter({ hasText: `The address is ${MAYA.email} now` }).waitFor();
  await invitationIs(staff, 'Queued');
  for (let tries = 0; tries < 600 && !mail.turnedAway.includes(MAYA.email); tries += 1) await staff.waitForTimeout(50);
  assert.ok(mail.turnedAway.includes(MAYA.email));
  // Put off for a minute. The clock moves on again and again: that it was put off is stored after it was told.
  mail.accept(MAYA.email);
  for (let tries = 0; tries < 30 && !mail.to(MAYA.email).length; tries += 1) {
    server.advance(61_000);
    await staff.waitForTimeout(2_000);
  }
  const invitation = await mail.arrives(MAYA.email, { subject: INVITED });
  await invitationIs(staff, 'Sent');

  // What arrived: from the business, in both parts, with the campaign's own words.
  assert.match(invitation.headers.get('from'), new RegExp(`^"?${BUSINESS}"? <`));
  assert.match(invitation.headers.get('to'), new RegExp(`${MAYA.name}"? <${MAYA.email}>`));
  assert.match(invitation.headers.get('message-id'), /^<mai_[^@]+@[^>]+>$/);
  assert.equal(invitation.headers.get('auto-submitted'), 'auto-generated');
  for (const part of [invitation.text, invitation.html]) {
    assert.ok(part.includes('Starter für Büros') && part.includes('Say “tea”, never “coffee”.'), part);
  }
  const link = linkIn(invitation, `${portal}/invitation/`);
  assert.ok(invitation.html.includes(`href="${link}"`));

  // She opens it and sets a password; the open page of the staff tells so.
  const { page: maya } = await visitor(t, server.url);
  await maya.goto(link);
  await invitationIs(staff, 'Opened');
  await acceptInvitation(maya, link, MAYA.password);
  await maya.getByRole('heading', { name: /Maya/ }).waitFor();
  await invitationIs(staff, 'Accepted');
  await staff.goto('/admin/mail');
  await staff.getByRole('row').filter({ hasText: MAYA.email }).filter({ hasText: 'Sent' }).first().waitFor();
  await staff.getByRole('row').filter({ hasText: WRONG }).filter({ hasText: 'Failed' }).first().waitFor();

  // Another device, without the password.
  const { page: phone } = await visitor(t, server.url, { size: 'phone' });
  await phone.goto(`${portal}/log-in`);
  await phone.getByLabel('E-mail').fill(MAYA.email);
  await phone.getByRole('button', { name: 'Mail me a code instead' }).click();
  await phone.getByLabel('Code').waitFor();
  const letter = await mail.arrives(MAYA.email, { subject: /^Your code/ });
  const [code] = letter.text.match(/\d{4}-\d{4}/);
  assert.ok(letter.html.includes(code));
  await phone.getByLabel('Code').fill(code);
  await phone.getByRole('button', { name: 'Continue' }).click();
  await phone.waitForURL(`**${portal}/`);
  await phone.getByRole('heading', { name: /Maya/ }).waitFor();

  // What may be refused says in its headers how, and one click of the mail program is enough. A code is
  // always sent.
  assert.equal(letter.headers.get('list-unsubscribe'), undefined);
  const joins = async (name) => {
    const { id } = await server.api('POST', '/campaigns', { name, destination_url: 'https://shop.example.com/' });
    await server.api('POST', `/campaigns/${id}/partnerships`, { affiliate_id: affiliate.id });
  };
  await joins('Summer');
  const notice = await mail.arrives(MAYA.email, { subject: /you were added to “Summer”/ });
  assert.equal(notice.headers.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click');
  const [, stop] = notice.headers.get('list-unsubscribe').match(/^<(.+)>$/);
  assert.ok(new URL(stop).pathname.startsWith(`${portal}/unsubscribe/`), stop);
  const clicked = await fetch(stop, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) });
  assert.equal(clicked.status, 200);
  await joins('Autumn');
  await staff.goto('/admin/mail');
  await staff.getByRole('row').filter({ hasText: 'Summer' }).first().waitFor();
  assert.equal(await staff.getByRole('row').filter({ hasText: 'Autumn' }).count(), 0);
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, look);
    await guest.page.goto(new URL(stop).pathname);
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'unsubscribe');
  }
});
