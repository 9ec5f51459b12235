/** Prometheus remote-write requests: https://prometheus.io/docs/specs/prw/remote_write_spec/ and …_2_0/. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
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
const staleMarker = 0x7ff0000000000002n;

function requestOf(samples: readonly Sample[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const sample of samples) {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of sample.labels) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name).tag(2, WireType.LengthDelimited).string(value);
      writer.join();
    }
    writeSample(writer, sample).join();
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
  const series = new BinaryWriter();
  for (const sample of samples) {
    series.tag(5, WireType.LengthDelimited).fork();
    series.tag(1, WireType.LengthDelimited).fork();
    for (const text of sample.labels.flat()) series.uint32(reference(text));
    series.join();
    writeSample(series, sample);
    series.tag(5, WireType.LengthDelimited).fork();
    series
      .tag(1, WireType.Varint)
      .int32(gauge)
      .tag(3, WireType.Varint)
      .uint32(reference(helpOf(sample)));
    series.join().join();
  }
  const written = series.finish();
  const writer = new BinaryWriter();
  for (const symbol of symbols.keys()) writer.tag(4, WireType.LengthDelimited).string(symbol);
  return writer.raw(written).finish();
}

function helpOf({ labels }: Sample): string {
  const name = labels.find(([label]) => label === '__name__')?.[1];
  return Object.entries(figures).find(([known]) => known === name)?.[1].help ?? '';
}

/** `Sample { double value = 1; int64 timestamp = 2; }`, field 2 of its series in both protocols. */
function writeSample(writer: BinaryWriter, { value, at }: Sample): BinaryWriter {
  writer.tag(2, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.Bit64);
  if (value === 'stale') writer.fixed64(staleMarker);
  else writer.double(value);
  return writer.tag(2, WireType.Varint).int64(at).join();
}
