// Accessibility: axe-core on a page, with findings that can be acted on.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { note } from './seen.js';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ALL = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/**
 * Fails with a readable list when axe finds anything on the page. `colours` looks at what a theme can
 * change and at nothing else, for a page that was looked at in another theme. What is well is noted (seen.js).
 */
export async function axe(page, { colours = false } = {}) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
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
