// How a portal looks: what staff choose shows in the preview as they type, and in the portal as soon as
// it is saved, in both themes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, STATES, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };
const PURPLE = 'rgb(75, 42, 140)';
const LOGO = {
  name: 'logo.svg',
  mimeType: 'image/svg+xml',
  buffer: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="160" height="40" viewBox="0 0 160 40">
    <rect width="40" height="40" rx="10" fill="#4b2a8c"/><circle cx="20" cy="20" r="9" fill="#f4d35e"/>
    <rect x="52" y="12" width="104" height="16" rx="8" fill="#8d6fd1"/></svg>`),
};
const FAVICON = {
  name: 'favicon.svg',
  mimeType: 'image/svg+xml',
  buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7" fill="#4b2a8c"/></svg>'),
};

/** A computed colour as `rgb(r, g, b)`, whatever way the style sheet wrote it. */
function ground(locator) {
  return locator.evaluate((element) => {
    const canvas = document.createElement('canvas');
    const paint = canvas.getContext('2d', { willReadFrequently: true });
    paint.fillStyle = getComputedStyle(element).backgroundColor;
    paint.fillRect(0, 0, 1, 1);
    const [r, g, b] = paint.getImageData(0, 0, 1, 1).data;
    return `rgb(${r}, ${g}, ${b})`;
  });
}

/** Waits until a colour is there. */
async function becomes(locator, colour) {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await ground(locator)) === colour) return;
    await locator.page().waitForTimeout(100);
  }
  assert.equal(await ground(locator), colour);
}

test('logo and colours change the portal without a rebuild', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const { id } = await server.api('POST', '/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  const staff = await visitor(t, server.url);
  const { page } = staff;
  await logInAsStaff(page);
  await page.goto(`/admin/affiliates/${id}`);
  await page.getByRole('button', { name: 'Invite to the portal' }).click();
  const maya = await visitor(t, server.url);
  await acceptInvitation(maya.page, await invitationLink(page, id), MAYA.password);
  const portal = `/portal/${server.business.slug}`;
  const guest = await visitor(t, server.url);
  await guest.page.goto(`${portal}/log-in`);
  const button = guest.page.getByRole('button', { name: 'Log in', exact: true });
  assert.notEqual(await ground(button), PURPLE);

  // The preview follows what is typed and chosen; nothing is saved by it.
  await page.goto('/admin/branding');
  await axe(page);
  const preview = page.getByRole('region', { name: 'Preview' });
  const shown = preview.locator('[data-mode=light] .btn-primary');
  await page.getByLabel('Portal name').fill('Fern & Friends');
  await page.getByLabel(/^Colour/).fill('#4b2a8c');
  await becomes(shown, PURPLE);
  await preview.getByText('Fern & Friends').first().waitFor();
  await page.getByLabel(/^Logo/).setInputFiles(LOGO);
  await preview.locator('[data-mode=dark] img[src^="data:image/svg"]').waitFor({ state: 'attached' });
  await page.getByLabel(/^Colour/).fill('#ffd400');
  await preview.getByText('too light to read on white').waitFor();
  await axe(page);
  await picture(staff, 'branding-too-light');
  await guest.page.reload();
  assert.notEqual(await ground(button), PURPLE);

  // The picker and the text are one field.
  await page.getByLabel('Pick a colour').fill('#4b2a8c');
  assert.equal(await page.getByLabel(/^Colour/).inputValue(), '#4b2a8c');
  await page.getByLabel('Favicon').setInputFiles(FAVICON);
  await page.getByLabel('Footer').fill('Fernhill Studio Ltd, Leeds');
  await page.getByLabel('Support e-mail').fill('hello@fernhill.example');
  await page.getByLabel('Terms').fill('https://fernhill.example/terms');
  await page.getByLabel('Privacy').fill('https://fernhill.example/privacy');
  await page.getByLabel('Show “by Tributary”').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Branding saved' }).waitFor();

  // The same server, the next look at the page.
  await guest.page.reload();
  assert.equal(await ground(button), PURPLE);
  assert.ok(!(await guest.page.content()).includes('Tributary'));
  const logo = guest.page.locator('main img').first();
  assert.deepEqual(await logo.evaluate((img) => [img.naturalWidth > 0, img.width, img.height]), [true, 128, 32]);
  await maya.page.goto(`${portal}/`);
  await maya.page.getByText('Fernhill Studio Ltd, Leeds').waitFor();
  const state = await maya.context.storageState();

  for (const look of STATES) {
    const person = await visitor(t, server.url, { ...look, storageState: state });
    for (const [name, path] of [['branded-dashboard', '/'], ['branded-commissions', '/commissions'], ['branded-missing', '/nowhere']]) {
      await person.page.goto(`${portal}${path}`);
      await axe(person.page);
      await fits(person);
      await picture(person, name);
    }
    const stranger = await visitor(t, server.url, look);
    await stranger.page.goto(`${portal}/log-in`);
    await axe(stranger.page);
    await fits(stranger);
    await picture(stranger, 'branded-log-in');
  }
  for (const look of LOOKS) {
    const member = await visitor(t, server.url, { ...look, storageState: await staff.context.storageState() });
    await member.page.goto('/admin/branding');
    await axe(member.page);
    await fits(member);
    await picture(member, 'branding');
  }

  // A logo that is opened as a page can do nothing.
  const file = await guest.page.goto(await logo.getAttribute('src'));
  assert.match(file.headers()['content-security-policy'], /sandbox/);

  // A colour that cannot be read is refused with the nearest that can, one press away.
  await page.getByLabel(/^Colour/).fill('#ffd400');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('is too light to read on a white page').waitFor();
  await page.getByRole('button', { name: /^Save with #/ }).first().click();
  await page.getByRole('status').filter({ hasText: 'Branding saved' }).waitFor();
  assert.match(await page.getByLabel(/^Colour/).inputValue(), /^#[0-9a-f]{6}$/);
});

test('branding works without scripts', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const { page } = await visitor(t, server.url, { scripts: false });
  await logInAsStaff(page);
  await page.goto('/admin/branding');
  await page.getByLabel(/^Colour/).fill('#4b2a8c');
  await page.getByLabel(/^Logo/).setInputFiles(LOGO);
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('Choose your files again').waitFor();
  await page.locator('#brand-preview img[src^="data:image/svg"]').first().waitFor({ state: 'attached' });
  await page.getByLabel(/^Logo/).setInputFiles(LOGO);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'Branding saved' }).waitFor();
  await page.getByRole('img', { name: 'The logo now' }).waitFor();
});
