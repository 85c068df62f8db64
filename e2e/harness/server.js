// A Tributary of one's own for a test: a free port, an empty data folder, stopped by process id.

import { execFile } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { later } from './later.js';
import { ROOT } from './paths.js';
import { freePort, launch, withoutSettings } from './program.js';

const BINARY = process.env.TRIBUTARY_BIN ?? join(ROOT, 'target/debug/tributary');
const SQLITE_SCRIPT = process.env.SQLITE_SCRIPT_BIN ?? join(ROOT, 'target/debug/sqlite-script');

// A call that takes longer than this is stuck; fetch itself would wait five minutes.
const CALL_MS = 60_000;
// Ninety days are played through the real use cases before the demo answers.
const DEMO_MS = 300_000;
const DAY_MS = 24 * 3600 * 1000;

// In memory, where there is much of it: on a disk each commit waits.
const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 2 * 1024 ** 3;

/** The folder for data folders. */
function quickFolder() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= MEMORY_BYTES_MIN) return MEMORY;
  } catch {
    // There is none here.
  }
  return tmpdir();
}

/** The owner that `init` makes; tests log in with it. */
export const OWNER = { email: 'owner@acme.example', password: 'correct horse battery staple' };

/**
 * One installation: its folder, its address and, once `init` ran, its business.
 *
 * `const server = await Tributary.start(t)` gives an empty one, which shows the set-up page;
 * `Tributary.start(t, { business: 'Acme' })` one with a business, its owner (OWNER) and
 * `server.business = { business_id, slug, api_key, admin_url, portal_url }`.
 * `Tributary.start(t, { mail })` sends its mail to that `MailServer` (see smtp.js); `{ host: 'localhost' }`
 * has a name, which passkeys need; `{ clock: true }` has a clock that `server.stopClock()`,
 * `server.advance(ms)`, `server.advanceToNoon()` and `server.startClock()` move.
 * It stops, and its folder goes, when the test `t` ends; for all tests of a file, start it in
 * `before` with what `wholeFile()` gave as `t`.
 */
export class Tributary {
  static async start(t, { business, mail, host, clock = false, env = {} } = {}) {
    const sending = mail ? { TRIBUTARY_SMTP_URL: mail.url } : {};
    const server = new Tributary(await freePort(), { ...sending, ...env }, host);
    later(t, () => server.remove());
    if (clock) server.#setUpClock();
    if (business) await server.init(business);
    await server.serve();
    return server;
  }

  /** The demo, filled, with its shop on a port of its own; `server.printed()` says how to get in. */
  static async demo(t) {
    const shopPort = await freePort();
    const server = new Tributary(await freePort(), { TRIBUTARY_SHOP_LISTEN: `127.0.0.1:${shopPort}` });
    server.shopUrl = `http://127.0.0.1:${shopPort}`;
    later(t, () => server.remove());
    await server.#launch(['demo'], { patienceMs: DEMO_MS });
    return server;
  }

  constructor(port, env, host = '127.0.0.1') {
    this.port = port;
    this.url = `http://${host}:${port}`;
    this.dataDir = mkdtempSync(join(quickFolder(), 'tributary-e2e-'));
    this.env = {
      ...withoutSettings(),
      TRIBUTARY_DATA_DIR: this.dataDir,
      TRIBUTARY_LISTEN: `127.0.0.1:${port}`,
      TRIBUTARY_BASE_URL: this.url,
      TRIBUTARY_LOG: 'info',
      ...env,
    };
  }

  /** Makes a business through the command line; call before `serve` or beside it. */
  async init(name, { email = OWNER.email, password = OWNER.password, currency = 'USD' } = {}) {
    const printed = await this.run('init', '--business', name, '--owner-email', email,
      '--owner-password', password, '--currency', currency, '--json');
    const made = JSON.parse(printed);
    this.business ??= made;
    return made;
  }

  /** Runs a command of the binary on this installation; gives what it printed. */
  async run(...args) {
    const { stdout } = await promisify(execFile)(BINARY, args, { env: this.env });
    return stdout;
  }

  /**
   * Runs statements on the database beside the server: puts something in its way that no page can, such as a
   * trigger that refuses a row, and takes it away again.
   */
  async sql(statements) {
    await promisify(execFile)(SQLITE_SCRIPT, [join(this.dataDir, 'tributary.db'), statements]);
  }

  /** Starts the server and waits until it is ready. */
  async serve(...args) {
    await this.#launch(['serve', ...args]);
  }

  async #launch(args, options) {
    this.program = await launch(BINARY, args, {
      env: this.env, log: `server-${this.port}.log`, ready: `${this.url}/readyz`, ...options,
    });
  }

  /** The time by the server's clock, in milliseconds. */
  now() {
    return this.clock?.stands ?? Date.now() + (this.clock?.moved ?? 0);
  }

  /** Stops the server's clock where it is: only `advance` moves it from here on. */
  stopClock() {
    this.clock.stands = this.now();
    this.#setClock();
  }

  /** Lets a clock that stands go on: at the time at which it would be by itself, or where it was moved to. */
  startClock() {
    this.clock.moved = Math.max(this.clock.moved, this.now() - Date.now());
    this.clock.stands = null;
    this.#setClock();
  }

  /** Moves the server's clock on by so many milliseconds: sessions, limits and jobs see it at once. */
  advance(ms) {
    if (this.clock.stands === null) this.clock.moved += ms;
    else this.clock.stands += ms;
    this.#setClock();
  }

  /** Moves the server's clock on to the next noon (UTC): no day ends while a test runs. */
  advanceToNoon() {
    this.advance(DAY_MS - ((this.now() + DAY_MS / 2) % DAY_MS));
  }

  #setUpClock() {
    this.clock = { file: join(this.dataDir, 'test-clock'), moved: 0, stands: null };
    this.env.TRIBUTARY_TEST_CLOCK = this.clock.file;
    this.#setClock();
  }

  #setClock() {
    const { file, moved, stands } = this.clock;
    // Put in place whole: the server never reads half of it.
    writeFileSync(`${file}.next`, stands === null ? String(moved) : `=${stands}`);
    renameSync(`${file}.next`, file);
  }

  /** What the running server has printed. */
  printed() {
    return this.program.printed();
  }

  /** Stops the server; the folder stays, so `serve` starts it again. */
  async stop(signal) {
    const { program } = this;
    this.program = undefined;
    await program?.stop(signal);
  }

  /** Stops the server and removes its folder. */
  async remove() {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** A call of the JSON API with the business's key: `await server.api('POST', '/track/sale', {…})`. */
  async api(method, path, body, { key = this.business?.api_key, headers = {} } = {}) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(CALL_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} /api/v1${path} answered ${answer.status}: ${text}`);
    return text === '' ? null : JSON.parse(text);
  }
}
