// An agent: invited by the owner, joins with a password of their own, reads the leads, and finds no door to anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, STATES, visitor } from '../harness/browser.js';
import { fill } from '../harness/fill.js';
import { logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const SAM = { name: 'Sam Ortega', email: 'sam@desk.example', password: 'tea kettle on a boat' };

test('an agent is invited and reads the leads', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  await fill(server);
  const { page: owner, context: ownerContext } = await visitor(t, server.url);
  await logInAsStaff(owner);

  // Invited on the page of the team.
  await owner.goto('/admin/settings');
  await owner.getByRole('link', { name: 'Team' }).click();
  await owner.getByLabel('Name').fill(SAM.name);
  await owner.getByLabel('E-mail').fill(SAM.email);
  await owner.getByLabel('What they may do').selectOption('agent');
  await owner.getByRole('button', { name: 'Send the invitation' }).click();
  const link = await owner.getByLabel(`Link for ${SAM.name}`).inputValue();
  const ownerState = await ownerContext.storageState();
  for (const look of LOOKS) {
    const at = await visitor(t, server.url, { ...look, storageState: ownerState });
    await at.page.goto('/admin/settings/team');
    await axe(at.page);
    await fits(at);
    await picture(at, 'agent-team');
    await at.page.goto('/admin/leads');
    await fits(at);
    await axe(at.page);
    const guest = await visitor(t, server.url, look);
    await guest.page.goto(link);
    await axe(guest.page);
    await fits(guest);
    await picture(guest, 'agent-join');
  }

  // Joins, logs in, and lands on the leads.
  const { page, context } = await visitor(t, server.url, { allow: [/403/] });
  await page.goto(link);
  await page.getByLabel('Password').fill(SAM.password);
  await page.getByRole('button', { name: 'Join the team' }).click();
  await page.getByText('You are in the team').waitFor();
  await page.getByLabel('E-mail').fill(SAM.email);
  await page.getByLabel('Password').fill(SAM.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await page.waitForURL(/\/admin\/leads$/);
  const menu = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  assert.deepEqual((await menu.allInnerTexts()).map((text) => text.trim()), ['Leads']);

  // The link has done its work, and says so.
  for (const look of STATES) {
    const guest = await visitor(t, server.url, look);
    assert.equal((await guest.page.goto(link)).status(), 410);
    await guest.page.getByRole('heading', { name: 'This invitation is over' }).waitFor();
    await axe(guest.page, { colours: false });
    await fits(guest);
    await picture(guest, 'agent-join-over');
    await guest.context.close();
  }

  // Narrowed down; the address says how.
  const rows = page.locator('#list tbody tr');
  const all = await rows.count();
  assert.ok(all > 5);
  await page.getByLabel('Source').selectOption('browser');
  await page.waitForURL(/source=browser/);
  await page.getByText('No matches').or(rows.first()).first().waitFor();
  await page.getByRole('link', { name: 'Clear' }).first().click();
  await page.waitForURL(/\/admin\/leads$/);
  await page.getByLabel('Search name, e-mail or id').fill('ada');
  await page.waitForURL(/q=ada/);
  await page.getByText('Ada Lindqvist').first().waitFor();

  // The pages bear every look, and nothing else opens.
  const storageState = await context.storageState();
  for (const look of LOOKS) {
    const at = await visitor(t, server.url, { ...look, storageState });
    await at.page.goto('/admin/leads');
    await axe(at.page);
    await fits(at);
    await picture(at, 'agent-leads');
    if (!STATES.includes(look)) continue;
    await at.page.goto('/admin/account');
    await axe(at.page);
    await fits(at);
  }
  for (const path of ['/admin/payouts', '/admin/affiliates', '/admin/settings', '/admin/settings/team']) {
    assert.equal((await page.goto(path)).status(), 403, path);
    await page.getByText('does not open this page').waitFor();
  }

  // Before the owner does either, both ask.
  for (const look of LOOKS) {
    const at = await visitor(t, server.url, { ...look, storageState: ownerState });
    for (const [name, opener, says] of [
      ['agent-team-role', 'Make admin', 'An admin may see and do nearly everything'],
      ['agent-team-remove', 'Remove', 'They are logged out here at once'],
    ]) {
      await at.page.goto('/admin/settings/team');
      await at.page.getByRole('button', { name: opener, exact: true }).click();
      await at.page.getByRole('dialog').getByText(says).waitFor();
      await axe(at.page);
      await fits(at);
      await picture(at, name);
    }
    await at.context.close();
  }

  // Made an admin, everything opens with the next page.
  await owner.goto('/admin/settings/team');
  await owner.getByRole('button', { name: 'Make admin' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Change the role' }).click();
  await owner.getByText('The role is admin now').waitFor();
  await page.goto('/admin/payouts');
  await page.getByRole('heading', { name: 'Payouts', level: 1 }).waitFor();

  // Taken out of the team, the session is over.
  await owner.goto('/admin/settings/team');
  await owner.getByRole('button', { name: 'Remove', exact: true }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Remove from the team' }).click();
  await owner.getByText(`${SAM.name} is removed from the team`).waitFor();
  assert.equal(await owner.getByText(SAM.email).count(), 0);
  await page.goto('/admin/payouts');
  await page.waitForURL(/\/admin\/log-in/);
});
