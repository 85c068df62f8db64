// Rules, as the owner writes them: the editor that reads as a sentence with its example, which rule wins and
// why, and a back-test that writes nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, picture, visitor } from '../harness/browser.js';
import { acceptInvitation, invitationLink, logInAsStaff } from '../harness/people.js';
import { Tributary } from '../harness/server.js';

const SHOP = { name: 'Spring', active: true, destination_url: 'https://shop.example.com/', hosts: ['shop.example.com'] };

/** A business with two affiliates, one above the other, a default rule and some sales. */
async function programme(server) {
  const campaign = await server.api('POST', '/campaigns', SHOP);
  const [maya, joe] = await Promise.all([
    server.api('POST', '/affiliates', { name: 'Maya Okonkwo', email: 'maya@letters.example', status: 'approved' }),
    server.api('POST', '/affiliates', { name: 'Joe Lind', email: 'joe@letters.example', status: 'approved' }),
  ]);
  await server.api('PATCH', `/affiliates/${joe.id}`, { parent_id: maya.id });
  for (const [affiliate, code] of [[maya, 'maya'], [joe, 'joe']]) {
    await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: affiliate.id, code });
  }
  const rule = await server.api('POST', '/rules', { name: 'For everybody', reward: { percent_ppm: 200_000 } });
  for (const [number, code] of ['maya', 'joe', 'joe', 'maya', 'joe'].entries()) {
    await server.api('POST', '/track/sale', {
      external_id: `inv-${number}`, customer_external_id: `customer-${number}`, amount: 10_000 + number * 1_000, currency: 'USD', code,
    });
  }
  return { campaign, maya, joe, rule };
}

test('a rule is written, weighed and tried on the past', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio' });
  const { campaign, joe, rule } = await programme(server);
  const staff = await visitor(t, server.url);
  const { page } = staff;
  await logInAsStaff(page);

  // The sentence follows the form, and the example follows both.
  await page.goto('/admin/rules');
  await page.getByRole('link', { name: 'New rule' }).first().click();
  const sentence = page.locator('#rule-preview');
  await sentence.getByText('Pays 20 % of net, every sale.').waitFor();
  await page.getByLabel('Campaign').selectOption({ label: 'Spring' });
  await page.getByLabel('Reward').selectOption({ label: 'Tiers' });
  await page.getByLabel('Band 1: pays').fill('20');
  await page.getByLabel('Band 2: pays').fill('30');
  await sentence.getByText('to 30 % from the 11th conversion a month').waitFor();
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByLabel('With what').fill('25.00');
  await sentence.getByText('when amount ≥ $25.00').waitFor();
  await page.getByRole('button', { name: 'Add a group' }).click();
  await page.getByLabel('What is compared').nth(1).selectOption('customer_country');
  await page.getByLabel('How it is compared').nth(1).selectOption('in');
  await page.getByLabel('With what').nth(1).fill('DE, AT, US');
  await page.getByRole('button', { name: 'Remove the group' }).click();
  await page.getByLabel('With what').nth(1).waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('With what').inputValue(), '25.00', 'what was typed is kept');
  await page.getByLabel('Affiliate and month').fill('500.00');
  await page.getByRole('button', { name: 'Add a level' }).click();
  await page.getByLabel('The parent: percent').fill('5');
  await page.getByLabel('The parent: of what').selectOption('below');
  await page.getByLabel('Hold').fill('30');
  await sentence.getByText('at most $500.00 an affiliate and month; 5 % of it to the parent; held 30 days.').waitFor();
  await page.getByLabel('Conversions before').fill('10');
  await page.getByLabel('Tax in it').fill('16.00');
  await sentence.getByText('10 conversions before; 30 % of 84.00 USD = 25.20 USD').first().waitFor();
  await sentence.getByText('$1.26').waitFor();
  await page.getByLabel('Hold').fill('400');
  await page.getByRole('button', { name: 'Make rule' }).click();
  await page.getByText('Between 0 and 365').first().waitFor();
  await page.getByLabel('Hold').fill('30');
  await page.getByRole('button', { name: 'Make rule' }).click();
  await page.getByText('The rule is ready.').waitFor();
  const tiers = (await server.api('GET', `/rules?campaign_id=${campaign.id}`)).data[0];
  assert.equal(tiers.reward.tiers.bands[1].from, 10);
  assert.deepEqual(tiers.conditions, { field: 'amount', op: 'gte', value: 2500 });

  // Which rule wins for Joe, and why.
  await page.goto(`/admin/affiliates/${joe.id}`);
  await page.getByRole('link', { name: 'Which rule wins' }).click();
  await page.getByRole('heading', { name: /^Pays 20 % of net, every sale, to 30 %/ }).waitFor();
  await page.getByRole('textbox', { name: 'Amount' }).fill('20.00');
  await page.getByRole('button', { name: 'Show which rule wins' }).click();
  await page.getByText('does not hold').waitFor();
  await page.getByRole('heading', { name: 'Pays 20 % of net, every sale.' }).waitFor();
  const winner = page.url();

  // A draft on the past: five sales at 30 % instead of 20 %.
  const before = await server.api('GET', '/commissions');
  await page.goto(`/admin/rules/${rule.id}/edit`);
  await page.getByRole('textbox', { name: 'Percent' }).fill('30');
  await page.getByRole('button', { name: 'Back-test' }).click();
  await page.getByText('In place of the rule').waitFor();
  const draft = await page.locator('input[name=draft]').inputValue();
  assert.equal(JSON.parse(draft).reward.percent_ppm, 300_000);
  await page.getByRole('button', { name: 'Run the back-test' }).click();
  await page.getByText('5 events replayed, 5 come out otherwise.').waitFor();
  await page.getByText('+$60.00').first().waitFor();
  const result = page.url();
  assert.deepEqual(await server.api('GET', '/commissions'), before, 'nothing was written');

  const storageState = await staff.context.storageState();
  for (const look of LOOKS) {
    const looking = await visitor(t, server.url, { ...look, storageState });
    for (const [name, path] of [
      ['rule-editor', `/admin/rules/${tiers.id}/edit`],
      ['rule', `/admin/rules/${tiers.id}`],
      ['rule-list', '/admin/rules'],
      ['rule-winner', winner],
      ['back-test', '/admin/rules/back-test'],
      ['back-test-result', result],
    ]) {
      await looking.page.goto(path);
      await axe(looking.page);
      await fits(looking);
      await picture(looking, name);
    }
  }
});

test('an affiliate brings others and sees what that earned', async (t) => {
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  const { campaign, maya } = await programme(server);
  const { page: staff } = await visitor(t, server.url);
  await logInAsStaff(staff);
  await staff.goto('/admin/applications/form');
  await staff.getByLabel('People can apply').check();
  await staff.getByRole('button', { name: 'Save' }).first().click();
  await staff.goto('/admin/settings/affiliates');
  await staff.getByLabel('Give each affiliate a link for new affiliates').check();
  await staff.getByRole('button', { name: 'Save' }).nth(1).click();
  await staff.getByText('Settings saved').waitFor();
  const password = 'tea kettle on a boat';
  const { page: portal, context } = await visitor(t, server.url);
  await acceptInvitation(portal, await invitationLink(staff, maya.id), password);
  const base = `/portal/${server.business.slug}`;
  await portal.goto(`${base}/links`);
  const link = await portal.getByLabel('Link for new affiliates').inputValue();

  const { page: guest } = await visitor(t, server.url);
  await guest.goto(new URL(link).pathname + new URL(link).search);
  await guest.getByText('You come by an affiliate').waitFor();
  await guest.getByLabel('Full name').fill('Nora Field');
  await guest.getByLabel('E-mail').fill('nora@letters.example');
  // A person is slower than this; the form refuses who is not.
  server.advance(3_100);
  await guest.getByRole('button', { name: 'Send the application' }).click();
  await guest.getByText('You hear by mail').waitFor();
  // A job takes the application on.
  let nora;
  for (let round = 0; !nora && round < 120; round += 1) {
    if (round) await guest.waitForTimeout(250);
    [nora] = (await server.api('GET', '/affiliates?email=nora@letters.example')).data;
  }
  assert.ok(nora, 'the application was taken on');
  assert.equal(nora.parent_id, maya.id);
  await server.api('POST', `/affiliates/${nora.id}/status`, { status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: nora.id, code: 'nora' });
  await server.api('POST', '/rules', { scope: { campaign_id: campaign.id }, reward: { percent_ppm: 200_000 }, levels: [{ ppm: 50_000, of: 'base' }] });
  await server.api('POST', '/track/sale', { external_id: 'inv-9', customer_external_id: 'customer-9', amount: 20_000, currency: 'USD', code: 'nora' });

  const storageState = await context.storageState();
  for (const look of LOOKS) {
    const looking = await visitor(t, server.url, { ...look, storageState });
    for (const [name, path, text] of [['portal-team', '/team', 'Nora F.'], ['portal-links-team', '/links', 'New affiliates']]) {
      await looking.page.goto(`${base}${path}`);
      await looking.page.locator('main').getByText(text).first().waitFor({ state: 'attached' });
      await axe(looking.page);
      await fits(looking);
      await picture(looking, name);
    }
  }
  await portal.goto(`${base}/team`);
  await portal.getByText('$10.00').first().waitFor();
});

test('clicks are paid when their day is over', async (t) => {
  const day = 24 * 60 * 60 * 1000;
  const server = await Tributary.start(t, { business: 'Fernhill Studio', clock: true });
  // A day is settled some minutes after its end.
  server.advanceToNoon();
  const campaign = await server.api('POST', '/campaigns', SHOP);
  const maya = await server.api('POST', '/affiliates', { name: 'Maya Okonkwo', email: 'maya@letters.example', status: 'approved' });
  await server.api('POST', `/campaigns/${campaign.id}/partnerships`, { affiliate_id: maya.id, code: 'maya' });
  const { page } = await visitor(t, server.url);
  await logInAsStaff(page);
  const { page: portal, context } = await visitor(t, server.url);
  await acceptInvitation(portal, await invitationLink(page, maya.id), 'tea kettle on a boat');

  // The form leaves out what clicks do not have, and says what a hundred of them bring.
  await page.goto('/admin/rules/new');
  const preview = page.locator('#rule-preview');
  await preview.getByText('every sale').first().waitFor();
  await page.getByLabel('Event', { exact: true }).selectOption('click');
  await page.getByLabel('Only events named').waitFor({ state: 'detached' });
  await page.getByLabel('Reward').selectOption('fixed');
  await page.getByLabel('Fixed sum').fill('0.05');
  await preview.getByText('100 clicks × a fixed 0.05 USD = 5.00 USD').waitFor();
  await page.getByLabel('In force from').fill(new Date(server.now()).toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Make rule' }).click();
  await page.getByText('clicks are paid by whole days').first().waitFor();
  assert.equal(await page.getByLabel('Fixed sum').inputValue(), '0.05', 'what was typed is kept');
  await page.getByLabel('In force from').fill('');
  await page.getByRole('button', { name: 'Make rule' }).click();
  await page.getByText('The rule is ready.').waitFor();
  const [rule] = (await server.api('GET', '/rules')).data;

  // Two visitors on the first day of the rule, one of them twice; the job pays for two.
  server.advance(day);
  const { visitor_id } = await server.api('POST', '/track/click', { code: 'maya' });
  await server.api('POST', '/track/click', { code: 'maya', visitor_id });
  await server.api('POST', '/track/click', { code: 'maya' });
  server.advance(day);
  // Pages that are open would ask the stopped server for their live streams.
  await page.goto('about:blank');
  await portal.goto('about:blank');
  await server.stop();
  await server.serve();
  let commission;
  for (let round = 0; !commission && round < 120; round += 1) {
    if (round) await portal.waitForTimeout(250);
    [commission] = (await server.api('GET', '/commissions')).data;
  }
  assert.equal(commission?.amount, 10);

  // The owner has been away for two days and logs in again; the affiliate has not.
  const staff = await visitor(t, server.url);
  await logInAsStaff(staff.page);
  const base = `/portal/${server.business.slug}`;
  const looks = [
    ['rule-of-clicks', `/admin/rules/${rule.id}/edit`, '100 clicks × a fixed 0.05 USD = 5.00 USD', staff.context],
    ['commission-of-clicks', `/admin/commissions/${commission.id}`, 'on link maya: 2', staff.context],
    ['portal-commission-of-clicks', `${base}/commissions/${commission.id}`, 'on link maya: 2', context],
  ];
  for (const look of LOOKS) {
    for (const [name, path, text, who] of looks) {
      const looking = await visitor(t, server.url, { ...look, storageState: await who.storageState() });
      await looking.page.goto(path);
      await looking.page.locator('main').getByText(text).first().waitFor();
      await axe(looking.page);
      await fits(looking);
      await picture(looking, name);
    }
  }
});
