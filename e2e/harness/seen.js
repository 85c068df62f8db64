// What axe has found nothing on: kept by every test file, so that after the last one it can be told which
// page it has never seen.

import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SIZES } from './browser.js';
import { OUT } from './paths.js';

// Files run as processes of their own; each writes its own list.
const FOLDER = join(OUT, 'seen');
const OWN = `${process.pid}.jsonl`;

/**
 * Notes the page as it is now: its path, size and theme, and whether all rules were asked or (`colours`)
 * those alone that a theme can change. An error page at an address is not the page of that address.
 */
export async function note(page, { colours }) {
  const { width } = page.viewportSize();
  const size = Object.keys(SIZES).find((name) => SIZES[name].width === width);
  const { status, path, theme } = await page.evaluate(() => ({
    status: performance.getEntriesByType('navigation')[0]?.responseStatus,
    path: window.location.pathname,
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
  }));
  if (status !== 200 || !size) return;
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(join(FOLDER, OWN), `${JSON.stringify({ path, size, theme, whole: !colours })}\n`);
}

/** All that was noted since the folder was last emptied, which `npm test` does first; `own`: by this process. */
export function seen({ own = false } = {}) {
  mkdirSync(FOLDER, { recursive: true });
  return readdirSync(FOLDER)
    .filter((file) => !own || file === OWN)
    .flatMap((file) => readFileSync(join(FOLDER, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line));
}

/** The route that serves a path, of such as `/admin/payouts/{id}`: the one with the fewest places; null is none. */
export function routeOf(path, routes) {
  const places = (route) => route.split('{').length;
  const pattern = (route) => new RegExp(`^${route.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
  const fitting = routes.filter((route) => pattern(route).test(path));
  return fitting.sort((a, b) => places(a) - places(b))[0] ?? null;
}
