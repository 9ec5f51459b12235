/**
 * The messages of OTLP/HTTP metrics, as opentelemetry-proto 1.x has them (collector/metrics/v1, metrics/v1, common/v1, resource/v1): what is read
 * of them. Fields that are not named here are passed over, as protobuf wants it.
 */
import { AgencyError } from '@cloud-agency/errors';
import protobuf from 'protobufjs/light.js';

type Fields = Readonly<Record<string, readonly [id: number, type: string, rule?: 'repeated' | 'optional']>>;

const points = (type: string): Fields => ({ dataPoints: [1, type, 'repeated'], aggregationTemporality: [2, 'int32'] });
/** What points of every kind say, at the places where these have it. */
const point = (attributes: number, start: number, time: number): Fields => ({
  attributes: [attributes, 'KeyValue', 'repeated'],
  startTimeUnixNano: [start, 'fixed64'],
  timeUnixNano: [time, 'fixed64'],
});
const counted = (count: number, sum: number): Fields => ({ count: [count, 'fixed64'], sum: [sum, 'double', 'optional'] });

const messages: Readonly<Record<string, Fields>> = {
  Request: { resourceMetrics: [1, 'ResourceMetrics', 'repeated'] },
  ResourceMetrics: { resource: [1, 'Resource'], scopeMetrics: [2, 'ScopeMetrics', 'repeated'] },
  Resource: { attributes: [1, 'KeyValue', 'repeated'] },
  ScopeMetrics: { scope: [1, 'Scope'], metrics: [2, 'Metric', 'repeated'] },
  Scope: { name: [1, 'string'] },
  Metric: {
    name: [1, 'string'],
    gauge: [5, 'Gauge'],
    sum: [7, 'Sum'],
    histogram: [9, 'Histogram'],
    exponentialHistogram: [10, 'ExponentialHistogram'],
    summary: [11, 'Summary'],
  },
  Gauge: { dataPoints: [1, 'NumberDataPoint', 'repeated'] },
  Sum: { ...points('NumberDataPoint'), isMonotonic: [3, 'bool'] },
  Histogram: points('HistogramDataPoint'),
  ExponentialHistogram: points('ExponentialHistogramDataPoint'),
  Summary: { dataPoints: [1, 'SummaryDataPoint', 'repeated'] },
  NumberDataPoint: {
    ...point(7, 2, 3),
    asDouble: [4, 'double', 'optional'],
    asInt: [6, 'sfixed64', 'optional'],
    flags: [8, 'uint32'],
  },
  HistogramDataPoint: {
    ...point(9, 2, 3),
    ...counted(4, 5),
    bucketCounts: [6, 'fixed64', 'repeated'],
    explicitBounds: [7, 'double', 'repeated'],
    flags: [10, 'uint32'],
  },
  ExponentialHistogramDataPoint: {
    ...point(1, 2, 3),
    ...counted(4, 5),
    scale: [6, 'sint32'],
    zeroCount: [7, 'fixed64'],
    positive: [8, 'Buckets'],
    negative: [9, 'Buckets'],
    flags: [10, 'uint32'],
    zeroThreshold: [14, 'double'],
  },
  Buckets: { offset: [1, 'sint32'], bucketCounts: [2, 'uint64', 'repeated'] },
  SummaryDataPoint: {
    ...point(7, 2, 3),
    ...counted(4, 5),
    quantileValues: [6, 'ValueAtQuantile', 'repeated'],
    flags: [8, 'uint32'],
  },
  ValueAtQuantile: { quantile: [1, 'double'], value: [2, 'double'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  AnyValue: {
    stringValue: [1, 'string', 'optional'],
    boolValue: [2, 'bool', 'optional'],
    intValue: [3, 'int64', 'optional'],
    doubleValue: [4, 'double', 'optional'],
    arrayValue: [5, 'ArrayValue'],
    kvlistValue: [6, 'KeyValueList'],
    bytesValue: [7, 'bytes', 'optional'],
  },
  ArrayValue: { values: [1, 'AnyValue', 'repeated'] },
  KeyValueList: { values: [1, 'KeyValue', 'repeated'] },
  Response: { partialSuccess: [1, 'PartialSuccess'] },
  PartialSuccess: { rejectedDataPoints: [1, 'int64'], errorMessage: [2, 'string'] },
  /** google.rpc.Status. */
  Status: { code: [1, 'int32'], message: [2, 'string'] },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, descriptorOf(fields)])),
});

/** An optional field alone tells 0 from nothing: each is the only one of a `oneof` of its own, as in protobuf's own descriptors. */
function descriptorOf(fields: Fields): protobuf.IType {
  const all = Object.entries(fields);
  const optional = all.flatMap(([name, [, , rule]]) => (rule === 'optional' ? [name] : []));
  return {
    fields: Object.fromEntries(
      all.map(([name, [id, type, rule]]) => [
        name,
        {
          ...{ id, type },
          ...(rule === 'repeated' && { rule }),
          ...(rule === 'optional' && { options: { proto3_optional: true } }),
        },
      ]),
    ),
    oneofs: Object.fromEntries(optional.map((name) => [`_${name}`, { oneof: [name] }])),
  };
}

root.resolveAll();
const request = root.lookupType('Request');
const plain: protobuf.IConversionOptions = { longs: Number, bytes: String, arrays: true };

/** Messages within one request: two bytes can make one, and in memory each takes hundreds. */
const mostMessages = 300_000;

/** What protobuf bytes, or their JSON form, hold, as plain objects. @throws AgencyError too-large; Error when they are no such request. */
export function requestOf(body: Buffer, form: 'protobuf' | 'json'): object {
  const message = form === 'protobuf' ? decoded(body) : request.fromObject(sparse(JSON.parse(body.toString())));
  return request.toObject(message, plain);
}

/** They are counted before anything is made of them. */
function decoded(body: Buffer): protobuf.Message {
  assertFew(messagesIn(protobuf.Reader.create(body), request, body.length));
  return request.decode(body);
}

/** As deep as protobuf's own readers go. */
const mostDepth = 100;
const tooDeep = 'its values are nested too deeply';

/** Up to a few more than are taken. */
function messagesIn(reader: protobuf.Reader, type: protobuf.Type, end: number, depth = 0): number {
  if (depth > mostDepth) throw new Error(tooDeep);
  let count = 1;
  while (reader.pos < end && count <= mostMessages) {
    const tag = reader.uint32();
    const held = type.fieldsById[tag >>> 3]?.resolvedType;
    if ((tag & 7) === 2 && held instanceof protobuf.Type) {
      const length = reader.uint32();
      count += messagesIn(reader, held, reader.pos + length, depth + 1);
    } else reader.skipType(tag & 7);
  }
  return count;
}

/** Its lists count as levels too. */
function sparse(document: unknown): object {
  let count = 0;
  for (let level: unknown[] = [document], depth = 0; level.length > 0; depth += 1) {
    if (depth > 2 * mostDepth) throw new Error(tooDeep);
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    count += objects.filter((value) => !Array.isArray(value)).length;
    assertFew(count);
    level = objects.flatMap((value): unknown[] => Object.values(value));
  }
  return document as object;
}

function assertFew(count: number): void {
  if (count <= mostMessages) return;
  throw new AgencyError('too-large', {
    message: 'The request has more points and attributes than are taken at a time. Send less.',
  });
}

/** 64-bit integers are given as text, which is what they are in JSON (proto3, JSON Mapping). */
export function encodedAs(message: 'Response' | 'Status', content: object, form: 'protobuf' | 'json'): Buffer {
  if (form === 'json') return Buffer.from(JSON.stringify(content));
  const type = root.lookupType(message);
  return Buffer.from(type.encode(type.fromObject(content)).finish());
}
