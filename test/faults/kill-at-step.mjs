/**
 * Loaded into a process before its app (node --import): counts the steps that others can see, and on request kills the process with -9
 * right after the n-th. A step is a commit, a message on the bus that somebody acts on, or a request to a vendor that changes something:
 * when it is made, and when it is answered. What a process knows beside them dies with it, so to be killed after step n is, for all the
 * world, to be killed before step n + 1, and a loop over n leaves nothing out.
 */
import Database from 'libsql';
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

let steps = 0;
let last = Infinity;
let journal;

process.on('message', ({ killAfter, into }) => {
  steps = 0;
  last = killAfter ?? Infinity;
  journal = into;
  process.send('heard');
});
// The app's own end must not wait for this channel.
process.channel?.unref();

function step(what) {
  if (last === Infinity) return;
  steps += 1;
  appendFileSync(journal, `${what}\n`);
  if (steps === last) process.kill(process.pid, 'SIGKILL');
}

countCommits();
countMessages();
countVendorRequests();

function countCommits() {
  const { prepare } = Database.prototype;
  const written = new WeakMap();
  Database.prototype.prepare = function (text) {
    const statement = prepare.call(this, text);
    const [verb] = /^\s*(begin|commit|rollback|insert|update|delete)\b/i.exec(text) ?? [];
    if (verb === undefined || isRoutine(text)) return statement;
    for (const name of ['run', 'all']) {
      const original = statement[name];
      statement[name] = (...values) => {
        const result = original.apply(statement, values);
        noteStatement(this, verb.trim().toLowerCase(), text);
        return result;
      };
    }
    return statement;
  };

  function noteStatement(database, verb, text) {
    const open = written.get(database);
    if (verb === 'begin') written.set(database, []);
    else if (verb === 'rollback') written.delete(database);
    else if (verb === 'commit') {
      written.delete(database);
      // A transaction that only read has done nothing.
      if (open?.length > 0) step(`commit: ${open.join(', ')}`);
    } else if (open) open.push(inShort(text));
    else step(`commit: ${inShort(text)}`);
  }
}

/** What is written by the clock whether anything happens or not: leases that are kept, prices, measurements, who is alive. */
function isRoutine(text) {
  return /"?(measurement|sample|cache|duty|vendor)"?[\s(]/i.test(text) || /SET lease_until = /.test(text);
}

const inShort = (text) => text.trim().replaceAll('"', '').replace(/\s+/g, ' ').split(' ').slice(0, 3).join(' ');

/** Frames that go out together are one step: the kernel takes them as one. */
function countMessages() {
  const { write } = Socket.prototype;
  const acted = /(?:^|\r\n)H?PUB (agency\.(?:cfp|command|event|receipt)\S*|\$JS\.ACK\.\w+\.\w+|_INBOX)/g;
  Socket.prototype.write = function (chunk, ...rest) {
    const result = write.call(this, chunk, ...rest);
    if (last !== Infinity && chunk instanceof Uint8Array && !(chunk[0] > 90)) {
      const subjects = [...Buffer.from(chunk).toString('latin1').matchAll(acted)].map(([, subject]) => subject);
      if (subjects.length > 0) step(`message: ${subjects.join(', ')}`);
    }
    return result;
  };
}

function countVendorRequests() {
  const changes = ({ method }) => method !== 'GET' && method !== 'HEAD';
  subscribe('http.client.request.start', ({ request }) => {
    if (changes(request)) step(`request: ${request.method} ${request.path}`);
  });
  subscribe('http.client.response.finish', ({ request, response }) => {
    if (changes(request)) step(`answer: ${request.method} ${request.path} ${response.statusCode}`);
  });
}
