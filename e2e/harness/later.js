import { after } from 'node:test';

const piles = new WeakMap();

/**
 * Runs `work` when the test `t` ends, the latest first (`t.after` alone begins with the oldest, and
 * would stop a server under the pages that still talk to it). All of it runs; the first error counts.
 */
export function later(t, work) {
  if (!piles.has(t)) {
    const pile = [];
    piles.set(t, pile);
    t.after(async () => {
      const errors = [];
      while (pile.length > 0) {
        try {
          await pile.pop()();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw errors[0];
    });
  }
  piles.get(t).push(work);
}

/**
 * A stand-in for `t` that ends after the last test of a file; call it outside of all tests. (What
 * `before` itself hands to `after` ends with `before`.)
 */
export function wholeFile() {
  const hooks = [];
  after(async () => {
    for (const hook of hooks) await hook();
  });
  return { after: (hook) => hooks.push(hook) };
}
