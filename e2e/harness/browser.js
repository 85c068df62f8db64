// Visitors: each is a fresh browser profile with a size, a theme and a watchful eye. Whatever a
// visitor's pages complain about (console errors, refused by the content security policy, broken
// or foreign requests) fails the test at its end.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';
import { later } from './later.js';
import { OUT } from './paths.js';

// How long a page may take for what is waited for: much longer than on any machine that has nothing else to
// do, because two files and their servers share the cores of a small one.
const PATIENCE_MS = 30_000;

/** Width and height in CSS pixels. */
export const SIZES = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
};

/** Every look a page must bear: both sizes in both themes. */
export const LOOKS = Object.keys(SIZES).flatMap((size) =>
  ['light', 'dark'].map((theme) => ({ size, theme })));

/**
 * Each size and each theme once: for another state of a page that is looked at in every look elsewhere. It is
 * made of the same parts, so that what a theme breaks breaks there, too.
 */
export const STATES = LOOKS.filter(({ size, theme }) => (size === 'desk') === (theme === 'light'));

// The sandbox needs a user namespace, which root and containers do not have; the pages under test
// are our own. The other flags keep Chromium from calling home.
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  // No process is started in advance of a page that may never come: on two cores that is a sixth of the time.
  '--renderer-process-limit=1',
  // Host names of a business's own, which no DNS knows.
  '--host-resolver-rules=MAP *.test 127.0.0.1',
];

/** How long a browser may take to close what nobody looks at any more. */
const CLOSE_MS = 10_000;

let launching;

/** The browser of this test file, started on first use and closed after its last test. */
function browser() {
  launching ??= chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  return launching;
}

after(async () => {
  if (launching) await within(CLOSE_MS, (await launching).close());
});

/** Waits for a promise, but not for ever: now and then Chromium does not answer that it has closed. */
function within(ms, promise) {
  let alarm;
  const patience = new Promise((resolve) => { alarm = setTimeout(resolve, ms); });
  return Promise.race([promise, patience]).finally(() => clearTimeout(alarm));
}

/**
 * A visitor with a page of their own: `{ page, context, problems, size, theme }`.
 *
 * `base` is the address that relative paths start from and the only host (with `hosts`) that may
 * be asked for anything; `allow` lists patterns of complaints that the test expects; `scripts: false`
 * is somebody who has switched JavaScript off; `storageState` is somebody who is logged in already;
 * `locale` is the language their browser asks for.
 */
export async function visitor(t, base, {
  size = 'desk', theme = 'light', hosts = [], allow = [], scripts = true, storageState, locale = 'en-GB',
} = {}) {
  const chrome = await browser();
  const major = chrome.version().split('.')[0];
  const context = await chrome.newContext({
    baseURL: base,
    viewport: SIZES[size],
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale,
    timezoneId: 'UTC',
    javaScriptEnabled: scripts,
    permissions: ['clipboard-read', 'clipboard-write'],
    // Headless Chromium names itself as such and would be taken for a bot.
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
    storageState,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addCookies([{ name: 'theme', value: theme, url: base }]);
  const problems = watch(context, [new URL(base).host, ...hosts], allow);
  later(t, async () => {
    await within(CLOSE_MS, context.close());
    assert.deepEqual(problems, [], 'the pages complained');
  });
  return { page: await context.newPage(), context, problems, size, theme };
}

/** Collects what the pages of a context complain about. */
function watch(context, hosts, allow) {
  const problems = [];
  const note = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) problems.push(text);
  };
  context.on('console', (message) => {
    // Chromium's own line for a failed load; the responses below tell it better.
    const load = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !load) note(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => note(`error: ${error.error().message}`));
  context.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http') && !hosts.includes(host)) note(`foreign request: ${request.url()}`);
  });
  // A page that is opened as missing or gone is the test's own business.
  context.on('response', (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) {
      note(`answer ${response.status()}: ${response.url()}`);
    }
  });
  context.on('requestfailed', (request) => {
    // Leaving a page ends its event stream and pending requests.
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') note(`failed request: ${request.url()} ${reason}`);
  });
  return problems;
}

/**
 * A picture of the whole page, for people to look at: `e2e/out/NAME-SIZE-THEME.png`. Only with PICTURES=1 in the
 * environment, because a machine looks at none and takes a good part of the time for them; `always` is for a
 * page on which something went wrong.
 */
export async function picture({ page, size, theme }, name, { always = false } = {}) {
  if (!always && !process.env.PICTURES) return null;
  mkdirSync(OUT, { recursive: true });
  await page.evaluate(() => document.fonts.ready.then(() => true));
  const path = join(OUT, `${name}-${size}-${theme}.png`);
  await page.screenshot({ path, fullPage: true });
  return path;
}

/**
 * Fails when the page is wider than the window, so that a phone would scroll sideways; and when the small line in a card of
 * figures leaves the room within the card.
 */
export async function fits({ page, size }) {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return null;
    const past = [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 5)
      .map((element) => `<${element.localName} class="${element.getAttribute('class') ?? ''}">`);
    return `${scrollWidth} px in a window of ${clientWidth}: ${past.join(', ')}`;
  });
  assert.equal(wide, null, `${page.url()} is too wide for the ${size}`);
  const out = await page.evaluate(() => [...document.querySelectorAll('.panel .spark')]
    .filter((line) => {
      const card = line.closest('.panel');
      const edge = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
      return line.getBoundingClientRect().right > edge + 1;
    })
    .map((line) => line.closest('.panel').innerText));
  assert.deepEqual(out, [], `${page.url()} has lines that stick out of their cards`);
}
