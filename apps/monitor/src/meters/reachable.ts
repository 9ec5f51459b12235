import { connect } from 'node:net';
import type { Measured, MetricMeter } from './metric.js';

/** 1 when a TCP connection to the port is taken, else 0. */
export const reachable: MetricMeter = {
  unit: '1',
  async measure({ address, settings, timeout, clock, signal }) {
    const port = Number(settings['agency.metric.port']);
    return await new Promise<Measured>((resolve) => {
      const settle = (value: number, detail: string): void => {
        callOff();
        signal.removeEventListener('abort', giveUp);
        socket.destroy();
        resolve({ value, detail });
      };
      const giveUp = (): void => {
        settle(0, 'called off');
      };
      const socket = connect({ host: address, port });
      socket.once('connect', () => {
        settle(1, `port ${String(port)} is open`);
      });
      socket.on('error', (error) => {
        settle(0, error.message);
      });
      const callOff = clock.after(timeout, () => {
        settle(0, `no connection within ${String(timeout)} ms`);
      });
      signal.addEventListener('abort', giveUp);
    });
  },
};
