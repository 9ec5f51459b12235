import type { Size } from '../catalogue/size.js';
import { fractionOf } from './digest.js';
import type { Instance } from './instance.js';

/** What a hypervisor could measure of an instance. Counters run from its last start. */
export interface InstanceMetrics {
  readonly uptimeSeconds: number;
  /** Of all its cores, 0 to 100. */
  readonly cpuPercent: number;
  readonly cpuSeconds: number;
  readonly memoryMib: number;
  readonly memoryUsedMib: number;
  readonly networkInBytes: number;
  readonly networkOutBytes: number;
  readonly diskReadBytes: number;
  readonly diskWriteBytes: number;
}

const waveMs = 600_000;

/** The load that its operator set, else one that swings around a mean of the instance's own; the same at the same time on every run. */
export function metricsOf(instance: Instance, size: Size, now: number): InstanceMetrics {
  const runs = instance.state === 'running' && !instance.dead;
  const uptimeSeconds = runs ? Math.max(0, (now - (instance.launchedAt ?? now)) / 1000) : 0;
  const mean = instance.load ?? 15 + 45 * fractionOf(`${instance.id} load`);
  const swing = instance.load != null ? 0 : Math.sin(2 * Math.PI * (now / waveMs + fractionOf(`${instance.id} phase`)));
  const traffic = 20_000 * (1 + fractionOf(`${instance.id} traffic`)) * uptimeSeconds;
  const memoryMib = Math.round(size.memoryGib * 1024);
  return {
    uptimeSeconds: Math.floor(uptimeSeconds),
    cpuPercent: runs ? round(mean + 12 * swing) : 0,
    cpuSeconds: round((uptimeSeconds * size.vcpus * mean) / 100),
    memoryMib,
    memoryUsedMib: runs ? Math.round(memoryMib * (0.3 + 0.4 * fractionOf(`${instance.id} memory`))) : 0,
    networkInBytes: Math.floor(traffic),
    networkOutBytes: Math.floor(traffic * 3),
    diskReadBytes: Math.floor(traffic / 2),
    diskWriteBytes: Math.floor(traffic / 4),
  };
}

/** What it computes, in the unit of the resources' agents: sizes differ by core, and machines of one size a little. */
export function powerOf(instance: Pick<Instance, 'id'>, size: Pick<Size, 'name' | 'vcpus'>): number {
  const core = 30_000 * (0.75 + 0.5 * fractionOf(`${size.name} power`));
  return Math.round(size.vcpus * core * (0.98 + 0.04 * fractionOf(`${instance.id} power`)));
}

const round = (value: number): number => Math.round(value * 100) / 100;
