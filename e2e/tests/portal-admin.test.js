// The owner's side of the portal, in the browser: mails in the owner's own words, who was invited and who
// joined, and an account that is shut out while it is open elsewhere.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { OWNER, Tributary } from '../harness/server.js';
import { MailServer } from '../harness/smtp.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const LOST = 'nobody@letters.example';

const told = (page, text) => page.getByRole('status').filter({ hasText: text }).waitFor();
const press = (page, name) => page.getByRole('main').getByRole('button', { name, exact: true }).click();

test('the owner writes a mail, sees it, sends it, and looks after the accounts', async (t) => {
  const mail = await MailServer.start(t);
  const server = await Tributary.start(t, { business: 'Fernhill Studio', mail });
  const { page: staff, context } = await visitor(t, server.url);
  await logInAsStaff(staff);

  // A text of one's own: the preview follows what is typed, and says what is wrong.
  await staff.goto('/admin/settings/mail');
  await staff.getByRole('link', { name: 'Invitation', exact: true }).click();
  const shown = () => staff.frameLocator('iframe').last();
  await shown().getByText('Your invitation to Fernhill Studio').first().waitFor();
  await staff.getByLabel('Subject').fill('Come and join {{business}}');
  await staff.getByLabel('Text', { exact: true }).fill('Dear {{name}},\n\nwe would love to have you.');
  await shown().getByText('needs {{link}}').waitFor();
  await press(staff, 'Save');
  await staff.getByRole('alert').filter({ hasText: 'Nothing was saved' }).waitFor();
  assert.match(await staff.getByLabel('Text', { exact: true }).inputValue(), /^Dear \{\{name\}\}/);
  await staff.getByLabel('Text', { exact: true }).fill('Dear {{name}},\n\nwe would love to have you.\n\n[Come in]({{link}})\n\n~ Until {{last_day}}.');
  await shown().getByRole('link', { name: 'Come in', exact: true }).waitFor();
  await shown().getByText('Dear Maya Okonkwo,').waitFor();
  await picture({ page: staff, size: 'desk', theme: 'light' }, 'mail-template-typed');

  await press(staff, 'Send me a test');
  await staff.getByText('A test is on its way').waitFor();
  const trial = await mail.arrives(OWNER.email, { subject: /^Test: Come and join Fernhill Studio$/ });
  assert.match(trial.text, /Dear Maya Okonkwo,[^]*Come in:/);
  await press(staff, 'Save');
  await told(staff, 'is saved');

  // From now on it is what people get. Nothing names who made the software.
  const affiliate = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const lost = await server.api('POST', '/affiliates', { name: 'Nico Lost', email: LOST, status: 'approved' });
  mail.refuse(LOST);
  for (const { id } of [affiliate, lost]) {
    await staff.goto(`/admin/affiliates/${id}`);
    await press(staff, 'Invite to the portal');
    await staff.locator('#invitation').getByText(/^(Queued|Sent|Bounced)$/).waitFor();
  }
  const invitation = await mail.arrives(MAYA.email, { subject: /^Come and join Fernhill Studio$/ });
  assert.match(invitation.text, /^Your invitation to Fernhill Studio\n\nDear Maya Okonkwo,/);
  assert.doesNotMatch(`${invitation.raw}${invitation.html}`, /tributary/i);
  const { page: maya } = await visitor(t, server.url);
  await acceptInvitation(maya, await invitationLink(staff, affiliate.id), MAYA.password);

  // Who was invited and who joined; the one whose address was refused waits for a correction.
  await staff.goto('/admin/portal');
  await staff.locator('#stuck').getByText('Bounced').waitFor();
  await staff.getByRole('main').getByText('1 new account', { exact: true }).first().waitFor();
  await staff.goto('/admin/portal/accounts');
  await staff.getByRole('row').filter({ hasText: MAYA.email }).getByRole('link', { name: MAYA.name }).first().click();
  await staff.getByText('logged in after the invitation').waitFor();
  const record = new URL(staff.url()).pathname;

  const state = await context.storageState();
  for (const look of LOOKS) {
    const guest = await visitor(t, server.url, { ...look, storageState: state });
    await guest.context.addCookies([{ name: 'theme', value: look.theme, url: server.url }]);
    for (const [name, path] of [
      ['portal-overview', '/admin/portal'],
      ['portal-accounts', '/admin/portal/accounts'],
      ['portal-invite', '/admin/portal/invite'],
      ['portal-account', record],
      ['mail-templates', '/admin/settings/mail'],
      ['mail-template', '/admin/settings/mail/invitation'],
    ]) {
      await guest.page.goto(path);
      await axe(guest.page);
      await fits(guest);
      await picture(guest, name);
    }
  }

  // Mailed the way in; then shut out, while the portal is open.
  await press(staff, 'Mail the way in');
  await told(staff, 'A mail with the way in goes to');
  const way = await mail.arrives(MAYA.email, { subject: /^How to log in at/ });
  assert.ok(way.text.includes(`${server.url}/portal/${server.business.slug}/log-in`), way.text);
  await press(staff, 'Block');
  await staff.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await told(staff, 'is blocked');
  // The open page finds out by itself and asks to log in, which tells nothing.
  await maya.waitForURL(/\/log-in/, { timeout: 60_000 });
  await maya.getByLabel('E-mail').fill(MAYA.email);
  await maya.getByLabel('Password').fill(MAYA.password);
  await maya.getByRole('button', { name: 'Log in', exact: true }).click();
  await maya.getByRole('alert').filter({ hasText: 'is not right' }).waitFor();
  await press(staff, 'Unblock');
  await told(staff, 'can log in again');
});
