// A mail server for tests: takes what Tributary sends over SMTP and keeps it, decoded, so that a test
// reads a mail as its recipient would. It can refuse an address, be busy for it, or not answer at all.

import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { later } from './later.js';

// A job is looked for every second or so, and a test machine may be slow.
const ARRIVES_MS = 60_000;
const LOOK_AGAIN_MS = 50;

/** Answers to RCPT for an address in a mood; `null` is no answer at all. */
const ANSWERS = {
  refuses: '550 5.1.1 no such mailbox',
  busy: '451 4.3.0 come back later',
  hangs: null,
};

/**
 * A mail server on 127.0.0.1 and a free port: `const mail = await MailServer.start(t)`, then
 * `Tributary.start(t, { mail })`. It ends with the test `t`.
 *
 * A message is `{ from, to: [], headers: Map of lower-case names to decoded values, subject, text, html, raw }`.
 */
export class MailServer {
  #server;
  #sockets = new Set();
  #moods = new Map();

  /** Every message taken, oldest first. */
  messages = [];

  /** Addresses that were refused, put off or left waiting, as they were asked for. */
  turnedAway = [];

  static async start(t) {
    const mail = new MailServer();
    mail.#server = createServer((socket) => mail.#converse(socket));
    await new Promise((resolve, reject) => {
      mail.#server.once('error', reject);
      mail.#server.listen(0, '127.0.0.1', resolve);
    });
    mail.port = mail.#server.address().port;
    mail.url = `smtp://127.0.0.1:${mail.port}`;
    later(t, () => mail.stop());
    return mail;
  }

  /** From now on this address does not exist (550). */
  refuse(address) {
    this.#moods.set(address.toLowerCase(), 'refuses');
  }

  /** From now on this address cannot be served just now (451). */
  busy(address) {
    this.#moods.set(address.toLowerCase(), 'busy');
  }

  /** From now on there is no answer for this address. */
  hang(address) {
    this.#moods.set(address.toLowerCase(), 'hangs');
  }

  /** From now on mail for this address is taken. */
  accept(address) {
    this.#moods.delete(address.toLowerCase());
  }

  /** The messages to an address so far, oldest first. */
  to(address) {
    return this.messages.filter((message) => message.to.includes(address.toLowerCase()));
  }

  /** Waits for the first message to an address, after `after` others, whose subject fits. */
  async arrives(address, { subject = /./, after = 0, patienceMs = ARRIVES_MS } = {}) {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const found = this.to(address).filter((message) => subject.test(message.subject))[after];
      if (found) return found;
      if (Date.now() > deadline) {
        const there = this.messages.map((message) => `${message.to}: ${message.subject}`);
        throw new Error(`no mail to ${address} with ${subject}; there are ${JSON.stringify(there)}`);
      }
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Ends the server and every conversation. */
  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => { this.#server.close(resolve); });
  }

  #converse(socket) {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const say = (line) => socket.write(`${line}\r\n`);
    let envelope = { from: '', to: [] };
    let reading = false;
    let waiting = '';
    let message = [];

    const take = (line) => {
      if (reading) {
        if (line !== '.') {
          message.push(line.startsWith('.') ? line.slice(1) : line);
          return;
        }
        reading = false;
        this.messages.push({ ...envelope, ...readMessage(message.join('\r\n')) });
        envelope = { from: '', to: [] };
        say('250 2.0.0 taken');
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        socket.write('250-test.invalid\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n');
      } else if (verb === 'MAIL') {
        envelope = { from: address(line), to: [] };
        say('250 2.1.0 ok');
      } else if (verb === 'RCPT') {
        const to = address(line);
        const mood = this.#moods.get(to);
        if (mood) this.turnedAway.push(to);
        else envelope.to.push(to);
        const answer = mood ? ANSWERS[mood] : '250 2.1.5 ok';
        if (answer !== null) say(answer);
      } else if (verb === 'DATA') {
        reading = envelope.to.length > 0;
        message = [];
        say(reading ? '354 go on' : '503 5.5.1 nobody to send to');
      } else if (verb === 'QUIT') {
        say('221 2.0.0 bye');
        socket.end();
      } else if (['HELO', 'RSET', 'NOOP'].includes(verb)) {
        say('250 ok');
      } else {
        say('502 5.5.2 not known here');
      }
    };

    say('220 test.invalid ESMTP');
    // latin1 keeps every byte as it is; the parts are decoded by what their headers say.
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      waiting += chunk;
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        take(line);
      }
    });
  }
}

/** The address between the angle brackets of MAIL or RCPT, in lower case. */
function address(line) {
  return (line.match(/<([^>]*)>/)?.[1] ?? '').toLowerCase();
}

/** Headers, subject and the text and HTML parts of a message. */
function readMessage(raw) {
  const { headers, leaves } = readPart(raw);
  const part = (type) => leaves.find((leaf) => leaf.type === type)?.content ?? '';
  return { headers, subject: headers.get('subject') ?? '', text: part('text/plain'), html: part('text/html'), raw };
}

/** A part of a message: its headers, and the leaves of the tree that begins with it. */
function readPart(raw) {
  const split = raw.indexOf('\r\n\r\n');
  const head = split === -1 ? raw : raw.slice(0, split);
  const body = split === -1 ? '' : raw.slice(split + 4);
  const headers = new Map(head
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .filter((line) => line.includes(':'))
    .map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }));
  const kind = headers.get('content-type') ?? 'text/plain; charset=utf-8';
  const type = kind.split(';')[0].trim().toLowerCase();
  if (type.startsWith('multipart/')) {
    const boundary = parameter(kind, 'boundary');
    const inner = `\r\n${body}`.split(`\r\n--${boundary}`).slice(1).filter((part) => !part.startsWith('--'));
    return { headers, leaves: inner.flatMap((part) => readPart(part.replace(/^\r\n/, '')).leaves) };
  }
  const charset = parameter(kind, 'charset') || 'utf-8';
  const bytes = decodeBody(body, (headers.get('content-transfer-encoding') ?? '7bit').toLowerCase());
  return { headers, leaves: [{ type, content: new TextDecoder(charset).decode(bytes).replaceAll('\r\n', '\n') }] };
}

/** A parameter of a header, with or without quotes. */
function parameter(value, name) {
  const [, quoted, plain] = value.match(new RegExp(`${name}=(?:"([^"]*)"|([^;\\s]*))`, 'i')) ?? [];
  return quoted ?? plain ?? '';
}

function decodeBody(body, encoding) {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding === 'quoted-printable') return decodeQuoted(body.replace(/=\r\n/g, ''));
  return Buffer.from(body, 'latin1');
}

function decodeQuoted(text) {
  return Buffer.from(text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
}

/** Encoded words of RFC 2047 (`=?utf-8?b?…?=`), and UTF-8 as SMTPUTF8 allows it. */
function decodeWords(text) {
  const words = text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset, how, word) => {
      const bytes = how.toLowerCase() === 'b' ? Buffer.from(word, 'base64') : decodeQuoted(word.replaceAll('_', ' '));
      return Buffer.from(new TextDecoder(charset).decode(bytes)).toString('latin1');
    });
  return Buffer.from(words, 'latin1').toString('utf-8');
}
