// Lighthouse, in its mobile mode, on pages of the portal as the demo serves them to its affiliate. Prints a table,
// writes it to bench/LIGHTHOUSE.md, and fails when a page is below what is promised.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch as launchChrome } from 'chrome-launcher';
import lighthouse from 'lighthouse';
import { freePort, launch, withoutSettings } from '../../e2e/harness/program.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const BINARY = process.env.TRIBUTARY_BIN ?? join(ROOT, 'target/release/tributary');
const REPORT = join(ROOT, 'bench/LIGHTHOUSE.md');

/** What every page must have, of 100. */
const LEAST = { accessibility: 100, performance: 95 };
/** Each page is measured so often; the median counts, because a busy machine makes outliers. */
const RUNS = 3;
/** Ninety days are played through the real use cases before the demo answers. */
const DEMO_MS = 240_000;
const PAGES = [
  { name: 'Dashboard', path: '' },
  { name: 'Links', path: 'links' },
  { name: 'Commissions', path: 'commissions' },
  { name: 'Log-in', path: 'log-in', guest: true },
];
// The sandbox needs a user namespace, which root and containers do not have; the pages are our own.
const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** Starts the demo; gives its address, its affiliate's portal and log-in, and a way to stop it. */
async function startDemo(dataDir) {
  const [port, shop] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...withoutSettings(),
    TRIBUTARY_DATA_DIR: dataDir,
    TRIBUTARY_LISTEN: `127.0.0.1:${port}`,
    TRIBUTARY_BASE_URL: url,
    TRIBUTARY_SHOP_LISTEN: `127.0.0.1:${shop}`,
  };
  const program = await launch(BINARY, ['demo'], {
    env, log: `lighthouse-${port}.log`, ready: `${url}/readyz`, patienceMs: DEMO_MS,
  });
  // Ready and printed are a moment apart.
  while (!program.printed().includes('A link')) await new Promise((resolve) => { setTimeout(resolve, 50); });
  const [, slug, email, password] = program.printed().match(/Affiliate +\S+\/portal\/(\S+)\/\n +(\S+) \/ (.+)/);
  return { url, portal: `${url}/portal/${slug}/`, email, password, stop: () => program.stop() };
}

/** Logs in as the demo's affiliate; gives the cookies. */
async function logIn({ url, portal, email, password }) {
  const answer = await fetch(`${portal}log-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: url },
    body: new URLSearchParams({ email, password, next: '' }),
  });
  if (answer.status !== 303) throw new Error(`the log-in answered ${answer.status}`);
  return answer.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ');
}

/** One run of Lighthouse on one page. */
async function run(address, port, cookie) {
  const { lhr } = await lighthouse(address, {
    port,
    logLevel: 'error',
    onlyCategories: Object.keys(LEAST),
    extraHeaders: cookie ? { Cookie: cookie } : {},
  });
  if (lhr.runtimeError) throw new Error(`${address}: ${lhr.runtimeError.message}`);
  if (new URL(lhr.finalDisplayedUrl).pathname !== new URL(address).pathname) {
    throw new Error(`${address} led to ${lhr.finalDisplayedUrl}`);
  }
  const score = (name) => Math.round(lhr.categories[name].score * 100);
  const value = (name) => lhr.audits[name].numericValue;
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    fcp: value('first-contentful-paint'),
    lcp: value('largest-contentful-paint'),
    tbt: value('total-blocking-time'),
    cls: value('cumulative-layout-shift'),
    bytes: value('total-byte-weight'),
    faults: Object.values(lhr.categories.accessibility.auditRefs)
      .map(({ id }) => lhr.audits[id])
      .filter(({ score: of, scoreDisplayMode }) => scoreDisplayMode === 'binary' && of < 1)
      .map(({ title }) => title),
    version: lhr.lighthouseVersion,
    chrome: lhr.environment.hostUserAgent.match(/Chrome\/[\d.]+/)?.[0] ?? 'unknown',
  };
}

/** The run in the middle by performance; accessibility must hold in each. */
function middle(runs) {
  const byPerformance = [...runs].sort((a, b) => a.performance - b.performance);
  const chosen = byPerformance[Math.floor(runs.length / 2)];
  return { ...chosen, accessibility: Math.min(...runs.map(({ accessibility }) => accessibility)) };
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
const row = (cells) => `| ${cells.join(' | ')} |`;

function table(results) {
  const heads = ['Page', 'Performance', 'Accessibility', 'First paint', 'Largest paint', 'Blocked', 'Shift', 'Transferred'];
  const lines = results.map(({ name, of }) => row([
    name, of.performance, of.accessibility, seconds(of.fcp), seconds(of.lcp), `${Math.round(of.tbt)} ms`,
    of.cls.toFixed(3), `${Math.round(of.bytes / 1024)} KiB`,
  ]));
  return [row(heads), row(['---', ...heads.slice(1).map(() => '---:')]), ...lines].join('\n');
}

const dataDir = mkdtempSync(join(tmpdir(), 'tributary-lighthouse-'));
let demo;
let chrome;
const results = [];
try {
  demo = await startDemo(dataDir);
  const cookie = await logIn(demo);
  chrome = await launchChrome({ chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium', chromeFlags: FLAGS, logLevel: 'error' });
  for (const { name, path, guest } of PAGES) {
    const runs = [];
    for (let count = 0; count < RUNS; count += 1) {
      runs.push(await run(demo.portal + path, chrome.port, guest ? '' : cookie));
    }
    results.push({ name, of: middle(runs) });
  }
} finally {
  chrome?.kill();
  await demo?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

const shown = table(results);
console.log(shown);
const build = relative(ROOT, BINARY).includes('debug') ? 'a debug build' : 'a release build';
const { version, chrome: browser } = results[0].of;
writeFileSync(REPORT, `# Lighthouse

\`make lighthouse\` starts the demo, logs in as its affiliate and measures pages of the portal in Lighthouse's mobile mode
(a slow phone on slow 4G, simulated), ${RUNS} runs a page of which the one in the middle counts. It fails below performance ${LEAST.performance} or
accessibility ${LEAST.accessibility}.

${shown}

Lighthouse ${version}, ${browser}, ${cpus().length} × ${cpus()[0].model.trim()}, ${build}, ${new Date().toISOString().slice(0, 10)}.
`);

const below = results.flatMap(({ name, of }) => Object.entries(LEAST)
  .filter(([category, least]) => of[category] < least)
  .map(([category, least]) => `${name}: ${category} ${of[category]}, must be ${least}${category === 'accessibility' ? ` (${of.faults.join('; ')})` : ''}`));
for (const line of below) console.error(line);
process.exitCode = below.length === 0 ? 0 : 1;
