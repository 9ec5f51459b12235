import { Assessments } from '../agreements/assessments.js';
import type { AppContext } from '@cloud-agency/runtime';
import type { NatsConnection } from '@nats-io/transport-node';
import type { CallsOut } from '../mediation/calls-out.js';
import { Mediator } from '../mediation/mediator.js';
import { VendorRegistry } from '../mediation/registry.js';
import { RemoteMediator } from '../mediation/remote-mediator.js';
import { RemoteSolver } from '../negotiation/remote-solver.js';
import type { Selecting } from '../negotiation/selecting.js';
import { Solver } from '../negotiation/solver.js';
import { TenantQuotas } from '../negotiation/tenant-quotas.js';
import { ObservedFigures } from '../statistics/observing.js';
import { LatestFigures } from '../sensors/figures.js';
import type { AgencyStore } from '../store/agency-store.js';

/** What the roles that work on the store stand on, in one process. */
export interface Ground {
  readonly context: AppContext;
  readonly connection: NatsConnection;
  readonly store: AgencyStore;
  readonly registry: VendorRegistry;
  /** Who holds the leases: one name for all starts of an embedded Agency, so that a restart goes on at once. */
  readonly owner: string;
  readonly quotas: TenantQuotas;
  /** What the monitor tells, as far as a role here needs it. */
  readonly assessments: Assessments;
  readonly figures: LatestFigures;
  /** Of this process, or any other's. */
  readonly mediator: CallsOut;
  readonly solver: Selecting;
  /** Lets go of it, after all roles. */
  close(): Promise<void>;
}

export async function openGround(
  context: AppContext,
  connection: NatsConnection,
  store: AgencyStore,
  solver: Solver | undefined,
): Promise<Ground> {
  const registry = new VendorRegistry(store, context);
  await registry.start(connection);
  const observed = new ObservedFigures(store.tables, context);
  await observed.start();
  const own = context.settings.roles.includes('mediator') ? new Mediator(connection, registry, store, context) : undefined;
  const [assessments, figures] = [new Assessments(), new LatestFigures()];
  if (needsMeasurements(context)) {
    assessments.start(connection, context.log);
    figures.start(connection, context.log);
  }
  return {
    context,
    connection,
    store,
    registry,
    owner: context.settings.databaseUrl === undefined ? 'embedded' : context.ids.next(),
    quotas: new TenantQuotas(context.settings.config.quotas, observed),
    assessments,
    figures,
    mediator: own ?? new RemoteMediator(connection),
    solver: solver ?? new RemoteSolver(connection),
    close: async () => {
      assessments.stop();
      figures.stop();
      own?.close();
      registry.stop();
      await observed.stop();
      await store.close();
    },
  };
}

/** A front shows them; a client agent writes them to where its operator wants them. */
const needsMeasurements = ({ settings: { roles, config } }: AppContext): boolean =>
  roles.includes('front') || (roles.includes('client') && config.monitoring?.remote_write !== undefined);

/** The threads of a process that selects by itself. */
export function openSolver({ settings }: AppContext): Solver | undefined {
  if (!settings.roles.includes('negotiator')) return undefined;
  const solver = new Solver(new URL('../../../../dist/solver-thread.js', import.meta.url));
  solver.warmUp();
  return solver;
}
