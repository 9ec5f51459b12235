import type { TcpAsk } from '@cloud-agency/sla';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { answered, attempt, failed, type ProbeMeter } from './probing.js';

/** So much of what comes is looked through, bytes. */
const mostReceived = 65_536;

/** Succeeds when a connection is taken and, where something is expected, once that has come. */
export const probeTcp: ProbeMeter<TcpAsk> = async ({ port, send, expect }, task) => {
  const begun = performance.now();
  const late = `${expect === undefined ? 'no connection' : `"${expect.slice(0, 40)}" has not come`} within ${String(task.timeout)} ms`;
  return await attempt(
    task,
    (settle) => {
      const socket = connect({ host: task.address, port });
      let received = '';
      const done = (detail: string): void => {
        settle(answered(performance.now() - begun, detail));
      };
      socket.once('connect', () => {
        if (send !== undefined) socket.write(send);
        if (expect === undefined) done(`port ${String(port)} is open`);
      });
      socket.on('error', (error) => {
        settle(failed(error.message));
      });
      if (expect === undefined) return () => socket.destroy();
      socket.setEncoding('utf8');
      socket.on('data', (text: string) => {
        received += text;
        if (received.includes(expect)) done(`port ${String(port)} answers as expected`);
        else if (received.length > mostReceived) settle(failed(notExpected(received)));
      });
      socket.once('end', () => {
        settle(failed(notExpected(received)));
      });
      return () => socket.destroy();
    },
    late,
  );
};

const notExpected = (received: string): string =>
  `answers ${JSON.stringify(received.slice(0, 60))}, which is not what is expected`;
