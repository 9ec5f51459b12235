import type { AppContext } from '@cloud-agency/runtime';
import { Gauge, register } from 'prom-client';
import { type Figure, type FigureName, figureNames, figures } from './figure.js';
import { type Count, holdings } from './holdings.js';
import { measuredNow, type Watching } from './watching.js';

/** Guarantees, each for a machine or a group, and measurements of sensors that one scrape tells of at most. */
const mostTold = 2_000;
/** Scrapes that follow one another sooner get what the first one read, ms. */
const freshForMs = 5_000;

/**
 * Has `/metrics` of this process tell what the store holds, and what is measured for clients: read when it is asked for. The returned function ends it.
 */
export function exposeFigures(watching: Telling): () => void {
  const nothing = { figures: [], leftOut: 0 };
  const measured = shared(watching, nothing, async () => await measuredNow(watching, mostTold));
  for (const name of figureNames) figureGauge(name, async () => (await measured()).figures);
  leftOutGauge(async () => (await measured()).leftOut);
  for (const [name, { help, count }] of Object.entries(holdings))
    holdingGauge(
      name,
      help,
      shared(watching, [], async () => await count(watching.tables)),
    );
  return () => {
    for (const name of [...figureNames, leftOutName, ...Object.keys(holdings)]) register.removeSingleMetric(name);
  };
}

type Telling = Watching & Pick<AppContext, 'log'>;

function figureGauge(name: FigureName, read: () => Promise<readonly Figure[]>): Gauge {
  const { help, labels } = figures[name];
  return new Gauge({
    name,
    help,
    labelNames: [...labels],
    async collect() {
      const found = await read();
      this.reset();
      for (const one of found) if (one.name === name) this.set(one.labels, one.value);
    },
  });
}

const holdingGauge = (name: string, help: string, read: () => Promise<readonly Count[]>): Gauge =>
  new Gauge({
    name,
    help,
    labelNames: ['state'],
    async collect() {
      const counts = await read();
      this.reset();
      for (const { state, count } of counts) this.set({ state }, count);
    },
  });

const leftOutName = 'agency_figures_left_out';

const leftOutGauge = (read: () => Promise<number>): Gauge =>
  new Gauge({
    name: leftOutName,
    help: `Guarantees and measurements of sensors beyond the ${mostTold} that are told; remote write tells all.`,
    async collect() {
      this.set(await read());
    },
  });

/** One reading for all that ask within a while; nothing while the database is away, for the process's own figures are there all the same. */
function shared<T>({ clock, log }: Telling, nothing: T, read: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly value: Promise<T> } | undefined;
  const tried = async (): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      log.warn({ err: error }, 'Some metrics could not be read; they are left out');
      return nothing;
    }
  };
  return async () => {
    const now = clock.now();
    if (!latest || now - latest.at > freshForMs) latest = { at: now, value: tried() };
    return await latest.value;
  };
}
