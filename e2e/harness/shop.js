// The example shop as a business would run it: beside Tributary, with keys of its own.

import { join } from 'node:path';
import { later } from './later.js';
import { ROOT } from './paths.js';
import { launch, withoutSettings } from './program.js';

const BINARY = process.env.EXAMPLE_SHOP_BIN ?? join(ROOT, 'target/debug/example-shop');

/** Starts the shop on `port` (a campaign names its address before there are keys for it) until `t` ends. */
export async function openShop(t, { port, server, apiKey, publishableKey }) {
  const program = await launch(BINARY, [], {
    env: {
      ...withoutSettings(),
      SHOP_LISTEN: `127.0.0.1:${port}`,
      TRIBUTARY_URL: server.url,
      TRIBUTARY_API_KEY: apiKey,
      TRIBUTARY_PUBLISHABLE_KEY: publishableKey,
    },
    log: `shop-${port}.log`,
    ready: `http://127.0.0.1:${port}/`,
  });
  later(t, () => program.stop());
}
