import type { IcmpAsk } from '@cloud-agency/sla';
import { type ChildProcess, spawn } from 'node:child_process';
import { isIP } from 'node:net';
import { answered, attempt, failed, type Probed, type ProbeMeter } from './probing.js';

/** Each is a process of its own for as long as its probe may take. */
const mostAtOnce = 32;
let underWay = 0;
/** What ping said is looked at up to here, characters. */
const mostSaid = 4_000;

const instead = 'or probe by tcp instead';
const noPing = `ICMP needs the system's ping, and there is none here: install it (on Debian: apt-get install iputils-ping), ${instead}`;

/**
 * Sends echo requests by the system's `ping`: a program without privileges has no ICMP of its own. Succeeds with the first answer. A ping that is not
 * there, or may not send, measures nothing.
 */
export const probeIcmp: ProbeMeter<IcmpAsk> = async ({ packets }, task) => {
  if (isIP(task.address) === 0) return failed(`${task.address} is not an IP address`);
  if (underWay >= mostAtOnce)
    return { unmeasured: `${String(mostAtOnce)} pings are under way already: probe less often, ${instead}` };
  underWay += 1;
  try {
    return await attempt(task, (settle) => {
      const child = ping(task.address, packets);
      let said = '';
      const hear = (chunk: Buffer): void => {
        said = (said + chunk.toString()).slice(0, mostSaid);
        const time = roundTrip(said);
        if (time !== undefined) settle(answered(time, `answers in ${String(time)} ms`));
      };
      child.stdout?.on('data', hear);
      child.stderr?.on('data', hear);
      child.once('error', (error: NodeJS.ErrnoException) => {
        settle({ unmeasured: error.code === 'ENOENT' ? noPing : `ping cannot be run: ${error.message}` });
      });
      child.once('close', () => {
        settle(without(said));
      });
      return () => child.kill('SIGKILL');
    });
  } finally {
    underWay -= 1;
  }
};

/** What all of Linux, BusyBox and BSD know. How long it may take is the attempt's. */
function ping(address: string, packets: number): ChildProcess {
  const interval = packets > 1 ? ['-i', '0.2'] : [];
  const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
  return spawn('ping', ['-n', '-c', String(packets), ...interval, address], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** ms, of the first answer. */
function roundTrip(said: string): number | undefined {
  const [, time] = /time[=<]\s*(\d+(?:\.\d+)?)\s*ms/.exec(said) ?? [];
  return time === undefined ? undefined : Number(time);
}

/** It ended without an answer: either none came, or it could not ask. */
function without(said: string): Probed {
  if (/permi(?:tted|ssion)|socket/i.test(said))
    return {
      unmeasured: `ping may not send here (${lastLine(said)}): allow it (net.ipv4.ping_group_range or CAP_NET_RAW), ${instead}`,
    };
  return failed(/unreachable/i.test(said) ? lastLine(said, /unreachable/i) : 'no answer');
}

function lastLine(said: string, about = /\S/): string {
  const lines = said.split('\n').filter((line) => about.test(line));
  return (lines.at(-1) ?? 'it says nothing').trim().slice(0, 120);
}
