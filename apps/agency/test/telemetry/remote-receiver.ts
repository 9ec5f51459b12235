import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import protobuf from 'protobufjs';
import { uncompressSync } from 'snappy';

/** As the specifications of both protocols write them. */
const schema = `syntax = "proto3";
message Sample { double value = 1; int64 timestamp = 2; }
message Label { string name = 1; string value = 2; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
message WriteRequest { repeated TimeSeries timeseries = 1; }
message Metadata { int32 type = 1; uint32 help_ref = 3; uint32 unit_ref = 4; }
message TimeSeries2 { repeated uint32 labels_refs = 1; repeated Sample samples = 2; Metadata metadata = 5; }
message Request { repeated string symbols = 4; repeated TimeSeries2 timeseries = 5; }`;
const { root } = protobuf.parse(schema, { keepCase: true });

export interface ReceivedSample {
  readonly labels: Readonly<Record<string, string>>;
  /** In the order in which they came. */
  readonly names: readonly string[];
  readonly value: number;
  readonly at: number;
  readonly help?: string;
}

interface Series {
  readonly labels?: readonly { readonly name: string; readonly value: string }[];
  readonly labels_refs?: readonly number[];
  readonly samples: readonly { readonly value: number; readonly timestamp: number }[];
  readonly metadata?: { readonly help_ref: number };
}

/** What a request says, by the schema; it is written without one, and unpacked by another library than that which packed it. */
export function decodedRequest(body: Buffer, protocol: 1 | 2 = 1): readonly ReceivedSample[] {
  const type = root.lookupType(protocol === 1 ? 'WriteRequest' : 'Request');
  const message = type.toObject(type.decode(uncompressSync(body) as Buffer), { longs: Number, arrays: true, defaults: true });
  const { timeseries, symbols = [] } = message as { timeseries: readonly Series[]; symbols?: readonly string[] };
  return timeseries.flatMap(({ labels, labels_refs: references = [], samples, metadata }) => {
    const texts = labels?.flatMap(({ name, value }) => [name, value]) ?? references.map((index) => symbols[index] ?? '');
    const pairs = texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? ''] as const] : []));
    return samples.map(({ value, timestamp }) => ({
      labels: Object.fromEntries(pairs),
      names: pairs.map(([name]) => name),
      ...{ value, at: timestamp },
      ...(metadata && { help: symbols[metadata.help_ref] ?? '' }),
    }));
  });
}

/** Somebody's Prometheus: keeps what it takes, and answers as it is told. */
export class RemoteReceiver {
  readonly requests: { readonly headers: IncomingHttpHeaders; readonly body: Buffer; readonly status: number }[] = [];
  /** Statuses of the next answers; 204 when there are none left. */
  readonly answers: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(wantedPort = 0): Promise<RemoteReceiver> {
    const server = createServer();
    server.listen(wantedPort, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const receiver = new RemoteReceiver(server, `http://127.0.0.1:${String(port)}/api/v1/write`);
    server.on('request', (request, response) => {
      void buffer(request).then((body) => {
        const { status, headers = {} } = receiver.answers.shift() ?? { status: 204 };
        receiver.requests.push({ headers: request.headers, body, status });
        response.writeHead(status, headers).end(status === 204 ? undefined : 'not today');
      });
    });
    return receiver;
  }

  /** Every sample that was taken, in order. */
  taken(): readonly ReceivedSample[] {
    return this.requests.filter(({ status }) => status < 300).flatMap(({ body }) => decodedRequest(body));
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
