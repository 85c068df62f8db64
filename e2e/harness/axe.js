// Accessibility: axe-core on a page, with findings that can be acted on.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { note } from './seen.js';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ALL = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/**
 * Fails with a readable list when axe finds anything on the page. `colours` looks at what a theme can
 * change and at nothing else: a theme changes no element, name, role or size, so that all other rules would
 * find in the dark what they have found in the light, and axe takes its time. That is what a dark page gets
 * unless the test says otherwise; routes.test.js makes sure that every page is seen whole in the light, too.
 * What is well is noted (seen.js).
 */
export async function axe(page, { colours } = {}) {
  const { here, dark } = await page.evaluate(() => ({
    here: 'axe' in window, dark: matchMedia('(prefers-color-scheme: dark)').matches,
  }));
  colours ??= dark;
  if (!here) await page.evaluate(SOURCE);
  const violations = await page.evaluate(async (runOnly) => {
    const result = await window.axe.run(document, { runOnly, resultTypes: ['violations'] });
    return result.violations;
  }, colours ? COLOURS : ALL);
  if (violations.length === 0) {
    await note(page, { colours });
    return;
  }
  const findings = violations.flatMap(({ id, impact, help, nodes }) => [
    `${id} (${impact}): ${help}`,
    ...nodes.map((node) => `    ${node.target.join(' ')}  ${reason(node)}`),
  ]);
  throw new Error(`axe on ${page.url()}\n${findings.join('\n')}`);
}

/** What axe says about one element, on one line. */
function reason({ any, all, none }) {
  return [...none, ...all, ...any].map((check) => check.message).join('; ').replace(/\s+/g, ' ');
}
