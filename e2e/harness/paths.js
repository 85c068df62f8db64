import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Screenshots and server logs of the last run; not committed. */
export const OUT = fileURLToPath(new URL('../out', import.meta.url));
