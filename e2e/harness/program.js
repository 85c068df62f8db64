// A program of this repository under test: started on a free port, waited for, stopped by process id.

import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OUT } from './paths.js';

// The server promises to drain within ten seconds of SIGTERM.
const STOP_MS = 12_000;
const READY_MS = 60_000;

// Ports below those that systems give to whoever asks for any, so that no connection of another process takes
// one between its choice and its use, or while its server starts anew.
const PORTS = { first: 20_000, count: 10_000 };
let nextPort = (process.pid * 41) % PORTS.count;

/** A port that is free now, and that no other test file chooses as long as this one runs. */
export async function freePort() {
  for (let tries = 0; tries < PORTS.count; tries += 1) {
    const port = PORTS.first + nextPort;
    nextPort = (nextPort + 1) % PORTS.count;
    if (await claim(port)) return port;
  }
  throw new Error('no port is free');
}

/** Takes the UDP port of the same number, which nobody uses: that tells the other files. */
async function claim(port) {
  const claimed = createSocket('udp4');
  const isOurs = await new Promise((resolve) => {
    claimed.once('error', () => resolve(false));
    claimed.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  if (isOurs && await isFree(port)) {
    claimed.unref();
    return true;
  }
  claimed.close();
  return false;
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** This process's environment without the settings of whoever runs the tests. */
export function withoutSettings() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRIBUTARY_')));
}

/**
 * Starts `binary` and waits until the address `ready` answers well; what it prints goes to `log` in
 * `e2e/out`. Gives `stop(signal)`, which asks it to end and, when it does not, makes it; and
 * `printed()`, what it has printed by now.
 */
export async function launch(binary, args, { env, log, ready, patienceMs = READY_MS }) {
  mkdirSync(OUT, { recursive: true });
  const logFile = join(OUT, log);
  const output = openSync(logFile, 'a');
  const child = spawn(binary, args, { env, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', resolve);
  });
  const killWithTest = () => child.kill('SIGKILL');
  process.once('exit', killWithTest);

  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(patience);
    process.off('exit', killWithTest);
  };

  const printed = () => readFileSync(logFile, 'utf8');

  const deadline = Date.now() + patienceMs;
  while (Date.now() < deadline && child.exitCode === null && child.pid) {
    const answer = await fetch(ready).catch(() => null);
    if (answer?.ok) return { stop, printed };
    await sleep(50);
  }
  await stop('SIGKILL');
  throw new Error(`${binary} ${args.join(' ')} did not get ready:\n${printed()}`);
}
