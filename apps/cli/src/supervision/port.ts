import { AgencyError } from '@cloud-agency/errors';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Found out before anything is started. @throws AgencyError port-in-use. */
export async function checkPort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw new AgencyError('port-in-use', { host, port }, { cause });
    const message = `Cannot listen on ${host}, port ${port} (${code ?? String(cause)}). Choose others: AGENCY_HOST, AGENCY_PORT.`;
    throw new AgencyError('invalid-setting', { message }, { cause });
  }
  server.close();
  await once(server, 'close');
}
