// After all others (`npm test` runs it then): has axe seen every page that there is, in every look? The routes
// are those of the test that calls each of them as everybody, which fails when one is missing there.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LOOKS, SIZES } from '../harness/browser.js';
import { ROOT } from '../harness/paths.js';
import { routeOf, seen } from '../harness/seen.js';

const MATRIX = readFileSync(join(ROOT, 'crates/web/tests/admin/page_matrix/matrix.rs'), 'utf8');
const ROUTES = [...MATRIX.matchAll(/^ +GET (\/\S+)$/gm)].map(([, route]) => route);

/** What is no page of its own, and why. */
const EXCEPTIONS = [
  [/\.(csv|jsonl|pdf)$/, 'a download'],
  [/\/qr\.(png|svg)$/, 'a picture to download'],
  [/\/file$/, 'a file that was uploaded'],
  [/^\/brand\/\{file\}$/, 'a logo'],
  [/^\/admin\/branding\/preview\.css$/, 'a style sheet'],
  [/\/live$/, 'a stream of events'],
  [/\/preview$/, 'a mail as its reader gets it, in a frame of a page'],
  [/^\/portal\/?$/, 'the page of /authentication'],
  [/^\/portal\/\{slug\}$/, 'leads on to /portal/{slug}/'],
];

test('axe has seen every page in every look', () => {
  const isException = (route) => EXCEPTIONS.some(([pattern]) => pattern.test(route));
  const pages = ROUTES.filter((route) => !isException(route));
  assert.ok(pages.length > 100, 'the routes can be read');
  const looks = new Map(pages.map((route) => [route, new Set()]));
  for (const { path, size, theme, whole } of seen()) {
    const look = looks.get(routeOf(path, ROUTES));
    look?.add(`${size}, ${theme}`);
    if (whole) look?.add(`all rules, ${size}`);
  }
  // Most of the rules are the same in both themes; they are asked once at each size.
  const wanted = [
    ...LOOKS.map(({ size, theme }) => `${size}, ${theme}`),
    ...Object.keys(SIZES).map((size) => `all rules, ${size}`),
  ];
  const missing = [...looks]
    .map(([route, had]) => [route, wanted.filter((look) => !had.has(look))])
    .filter(([, without]) => without.length > 0)
    .map(([route, without]) => `${route}: ${without.length === wanted.length ? 'never' : `not ${without.join('; ')}`}`);
  assert.equal(missing.length, 0, `axe has not seen\n${missing.join('\n')}`);
});

test('no exception is there for nothing', () => {
  const idle = EXCEPTIONS.filter(([pattern]) => !ROUTES.some((route) => pattern.test(route)));
  assert.deepEqual(idle, []);
});
