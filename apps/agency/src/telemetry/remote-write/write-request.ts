/** Prometheus remote-write requests: https://prometheus.io/docs/specs/prw/remote_write_spec/ and …_2_0/. */
import protobuf from 'protobufjs/light.js';
import { compress } from 'snappyjs';
import { figures } from '../figure.js';
import type { Sample } from './series.js';

/** 1: prometheus.WriteRequest. 2: io.prometheus.write.v2.Request. */
export type Protocol = 1 | 2;

export interface WriteRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** How many samples it holds. */
  readonly samples: number;
}

const protocols = {
  1: { type: 'application/x-protobuf', version: '0.1.0', written: requestOf },
  2: { type: 'application/x-protobuf;proto=io.prometheus.write.v2.Request', version: '2.0.0', written: request2Of },
} as const;

export function writeRequest(samples: readonly Sample[], protocol: Protocol, agent: string): WriteRequest {
  const { type, version, written } = protocols[protocol];
  return {
    headers: {
      'Content-Type': type,
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': version,
      'User-Agent': agent,
    },
    body: Buffer.from(compress(written(samples))),
    samples: samples.length,
  };
}

/** A NaN with these bits says that a series has ended. A number cannot hold it: engines may write any NaN they like. */
const staleMarker = { high: 0x7ff00000, low: 2, unsigned: true };

/** How a field is written, in the lowest bits of what stands before it. */
const wire = { varint: 0, bits64: 1, delimited: 2 } as const;
const tag = (field: number, type: keyof typeof wire): number => (field << 3) | wire[type];

type Writer = protobuf.Writer;

/** A message, or a packed list, as a field of another. */
const inside = (writer: Writer, field: number): Writer => writer.uint32(tag(field, 'delimited')).fork();

function requestOf(samples: readonly Sample[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const sample of samples) {
    inside(writer, 1);
    for (const [name, value] of sample.labels) {
      inside(writer, 1).uint32(tag(1, 'delimited')).string(name).uint32(tag(2, 'delimited')).string(value).ldelim();
    }
    writeSample(writer, sample).ldelim();
  }
  return writer.finish();
}

const gauge = 2;

/** Every text stands once, in the table of symbols, whose first is empty. */
function request2Of(samples: readonly Sample[]): Uint8Array {
  const symbols = new Map([['', 0]]);
  const reference = (text: string): number => {
    const known = symbols.get(text) ?? symbols.size;
    symbols.set(text, known);
    return known;
  };
  const series = protobuf.Writer.create();
  for (const sample of samples) {
    inside(inside(series, 5), 1);
    for (const text of sample.labels.flat()) series.uint32(reference(text));
    series.ldelim();
    writeSample(series, sample);
    inside(series, 5)
      .uint32(tag(1, 'varint'))
      .int32(gauge)
      .uint32(tag(3, 'varint'))
      .uint32(reference(helpOf(sample)));
    series.ldelim().ldelim();
  }
  const table = protobuf.Writer.create();
  for (const symbol of symbols.keys()) table.uint32(tag(4, 'delimited')).string(symbol);
  return Buffer.concat([table.finish(), series.finish()]);
}

function helpOf({ labels }: Sample): string {
  const name = labels.find(([label]) => label === '__name__')?.[1];
  return Object.entries(figures).find(([known]) => known === name)?.[1].help ?? '';
}

/** `Sample { double value = 1; int64 timestamp = 2; }`, field 2 of its series in both protocols. */
function writeSample(writer: Writer, { value, at }: Sample): Writer {
  inside(writer, 2).uint32(tag(1, 'bits64'));
  if (value === 'stale') writer.fixed64(staleMarker);
  else writer.double(value);
  return writer.uint32(tag(2, 'varint')).int64(at).ldelim();
}
