import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate that vouches for itself, with its key. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Made by the system's openssl. `names` as of the extension: `DNS:shop.example,IP:127.0.0.1`. */
export function certificateFor(names: string, days: number): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  try {
    const made = ['-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-subj', '/CN=test'];
    execFileSync(
      'openssl',
      ['req', ...made, '-keyout', key, '-out', cert, '-days', String(days), '-addext', `subjectAltName=${names}`],
      {
        stdio: 'pipe',
      },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
