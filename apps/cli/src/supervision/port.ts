import { listenRefusal } from '@cloud-agency/runtime';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Found out before anything is started. @throws AgencyError port-in-use, invalid-setting. */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    throw listenRefusal(cause, { host, port, setting: 'AGENCY_PORT' });
  }
  server.close();
  await once(server, 'close');
}
