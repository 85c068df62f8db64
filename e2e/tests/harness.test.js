// The harness itself: a test suite that cannot fail proves nothing, so each watch is shown a page
// that deserves its complaint.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { axe } from '../harness/axe.js';
import { fits, LOOKS, visitor } from '../harness/browser.js';
import { later } from '../harness/later.js';
import { routeOf, seen } from '../harness/seen.js';

const page = (body) => `<!doctype html><html lang="en"><head><title>Test page</title>
  <meta name="viewport" content="width=device-width"></head><body><main><h1>Test page</h1>${body}</main></body></html>`;

const PAGES = {
  '/good': page('<p>All is well.</p>'),
  '/console': page('<script>console.error("loud")</script>'),
  '/throws': page('<script>throw new Error("thrown")</script>'),
  '/inline': page('<script>document.title = "changed"</script>'),
  '/image': page('<img src="/missing.png" alt="A missing picture">'),
  '/foreign': page('<img src="http://127.0.0.2:9/pixel.png" alt="">'),
  '/grey': page('<p style="color: #ccc; background: #fff">Too pale to read.</p><img src="data:,">'),
  '/line': page('<a class="panel" href="/" style="display: block; width: 200px; padding: 16px">Owed <svg class="spark" width="240" height="9"></svg></a>'),
  '/wide': page('<div class="wide" style="width: 800px">Wide</div>'),
};

// Tributary's own pages send such a policy; axe must get past it.
const STRICT = new Set(['/good', '/inline']);

let server;
let base;

before(async () => {
  server = createServer((request, response) => {
    const html = PAGES[request.url];
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    if (STRICT.has(request.url)) headers['content-security-policy'] = "default-src 'self'";
    response.writeHead(html || request.url === '/echo' ? 200 : 404, headers);
    const seen = `${request.headers.cookie} ${request.headers['user-agent']}`;
    response.end(request.url === '/echo' ? page(`<p>${seen}</p>`) : (html ?? page('Nothing here.')));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});

after(() => server.close());

/**
 * What the harness holds against a page; the complaints are taken, so that this test passes. They come by
 * themselves: those that are `expected` are waited for.
 */
async function complaints(t, path, { expected, ...options } = {}) {
  const guest = await visitor(t, base, options);
  await guest.page.goto(path, { waitUntil: 'load' });
  await guest.page.waitForTimeout(100);
  for (let tries = 0; tries < 300 && expected && !expected.test(guest.problems.join('\n')); tries += 1) {
    await guest.page.waitForTimeout(100);
  }
  return guest.problems.splice(0);
}

test('a good page passes every check in every look', async (t) => {
  for (const look of LOOKS) {
    const guest = await visitor(t, base, look);
    await guest.page.goto('/good');
    await axe(guest.page);
    await fits(guest);
  }
});

test('what axe finds nothing on is noted, with how it was looked at', async (t) => {
  const before = seen({ own: true }).length;
  const { page: phone } = await visitor(t, base, { size: 'phone', theme: 'dark' });
  await phone.goto('/good');
  await axe(phone, { colours: true });
  await phone.goto('/nowhere');
  await axe(phone);
  await phone.goto('/grey');
  await assert.rejects(axe(phone));
  assert.deepEqual(seen({ own: true }).slice(before), [{ path: '/good', size: 'phone', theme: 'dark', whole: false }]);
});

test('a path belongs to the route that says most of it', () => {
  const routes = ['/payouts/{id}', '/payouts/files', '/payouts/{id}/pay', '/payouts/runs/{run}', '/payouts.csv'];
  assert.equal(routeOf('/payouts/pay_1', routes), '/payouts/{id}');
  assert.equal(routeOf('/payouts/files', routes), '/payouts/files');
  assert.equal(routeOf('/payouts/runs/pay', routes), '/payouts/{id}/pay');
  assert.equal(routeOf('/payoutsXcsv', routes), null);
  assert.equal(routeOf('/payouts', routes), null);
});

test('a visitor brings the theme cookie and the name of a usual browser', async (t) => {
  const { page: tab } = await visitor(t, base, { theme: 'dark' });
  await tab.goto('/echo');
  const seen = await tab.textContent('p');
  assert.match(seen, /theme=dark/);
  assert.match(seen, /Chrome\/\d+/);
  assert.doesNotMatch(seen, /Headless/);
});

for (const [path, complaint] of [
  ['/console', /console: loud/],
  ['/throws', /error: thrown/],
  ['/inline', /console: .*Content Security Policy/],
  ['/image', /answer 404: .*missing\.png/],
  ['/foreign', /foreign request: .*pixel\.png/],
]) {
  test(`${path} is complained about`, async (t) => {
    const found = await complaints(t, path, { expected: complaint });
    assert.match(found.join('\n'), complaint);
  });
}

test('an expected complaint can be allowed', async (t) => {
  assert.deepEqual(await complaints(t, '/console', { allow: [/loud/] }), []);
});

test('opening a missing page is no complaint', async (t) => {
  assert.deepEqual(await complaints(t, '/nowhere'), []);
});

test('axe names the rule and the element', async (t) => {
  const { page: tab } = await visitor(t, base);
  await tab.goto('/grey');
  await assert.rejects(axe(tab), /color-contrast \(serious\)[^]*\n +p .*contrast/);
  await assert.rejects(axe(tab), /image-alt \(critical\)/);
  await assert.rejects(axe(tab, { colours: true }), (error) => /color-contrast/.test(error.message) && !/image-alt/.test(error.message));
});

test('a page that scrolls sideways on a phone is named', async (t) => {
  const guest = await visitor(t, base, { size: 'phone' });
  await guest.page.goto('/line');
  await assert.rejects(fits(guest), /stick out of their cards[^]*Owed/);
  await guest.page.goto('/wide');
  await assert.rejects(fits(guest), /too wide for the phone[^]*wide/);
});

test('what a test leaves behind is taken away, the latest first, and errors still count', async () => {
  const hooks = [];
  const standIn = { after: (hook) => hooks.push(hook) };
  const order = [];
  later(standIn, () => order.push('server'));
  later(standIn, () => { throw new Error('the pages complained'); });
  later(standIn, () => order.push('page'));
  assert.equal(hooks.length, 1);
  await assert.rejects(hooks[0](), /the pages complained/);
  assert.deepEqual(order, ['page', 'server']);
});
