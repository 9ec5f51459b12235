import type { RunningApp } from '@cloud-agency/runtime';
import { AgencySide, target } from './agency-side.js';
import { MachineStub, until } from './targets.js';

let agency: AgencySide;
let monitor: RunningApp;
let web: MachineStub;

beforeAll(async () => {
  agency = await AgencySide.open();
  monitor = await agency.startMonitor();
  web = await MachineStub.at('127.0.0.1');
});
afterAll(async () => {
  await monitor.stop();
  await web.die();
  await agency.close();
});

const held = { term: 'metric', of: 'web', scope: { as: 'each' }, statistic: 'maximum', least: 1, over: 60_000 } as const;
const stateOf = (index: number) => agency.latest('trusting')?.terms.find((term) => term.index === index)?.state;
const now = (): string => new Date().toISOString();

/** One machine, of which the vendor, the machine itself and the Agency's books tell: each guarantee believes whom it names. */
it('holds guarantees against what each source tells, apart from the others, and against how far they are apart', async () => {
  await agency.watch('trusting', {
    resources: [target('web', '127.0.0.1')],
    url: web.url,
    guarantees: [
      { ...held, metric: 'price', atMost: 0.2 },
      { ...held, metric: 'cpu_utilisation', by: 'vendor', atMost: 0.5 },
      { ...held, metric: 'cpu_utilisation', by: 'resource', atMost: 0.5 },
      { ...held, metric: 'cpu_utilisation.difference', atMost: 0.3 },
      { ...held, metric: 'memory_utilisation', by: 'vendor', atMost: 0.8 },
    ],
  });
  await until(() => agency.healthOf('trusting', 'web') === 'up');

  agency.value({ agent: 'campus', at: now(), machines: [{ placement: 'web-1', price: 0.1 }] });
  await until(() => stateOf(0) === 'fulfilled');
  agency.value({ agent: 'campus', at: now(), machines: [{ placement: 'web-1', price: 0.3 }] });
  await until(() => stateOf(0) === 'violated');

  const readings = (cpu: number) => [
    { metric: 'cpu', at: now(), value: cpu } as const,
    { metric: 'memory', at: now(), value: 1 } as const,
  ];
  agency.tell({ agent: 'campus', placement: 'web-1', memory: 4, readings: readings(0.4) });
  await until(() => stateOf(1) === 'fulfilled' && stateOf(4) === 'fulfilled');
  const pushed = { resource: 'web', placement: 'web-1', metric: 'cpu_utilisation', at: Date.now(), value: 0.9 };
  expect(await agency.push({ source: 'resource', samples: [pushed] })).toEqual({ taken: 1, refused: [] });
  await until(() => stateOf(2) === 'violated' && stateOf(3) === 'violated');
  expect(stateOf(1)).toBe('fulfilled');
  expect(agency.latest('trusting')?.terms.find(({ index }) => index === 3)?.measured).toBeCloseTo(50);
});
