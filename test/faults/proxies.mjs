/** Stands between a client of NATS and its server, and does to single messages what networks do: drops, doubles and delays them. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const headOf = /^(H?PUB|H?MSG) /;

export class NatsProxy {
  rules = new Set();
  links = new Set();
  state = 'open';

  static async open(serverPort) {
    const proxy = new NatsProxy();
    proxy.server = createServer((client) => proxy.link(client, serverPort)).listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.url = `nats://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  /**
   * Does something to the first message that matches. `way` is 'out' for what the client sends, 'in' for what it gets.
   * @returns { hit } whether one has come.
   */
  once(rule) {
    const one = { ...rule, hit: false };
    this.rules.add(one);
    return one;
  }

  /** Connections break, and none is made, until `heal`. */
  cut() {
    this.state = 'cut';
    for (const { client, server } of this.links) {
      client.destroy();
      server.destroy();
    }
  }

  /** Connections stand, and nothing gets through until `heal`; then all of it does. */
  hold() {
    this.state = 'held';
  }

  heal() {
    this.state = 'open';
    for (const link of this.links) for (const way of [link.out, link.in]) way.flush();
  }

  close() {
    this.cut();
    this.server.close();
  }

  link(client, serverPort) {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(serverPort, '127.0.0.1');
    const link = { client, server, out: new Way(this, 'out', server), in: new Way(this, 'in', client) };
    this.links.add(link);
    const end = () => {
      this.links.delete(link);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.setNoDelay(true).on('error', end).on('close', end);
    client.on('data', (chunk) => link.out.take(chunk));
    server.on('data', (chunk) => link.in.take(chunk));
  }
}

/** One direction of a connection. */
class Way {
  rest = Buffer.alloc(0);
  held = [];

  constructor(proxy, name, to) {
    Object.assign(this, { proxy, name, to });
  }

  take(chunk) {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (let frame = this.next(); frame; frame = this.next()) this.pass(frame);
  }

  /** A whole frame: a line, and what it says that follows. */
  next() {
    const end = this.rest.indexOf('\r\n');
    if (end < 0) return undefined;
    const words = this.rest.toString('latin1', 0, end).split(' ');
    const isMessage = headOf.test(`${words[0]} `);
    const length = end + 2 + (isMessage ? Number(words.at(-1)) + 2 : 0);
    if (this.rest.length < length) return undefined;
    const bytes = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return isMessage ? { bytes, subject: words[1], payload: bytes.subarray(end + 2) } : { bytes };
  }

  pass(frame) {
    const rule = frame.subject === undefined ? undefined : this.ruleFor(frame);
    if (!rule) {
      this.send(frame.bytes);
      return;
    }
    rule.hit = true;
    if (rule.does === 'doubled') this.send(Buffer.concat([frame.bytes, frame.bytes]));
    if (rule.does === 'delayed') setTimeout(() => this.send(frame.bytes), rule.byMs);
  }

  ruleFor(frame) {
    return [...this.proxy.rules].find((rule) => !rule.hit && rule.way === this.name && rule.matches(frame));
  }

  send(bytes) {
    if (this.proxy.state === 'held') this.held.push(bytes);
    else if (!this.to.destroyed) this.to.write(bytes);
  }

  flush() {
    for (const bytes of this.held.splice(0)) this.send(bytes);
  }
}
