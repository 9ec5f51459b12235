import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

const types = { A: 1, NS: 2, CNAME: 5, MX: 15, TXT: 16, SRV: 33 } as const;
type Type = keyof typeof types;

/** A name server on a loopback address that knows a few records; what it does not know, does not exist. */
export class NameServer {
  private constructor(
    private readonly socket: Socket,
    readonly port: number,
    private readonly records: Readonly<Record<string, readonly Buffer[]>>,
  ) {}

  static async at(address: string, records: Readonly<Record<string, readonly Buffer[]>>): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    const server = new NameServer(socket, socket.address().port, records);
    socket.on('message', (query, from) => {
      const answer = server.answer(query);
      if (answer) socket.send(answer, from.port, from.address);
    });
    return server;
  }

  async close(): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  /** Undefined for the name that it keeps silent about. */
  private answer(query: Buffer): Buffer | undefined {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const code = query.readUInt16BE(at + 1);
    const question = query.subarray(12, at + 5);
    const name = labels.join('.').toLowerCase();
    if (name === 'silent.example') return undefined;
    const type = (Object.keys(types) as Type[]).find((one) => types[one] === code);
    const known = this.records[`${name} ${type ?? '?'}`];
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(known?.length ?? 0, 6);
    const answers = (known ?? []).map((data) => {
      const record = Buffer.alloc(12);
      record.writeUInt16BE(0xc00c, 0);
      record.writeUInt16BE(code, 2);
      record.writeUInt16BE(1, 4);
      record.writeUInt32BE(60, 6);
      record.writeUInt16BE(data.length, 10);
      return Buffer.concat([record, data]);
    });
    return Buffer.concat([header, question, ...answers]);
  }
}

export const address = (text: string): Buffer => Buffer.from(text.split('.').map(Number));
export const name = (text: string): Buffer =>
  Buffer.concat([...text.split('.').map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
export const exchange = (priority: number, host: string): Buffer => Buffer.concat([Buffer.from([0, priority]), name(host)]);
export const words = (text: string): Buffer => Buffer.from([text.length, ...Buffer.from(text)]);
