import type { Clock, Log } from '@cloud-agency/runtime';
import type { Size } from '../catalogue/size.js';
import type { Disk } from '../cloud/disk.js';
import type { Instance } from '../cloud/instance.js';
import { metricsOf, powerOf } from '../cloud/metrics.js';
import { agentStartIn } from './agent-start.js';
import { type Kept, StandIn } from './stand-in.js';

export interface StandInsParts {
  /** What it is reached by, where that is not its own. */
  readonly publicAddress: (instance: Pick<Instance, 'id'>) => string | undefined;
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  /** As it is now; undefined when there is none any more. */
  readonly sized: (id: string) => { readonly instance: Instance; readonly size: Size } | undefined;
}

const kind = 'agent';

/** The agents of all simulated machines whose user data starts one, each while its machine runs. */
export class StandIns {
  private readonly running = new Map<string, StandIn>();

  constructor(private readonly parts: StandInsParts) {}

  open({ id, address, userData }: Instance): void {
    const start = userData === undefined ? undefined : agentStartIn(userData);
    if (!start || address === null || this.running.has(id)) return;
    const { disk, clock, log, publicAddress } = this.parts;
    const kept = disk.kept<Kept & { readonly id: string }>(kind).find((one) => one.id === id);
    const keep = (what: Kept): void => {
      disk.keep(kind, { ...what, id });
    };
    this.running.set(
      id,
      new StandIn({
        start,
        address: () => publicAddress({ id }) ?? address,
        kept,
        keep,
        look: (power) => this.look(id, start.metrics, power),
        clock,
        log,
      }),
    );
  }

  close(id: string): void {
    this.running.get(id)?.stop();
    this.running.delete(id);
  }

  closeAll(): void {
    for (const id of [...this.running.keys()]) this.close(id);
  }

  /** Nothing is left of a machine that is gone. */
  forget(id: string): void {
    this.close(id);
    this.parts.disk.forget(kind, id);
  }

  private look(id: string, wanted: readonly string[], power: boolean): string {
    const found = this.parts.sized(id);
    if (!found) return '';
    const told = metricsOf(found.instance, found.size, this.parts.clock.now());
    const rate = (bytes: number): number => (told.uptimeSeconds > 0 ? bytes / told.uptimeSeconds : 0);
    const metrics: Readonly<Record<string, number>> = {
      cpu_utilisation: told.cpuPercent / 100,
      memory_utilisation: told.memoryMib > 0 ? told.memoryUsedMib / told.memoryMib : 0,
      network_in: rate(told.networkInBytes),
      network_out: rate(told.networkOutBytes),
      disk_read: rate(told.diskReadBytes),
      disk_write: rate(told.diskWriteBytes),
      ...(power && { computing_power: powerOf(found.instance, found.size) }),
    };
    const chosen = Object.entries(metrics).filter(([name]) => wanted.includes('all') || wanted.includes(name));
    return chosen.map(([name, value]) => `${name} ${String(value)}\n`).join('');
  }
}
