// What people do on the pages again and again: log in, take an invitation, copy something.

import assert from 'node:assert/strict';
import { OWNER } from './server.js';

/** Fills in a log-in page and sends it. */
async function logIn(page, path, { email, password }) {
  await page.goto(path);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

/** Logs staff in; ends on the dashboard. */
export async function logInAsStaff(page, staff = OWNER) {
  await logIn(page, '/admin/log-in', staff);
  await page.waitForURL(/\/admin$/);
}

/** Logs an affiliate in to the portal of the business; ends on its dashboard. */
export async function logInToPortal(page, slug, person) {
  await logIn(page, `/portal/${slug}/log-in`, person);
  await page.waitForURL(new RegExp(`/portal/${slug}/$`));
}

/** The link of an affiliate's open invitation, from the page that staff reads it on. */
export async function invitationLink(staffPage, affiliateId) {
  await staffPage.goto(`/admin/affiliates/${affiliateId}`);
  return staffPage.getByLabel('Invitation link').inputValue();
}

/** Saves the profile as it stands, which the portal asks everybody for once; ends where they were going. */
export async function tellProfile(page) {
  await page.waitForURL(/\/account\?next=/);
  await page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Profile saved' }).waitFor();
  // Said once; it would lie over what is looked at next.
  await page.reload();
}

/** Sets a password behind an invitation's link and passes the profile; ends on the portal's dashboard. */
export async function acceptInvitation(page, link, password) {
  await page.goto(link);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await tellProfile(page);
  await page.waitForURL(/\/portal\/[^/]+\/$/);
}

/** Presses a button that copies, and gives what is on the clipboard then. */
export async function copied(button) {
  const page = button.page();
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await button.click();
  await page.waitForFunction(async () => (await navigator.clipboard.readText()) !== '');
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(text, 'nothing was copied');
  return text;
}
