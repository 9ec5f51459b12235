import { AgencyError } from '@cloud-agency/errors';
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';

/** RFC 7914, 2: as in the vault. */
const scrypt = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** A text as nobody can read it without the passphrase: salt, nonce, tag and AES-256-GCM, base64. */
export function seal(text: string, passphrase: string): string {
  const [salt, iv] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, scrypt), iv);
  const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), sealed]).toString('base64');
}

/** @throws AgencyError invalid-setting when it does not open. */
export function unseal(sealed: string, passphrase: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const [salt, iv, tag] = [bytes.subarray(0, 16), bytes.subarray(16, 28), bytes.subarray(28, 44)];
  try {
    const decipher = createDecipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, scrypt), iv).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(44)), decipher.final()]).toString();
  } catch (cause) {
    throw new AgencyError(
      'invalid-setting',
      { message: 'What is sealed in the store does not open: AGENCY_VAULT_KEY is not the passphrase that it was sealed with.' },
      { cause },
    );
  }
}
