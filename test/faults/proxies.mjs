/** Stand between a client and its server and do what networks do: break, go silent, and, to messages of NATS, drop, double and delay. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

const headOf = /^(H?PUB|H?MSG) /;

/** For any protocol. */
export class Proxy {
  links = new Set();
  state = 'open';

  static async open(serverPort) {
    const proxy = new this();
    proxy.server = createServer((client) => proxy.link(client, serverPort)).listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.port = proxy.server.address().port;
    return proxy;
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

  /** One direction of a connection. */
  way(_name, to) {
    return new Way(this, to);
  }

  link(client, serverPort) {
    if (this.state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(serverPort, '127.0.0.1');
    const link = { client, server, out: this.way('out', server), in: this.way('in', client) };
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

/** For NATS: what happens to single messages is up to rules. */
export class NatsProxy extends Proxy {
  rules = new Set();

  /**
   * Does something to the first message that `matches`: it is 'dropped', 'doubled' or 'delayed' `byMs`. `way` is 'out' for what the client
   * sends, 'in' for what it gets. @returns { hit } whether one has come.
   */
  once(rule) {
    const one = { ...rule, hit: false };
    this.rules.add(one);
    return one;
  }

  way(name, to) {
    return new MessageWay(this, name, to);
  }
}

class Way {
  held = [];

  constructor(proxy, to) {
    Object.assign(this, { proxy, to });
  }

  take(chunk) {
    this.send(chunk);
  }

  send(bytes) {
    if (this.proxy.state === 'held') this.held.push(bytes);
    else if (!this.to.destroyed) this.to.write(bytes);
  }

  flush() {
    for (const bytes of this.held.splice(0)) this.send(bytes);
  }
}

class MessageWay extends Way {
  rest = Buffer.alloc(0);

  constructor(proxy, name, to) {
    super(proxy, to);
    this.name = name;
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
}
