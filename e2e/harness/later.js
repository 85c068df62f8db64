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
