// What an affiliate works with: links with a page and sub-ids, QR files, assets of the campaign, and the
// statement of a period, as the owner and the affiliate see them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, copied, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const MAYA = { name: 'Maya Okonkwo', email: 'maya@letters.example', password: 'tea kettle on a boat' };

/** What a link downloads: its name and its bytes. */
async function downloaded(page, link) {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

/** A picture to upload: made by the browser, so that it is a real one. */
async function pictureFile(page, { width, height, text }) {
  await page.setViewportSize({ width, height });
  await page.setContent(`<body style="margin:0;height:100vh;display:grid;place-items:center;background:#0b6b4f;color:#fff;font:600 28px sans-serif">${text}</body>`);
  return page.screenshot();
}

test('an affiliate makes links, uses assets and reads a statement', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const post = (path, body = {}) => server.api('POST', path, body);
  const campaign = await post('/campaigns', {
    name: 'Agency Pro, annual', destination_url: 'https://shop.example.com/pro', hosts: ['blog.example.com'],
  });
  const over = await post('/campaigns', { name: 'Black Friday', destination_url: 'https://shop.example.com/sale' });
  await post('/rules', { reward: { percent_ppm: 200_000 }, trigger: { on: 'sale' } });
  const affiliate = await post('/affiliates', { name: MAYA.name, email: MAYA.email, status: 'approved' });
  await post(`/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code: 'maya' });
  await post(`/campaigns/${over.id}/partnerships`, { affiliate_id: affiliate.id, code: 'maya-bf' });
  await post('/track/sale', { external_id: 'inv-1', customer: { external_id: 'c-1', name: 'Ada Lindqvist' }, amount: 118_800, currency: 'USD', code: 'maya' });
  await post('/track/sale', { external_id: 'inv-2', customer: { external_id: 'c-2', name: 'Bo Petersen' }, amount: 4_900, currency: 'USD', code: 'maya-bf' });
  await post('/commissions', { affiliate_id: affiliate.id, amount: 2_500, currency: 'USD', note: 'Welcome bonus' });
  await post('/track/refund', { external_id: 're-1', sale_external_id: 'inv-2' });
  await server.api('PATCH', `/campaigns/${over.id}`, { active: false });

  const { page: staff, context: staffContext } = await visitor(t, server.url);
  await logInAsStaff(staff);
  const { page: drawing } = await visitor(t, server.url);
  const banner = await pictureFile(drawing, { width: 728, height: 90, text: 'Fernhill Studio' });

  // The owner gives the campaign something to work with.
  await staff.goto(`/admin/campaigns/${campaign.id}`);
  await staff.getByRole('link', { name: 'Assets' }).click();
  await staff.getByRole('link', { name: 'Banner', exact: true }).click();
  await staff.getByLabel('Title').fill('Wide banner');
  await staff.getByLabel('What it shows').fill('Fernhill Studio: plan your next project');
  await staff.getByLabel('Picture').setInputFiles({ name: 'notes.txt', mimeType: 'image/png', buffer: Buffer.from('no picture') });
  await staff.getByRole('button', { name: 'Add asset' }).click();
  await staff.getByText('is no PNG, JPEG, GIF or WebP picture').first().waitFor();
  assert.equal(await staff.getByLabel('Title').inputValue(), 'Wide banner');
  await staff.getByLabel('Picture').setInputFiles({ name: 'Wide banner.png', mimeType: 'image/png', buffer: banner });
  await staff.getByRole('button', { name: 'Add asset' }).click();
  await staff.getByText('PNG · 728 × 90').waitFor();
  await staff.getByRole('link', { name: 'Copy', exact: true }).click();
  await staff.getByLabel('Title').fill('Newsletter paragraph');
  await staff.getByLabel('Text').fill('I plan my projects with Fernhill Studio.\n\nTry it for a month: {link}');
  await staff.getByRole('button', { name: 'Add asset' }).click();
  await staff.getByRole('link', { name: 'File', exact: true }).click();
  await staff.getByLabel('Title').fill('Price list');
  await staff.getByLabel('File', { exact: true }).setInputFiles({ name: 'Price list.csv', mimeType: 'text/csv', buffer: Buffer.from('Plan,Price\nStarter,49.00\n') });
  await staff.getByLabel('Note for affiliates').fill('Valid until the end of the year.');
  await staff.getByRole('button', { name: 'Add asset' }).click();
  await staff.getByText('CSV · 25 bytes').waitFor();
  await staff.getByRole('button', { name: 'Move up: Price list' }).click();
  await staff.waitForURL(/#row-/);
  assert.deepEqual(await staff.locator('#list li a.font-medium').allInnerTexts(), ['Wide banner', 'Price list', 'Newsletter paragraph']);

  // Who was added to a campaign has an invitation.
  const { page, context } = await visitor(t, server.url);
  await acceptInvitation(page, await invitationLink(staff, affiliate.id), MAYA.password);
  const portal = `/portal/${server.business.slug}`;

  // A link of one's own that leads to a page.
  await page.getByRole('link', { name: 'Links', exact: true }).click();
  await page.getByRole('link', { name: 'New link' }).click();
  await page.getByLabel('Label').fill('Newsletter');
  await page.getByLabel('Page').fill('https://evil.example/');
  await page.getByLabel('Code').fill('maya-news');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('Leads to evil.example').first().waitFor();
  await page.getByLabel('Page').fill('https://blog.example.com/agency-tools');
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByText('The link is ready to share').waitFor();
  const link = new URL(page.url()).pathname;
  assert.equal(await page.getByLabel('Link', { exact: true }).inputValue(), `${server.url}/r/maya-news`);
  await page.getByLabel('Sub-id 1').fill('issue 49');
  await page.getByRole('button', { name: 'Build the address' }).click();
  const built = `${server.url}/r/maya-news?sub1=issue+49`;
  assert.equal(await page.getByLabel('Address for one place', { exact: true }).inputValue(), built);
  const svg = await downloaded(page, page.getByRole('link', { name: 'SVG' }));
  assert.equal(svg.name, 'maya-news.svg');
  const png = await downloaded(page, page.getByRole('link', { name: 'PNG 1024 pixels' }));
  assert.equal(png.name, 'maya-news.png');
  assert.equal(png.bytes.readUInt32BE(16), 1024);
  // The picture says what the address is, where the browser can read codes.
  const read = await page.evaluate(async (bytes) => {
    if (!('BarcodeDetector' in window)) return null;
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
    const [code] = await new BarcodeDetector({ formats: ['qr_code'] }).detect(image).catch(() => []);
    return code?.rawValue ?? null;
  }, [...png.bytes]);
  assert.ok(read === null || read === built, read);
  const sent = await page.request.get('/r/maya-news', { maxRedirects: 0 });
  assert.match(sent.headers().location, /^https:\/\/blog\.example\.com\/agency-tools\?via=maya-news&click_id=/);

  // Assets with that link in them.
  await page.getByRole('link', { name: 'Assets' }).click();
  await page.getByLabel('The link in the assets of Agency Pro, annual').selectOption({ label: 'Newsletter (maya-news)' });
  await page.getByRole('button', { name: 'Use this link' }).click();
  const html = await copied(page.getByRole('button', { name: 'Copy the HTML: Wide banner' }));
  assert.match(html, new RegExp(`^<a href="${server.url}/r/maya-news" rel="sponsored"><img src="${server.url}/assets/banners/`));
  const text = await copied(page.getByRole('button', { name: 'Copy: Newsletter paragraph' }));
  assert.equal(text, `I plan my projects with Fernhill Studio.\n\nTry it for a month: ${server.url}/r/maya-news`);
  const file = await downloaded(page, page.getByRole('link', { name: 'Download Price list' }));
  assert.equal(file.name, 'Price-list.csv');

  await staff.goto(`/admin/campaigns/${campaign.id}/assets`);
  const asset = await staff.getByRole('link', { name: 'Wide banner', exact: true }).first().getAttribute('href');
  assert.match(asset, /\/edit$/);
  const sessions = { person: await context.storageState(), staff: await staffContext.storageState() };
  const pages = [
    ['person', 'portal-links', `${portal}/links`],
    ['person', 'portal-link', `${link}?sub1=issue+49`],
    ['person', 'portal-link-new', `${portal}/links/new`],
    ['person', 'portal-assets', `${portal}/assets`],
    ['person', 'portal-statement', `${portal}/statement`],
    ['person', 'portal-payouts-empty', `${portal}/payouts`],
    ['staff', 'campaign-assets', `/admin/campaigns/${campaign.id}/assets`],
    ['staff', 'campaign-asset-new', `/admin/campaigns/${campaign.id}/assets/new?kind=banner`],
    ['staff', 'campaign-asset-edit', asset],
    ['staff', 'affiliate-links', `/admin/affiliates/${affiliate.id}`],
  ];
  for (const look of LOOKS) {
    for (const who of ['person', 'staff']) {
      const guest = await visitor(t, server.url, { ...look, storageState: sessions[who] });
      for (const [, name, path] of pages.filter(([whose]) => whose === who)) {
        await guest.page.goto(path);
        await axe(guest.page);
        await fits(guest);
        await picture(guest, name);
      }
    }
  }

  // On paper the statement has its period and its lines, and nothing to press.
  await page.goto(`${portal}/statement`);
  const menu = page.locator('header').first();
  const csv = page.getByRole('link', { name: 'CSV', exact: true });
  assert.ok(await menu.isVisible() && await csv.isVisible());
  await page.emulateMedia({ media: 'print' });
  assert.ok(!await menu.isVisible() && !await csv.isVisible());
  assert.ok(await page.getByRole('heading', { name: 'Statement', level: 1 }).isVisible());
  assert.ok(await page.locator('#list table').isVisible());
  await page.emulateMedia({ media: null });

  // Without scripts a link can be made all the same.
  const plain = await visitor(t, server.url, { scripts: false, storageState: sessions.person });
  await plain.page.goto(`${portal}/links/new`);
  await plain.page.getByLabel('Label').fill('Video');
  await plain.page.getByRole('button', { name: 'Make the link' }).click();
  await plain.page.getByRole('heading', { name: 'Video' }).waitFor();
});
