// A program of this repository under test: started on a free port, waited for, stopped by process id.

import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OUT } from './paths.js';

// The server promises to drain within ten seconds of SIGTERM.
const STOP_MS = 12_000;
const READY_MS = 30_000;

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
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
