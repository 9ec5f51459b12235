import type { Entity } from '@cloud-agency/occi';
import { setTimeout as pause } from 'node:timers/promises';
import type { MarkedSource } from './marked-source.js';
import type { FrontRequest } from './message.js';

/** Nobody's connection is held longer than this, s. */
const longest = 60;
/** How often it is looked whether the work is done, ms: reading one row costs little beside a machine that boots. */
const lookEveryMs = 50;

type Waiting = Pick<FrontRequest, 'headers' | 'tenant' | 'isGone'>;
type Settling = Pick<MarkedSource, 'isSettled' | 'get'>;

/** RFC 7240, 4.3: with `Prefer: wait=N` the answer is held until the work is done or N seconds have passed, and shows the entity as it is then. */
export async function waited(request: Waiting, source: Settling, entity: Entity): Promise<Entity> {
  const seconds = secondsIn(request);
  if (seconds === 0 || !source.isSettled) return entity;
  const until = performance.now() + seconds * 1_000;
  const isWanted = (): boolean => performance.now() < until && !request.isGone();
  while (!(await source.isSettled(entity.id, request.tenant)) && isWanted()) await pause(lookEveryMs);
  return (await source.get(entity.id, request.tenant)) ?? entity;
}

function secondsIn({ headers: { prefer } }: Waiting): number {
  const written = [prefer ?? []].flat().join(',');
  const seconds = Number(/(?:^|[,;\s])wait\s*=\s*"?(\d{1,6})"?(?:$|[,;\s])/i.exec(written)?.[1] ?? 0);
  return Math.min(seconds, longest);
}
