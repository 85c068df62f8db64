// The script on other people's pages, in a real browser against a stand-in for the server: what it
// keeps, what it sends, and that it keeps nothing without consent.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { visitor } from '../harness/browser.js';

const SCRIPT = readFileSync(new URL('../../web-assets/js/tributary.js', import.meta.url));
const CLICK = `clk_${'0'.repeat(25)}1`;
const OTHER = `clk_${'0'.repeat(25)}2`;
const VISITOR = `vis_${'0'.repeat(25)}1`;

let tracking;
let shop;
let calls;
/** How many calls fail before the next one is answered. */
let failing;

function listen(handler) {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const address = (server) => `http://127.0.0.1:${server.address().port}`;

before(async () => {
  tracking = await listen((request, response) => {
    if (request.url === '/js/tributary.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' });
      return response.end(SCRIPT);
    }
    let text = '';
    request.on('data', (part) => { text += part; });
    request.on('end', () => {
      calls.push({ path: request.url, type: request.headers['content-type'], method: request.method, body: JSON.parse(text) });
      const cors = { 'access-control-allow-origin': request.headers.origin, 'content-type': 'application/json' };
      if (failing > 0) {
        failing -= 1;
        response.writeHead(503, cors);
        return response.end('{}');
      }
      response.writeHead(201, cors);
      const answer = request.url === '/t/click'
        ? { click_id: CLICK, visitor_id: VISITOR } : { event_id: 'evt_1', duplicate: false };
      response.end(JSON.stringify(answer));
    });
  });
  shop = await listen((request, response) => {
    const url = new URL(request.url, 'http://shop');
    const consent = url.pathname === '/granted' ? 'data-consent="granted"' : '';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(`<!doctype html><html lang="en"><head><title>Shop</title>
      <link rel="icon" href="data:,">
      <script>(window.tributary = window.tributary || []).push(['ready', (known) => { window.known = known; window.settled = true; }])</script>
      <script src="${address(tracking)}/js/tributary.js" data-key="pk_1" ${consent} async></script></head>
      <body><form><input name="click" data-tributary="click_id" type="hidden"></form></body></html>`);
  });
});

after(() => {
  tracking.close();
  shop.close();
});

beforeEach(() => {
  calls = [];
  failing = 0;
});

async function open(t, path, allow = []) {
  const guest = await visitor(t, address(shop), { hosts: [new URL(address(tracking)).host], allow });
  await guest.page.goto(path);
  await guest.page.waitForFunction(() => window.tributary?.clickId);
  return guest.page;
}

const settled = (page) => page.waitForFunction(() => window.settled);
const kept = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('tributary')));
const field = (page) => page.evaluate(() => document.querySelector('[data-tributary]').value);

test('a click id on the landing page is kept and goes with events', async (t) => {
  const page = await open(t, `/granted?via=maria&click_id=${CLICK}`);
  await settled(page);
  assert.equal((await kept(page)).click_id, CLICK);
  assert.equal(await field(page), CLICK);
  assert.deepEqual(calls, [], 'the click was recorded by the redirect already');
  const answer = await page.evaluate(() => tributary.lead({ external_id: 's1', customer: { external_id: 'c1' } }));
  assert.deepEqual(answer, { event_id: 'evt_1', duplicate: false });
  assert.deepEqual(calls, [{
    path: '/t/lead', type: 'text/plain', method: 'POST',
    body: { key: 'pk_1', click_id: CLICK, external_id: 's1', customer: { external_id: 'c1' } },
  }]);
});

test('a code alone is reported as a click, once a landing', async (t) => {
  const page = await open(t, '/granted?ref=maria&utm_source=mail');
  await settled(page);
  assert.deepEqual(await page.evaluate(() => window.known.visitor_id), VISITOR);
  assert.equal(calls.length, 1);
  const { path, body } = calls[0];
  assert.equal(path, '/t/click');
  assert.equal(body.code, 'maria');
  assert.deepEqual(body.sub_ids, { utm_source: 'mail' });
  await page.reload();
  await settled(page);
  assert.equal(calls.length, 1, 'a reload is no click');
  assert.equal(await page.evaluate(() => tributary.clickId()), CLICK);
});

test('nothing is kept or told of the visitor before consent', async (t) => {
  const page = await open(t, `/?click_id=${CLICK}`);
  await page.evaluate(() => tributary.sale({ external_id: 'o1', customer_external_id: 'c1', amount: 100, currency: 'USD' }));
  assert.equal(await kept(page), null);
  assert.ok(!(await page.evaluate(() => document.cookie)).includes('tributary'));
  assert.equal(await page.evaluate(() => tributary.clickId()), null);
  assert.equal(calls[0].body.click_id, undefined);

  await page.evaluate(() => tributary.consent(true));
  await settled(page);
  assert.equal(await page.evaluate(() => tributary.clickId()), CLICK);
  await page.goto('/');
  await settled(page);
  assert.equal(await field(page), CLICK, 'consent lasts to the next page');

  await page.evaluate(() => tributary.consent(false));
  assert.equal(await kept(page), null);
  assert.equal(await field(page), '');
});

test('the latest click is the one that is kept', async (t) => {
  const page = await open(t, `/granted?click_id=${CLICK}`);
  await settled(page);
  await page.goto(`/granted?click_id=${OTHER}`);
  await settled(page);
  assert.equal((await kept(page)).click_id, OTHER);
});

test('events are sent again when the server cannot serve', async (t) => {
  const page = await open(t, '/granted', [/503/]);
  failing = 1;
  const answer = await page.evaluate(() => tributary.lead({ external_id: 's1', customer: { external_id: 'c1' } }));
  assert.equal(answer.event_id, 'evt_1');
  assert.equal(calls.length, 2);
  assert.deepEqual(calls[0], calls[1]);
});

test('events leave with the page, and nothing is thrown into it', async (t) => {
  const page = await open(t, '/granted', [/503/]);
  failing = 1;
  await page.evaluate(() => {
    tributary.ready(() => { throw new Error('of the page'); });
    tributary.push(null);
    tributary.lead({ external_id: 's1', customer: { external_id: 'c1' } });
  });
  await page.waitForFunction(() => true);
  while (calls.length < 1) await page.waitForTimeout(20);
  await page.goto('/granted?next');
  for (let waited = 0; calls.length < 2 && waited < 30_000; waited += 20) await page.waitForTimeout(20);
  assert.deepEqual(calls[1]?.body, calls[0].body);
});
