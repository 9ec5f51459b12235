import { AgencyError } from '@cloud-agency/errors';

const shortestPeriod = 0.1;
const longestPeriod = 86_400;
/** Ten years. */
const longestDelay = 315_360_000;
/** What a sensor tells of all its collectors has to fit into one message. */
const mostCollectors = 100;

/** @throws AgencyError invalid-request. */
export function assertPeriod(name: string, seconds: number): void {
  if (seconds >= shortestPeriod && seconds <= longestPeriod) return;
  throw new AgencyError('invalid-request', {
    message: `${name} must be between ${String(shortestPeriod)} and ${String(longestPeriod)} s; it is ${String(seconds)}.`,
  });
}

/** @throws AgencyError invalid-request. */
export function assertTimes(timestart: number, timestop: number): void {
  for (const [name, seconds] of Object.entries({ timestart, timestop })) {
    if (seconds >= 0 && seconds <= longestDelay) continue;
    throw new AgencyError('invalid-request', {
      message: `occi.sensor.${name} must be between 0 and ${String(longestDelay)} s; it is ${String(seconds)}.`,
    });
  }
  if (timestop === 0 || timestop > timestart) return;
  throw new AgencyError('invalid-request', {
    message: `occi.sensor.timestop must be 0, for a sensor that never ends, or greater than occi.sensor.timestart: they are ${String(timestop)} and ${String(timestart)} s.`,
  });
}

/** @throws AgencyError conflict. */
export function assertRoom(sensor: string, collectors: number): void {
  if (collectors < mostCollectors) return;
  throw new AgencyError('conflict', {
    message: `Sensor ${sensor} has ${String(mostCollectors)} collectors already, which is the most. Make another sensor.`,
  });
}
