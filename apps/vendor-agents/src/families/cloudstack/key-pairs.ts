import { createHash } from 'node:crypto';
import { type Json, text } from '../../vendor/json.js';
import { asVendorError } from '../../vendor/vendor-error.js';
import type { CloudStackApi } from './cloudstack-api.js';

/** SSH keys of the account (API reference, "SSH"). */
export class KeyPairs {
  constructor(private readonly api: CloudStackApi) {}

  /** The name that a key has: an account has each key once, by whatever name. */
  async name(region: string, publickey: string): Promise<string> {
    const fingerprint = fingerprintOf(publickey);
    const known = await this.listed(region, { fingerprint });
    const name = text(
      known.find((pair) => text(pair, 'fingerprint') === fingerprint),
      'name',
    );
    if (name !== undefined) return name;
    const own = `agency-${createHash('sha256').update(publickey).digest('hex').slice(0, 24)}`;
    try {
      await this.api.call({ command: 'registerSSHKeyPair', params: { name: own, publickey }, scope: region });
    } catch (error) {
      if (!/already exists/i.test(asVendorError(error).message)) throw error;
    }
    return own;
  }

  private async listed(region: string, params: Readonly<Record<string, string>>): Promise<readonly Json[]> {
    return await this.api.list({ command: 'listSSHKeyPairs', params, scope: region }, 'sshkeypair');
  }
}

/** MD5, in pairs of digits (listSSHKeyPairs, fingerprint). */
function fingerprintOf(publickey: string): string {
  const bytes = Buffer.from(publickey.trim().split(/\s+/)[1] ?? '', 'base64');
  return (createHash('md5').update(bytes).digest('hex').match(/../g) ?? []).join(':');
}
