// Accessibility: axe-core on a page, with findings that can be acted on.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Fails with a readable list when axe finds anything on the page. */
export async function axe(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const violations = await page.evaluate(async (rules) => {
    const result = await window.axe.run(document, {
      runOnly: { type: 'tag', values: rules },
      resultTypes: ['violations'],
    });
    return result.violations;
  }, RULES);
  if (violations.length === 0) return;
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
