import { reasonOf } from '@cloud-agency/errors';
import { type AppContext, resolveSecret, type RunningApp, secretSource } from '@cloud-agency/runtime';
import { parseQuantity } from '@cloud-agency/sla';
import { Duty } from '@cloud-agency/store';
import { counter, gauge } from '../metrics.js';
import { measuredNow, type Watching } from '../watching.js';
import { RemoteWrite } from './remote-write.js';
import { send } from './sending.js';

const usualEvery = '15 s';
const usualQueue = 120;

/** Writes to where AGENCY_CONFIG says; undefined where it says nothing. Of several processes one does. */
export function startRemoteWrite(
  context: AppContext,
  watching: Watching,
  owner: string,
  version: string,
): RunningApp | undefined {
  const { log, clock, settings } = context;
  const wanted = settings.config.monitoring?.remote_write;
  if (!wanted) return undefined;
  const { url, headers = {}, labels = {}, protocol = 1, every = usualEvery, queue = usualQueue } = wanted;
  const source = secretSource(process.env);
  // Looked up each time, so that a token that was rotated is found.
  const own = (): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).map(([name, secret]) => [name, resolveSecret(secret, source)]));
  const samples = counter('agency_remote_write_samples_total', 'Samples of remote write, by what became of them.', ['outcome']);
  const waiting = gauge('agency_remote_write_requests_waiting', 'Requests of remote write that were not taken yet.');
  const begin = (): RemoteWrite => {
    const remote: RemoteWrite = new RemoteWrite({
      ...{ clock, log, labels, queue, protocol, agent: `cloud-agency/${version}` },
      everyMs: parseQuantity(every, 'duration'),
      read: async () => {
        waiting.set(remote.waiting);
        return (await measuredNow(watching)).figures;
      },
      send: async (request) => {
        try {
          return await send(url, request, own(), clock.now());
        } catch (error) {
          return { is: 'again', why: reasonOf(error) };
        }
      },
      count: (outcome, count) => {
        samples.inc({ outcome }, count);
        waiting.set(remote.waiting);
      },
    });
    return remote;
  };
  const duty = new Duty(watching.tables, {
    ...{ id: 'remote write', owner, clock, begin },
    onError: (error) => {
      log.error({ err: error }, 'Remote write could not be taken over; it is tried again');
    },
  });
  void duty.renew();
  return duty;
}
