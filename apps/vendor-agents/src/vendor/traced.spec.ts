import { type Span, type SpanStatus, trace, type Tracer } from '@opentelemetry/api';
import type { VendorDriver } from './port.js';
import { traced } from './traced.js';
import { VendorError } from './vendor-error.js';

interface Told {
  readonly name: string;
  readonly attributes: Record<string, unknown>;
  status?: SpanStatus;
  ended: boolean;
}

const spans: Told[] = [];

function begin(name: string, attributes: Record<string, unknown>): Span {
  const told: Told = { name, attributes: { ...attributes }, ended: false };
  spans.push(told);
  return {
    setAttributes(more: object) {
      Object.assign(told.attributes, more);
      return this;
    },
    setStatus(status: SpanStatus) {
      told.status = status;
      return this;
    },
    end() {
      told.ended = true;
    },
  } as unknown as Span;
}

const tracer = {
  startActiveSpan: (name: string, { attributes }: { attributes: Record<string, unknown> }, run: (span: Span) => unknown) =>
    run(begin(name, attributes)),
} as unknown as Tracer;

beforeAll(() => {
  trace.setGlobalTracerProvider({ getTracer: () => tracer });
});
afterAll(() => {
  trace.disable();
});

it('makes a span of every call, with how it ended', async () => {
  const driver = traced(
    {
      check: () => Promise.resolve(),
      volumes: { get: () => Promise.reject(new VendorError('unavailable', 'no answer', { code: '503' })) },
      mapsImage: () => true,
    } as unknown as VendorDriver,
    { account: 'campus', vendor: 'openstack' },
  );
  await driver.check();
  await expect(driver.volumes?.get('here', 'v')).rejects.toMatchObject({ reason: 'unavailable' });
  expect(driver.mapsImage('debian-12', null)).toBe(true);
  const common = { 'agency.account': 'campus', 'agency.vendor': 'openstack' };
  expect(spans).toEqual([
    { name: 'vendor.check', attributes: common, ended: true },
    {
      name: 'vendor.volumes.get',
      attributes: { ...common, 'agency.reason': 'unavailable', 'agency.vendor.code': '503' },
      status: { code: 2, message: 'no answer' },
      ended: true,
    },
  ]);
});
