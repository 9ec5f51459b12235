import { AgencyError } from '@cloud-agency/errors';
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

interface Entry {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

/** The file: everything base64. */
interface Written {
  readonly version: 1;
  readonly salt: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** RFC 7914, 2: N, r and p cost a guess some 50 ms and 32 MiB. */
const scrypt = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const shortestPassphrase = 12;

/**
 * Credentials in a file that is worth nothing without its passphrase: each entry AES-256-GCM under a key derived by scrypt, its name bound to
 * it, so that nobody can swap two. What is thrown names entries and files, never what they hold.
 */
export class Vault {
  private constructor(
    private readonly file: string,
    private readonly key: Buffer,
    private written: Written,
  ) {}

  /** @throws AgencyError invalid-setting for a passphrase that is too short or not this vault's, unreadable-file. */
  static open(file: string, passphrase: string): Vault {
    if (passphrase.length < shortestPassphrase) {
      throw new AgencyError('invalid-setting', {
        message: `The passphrase of the vault (AGENCY_VAULT_KEY) has fewer than ${String(shortestPassphrase)} characters; give it a longer one.`,
      });
    }
    const written = existsSync(file)
      ? read(file)
      : { version: 1 as const, salt: randomBytes(16).toString('base64'), entries: {} };
    const vault = new Vault(file, scryptSync(passphrase, Buffer.from(written.salt, 'base64'), 32, scrypt), written);
    const [first] = vault.names();
    if (first !== undefined) vault.get(first);
    return vault;
  }

  names(): readonly string[] {
    return Object.keys(this.written.entries).sort();
  }

  /** @throws AgencyError invalid-setting when there is none of that name, or it does not open. */
  get(name: string): string {
    const entry = this.written.entries[name];
    if (!entry) {
      throw new AgencyError('invalid-setting', {
        message: `The vault ${this.file} has no '${name}'. Put it in with: agency vault set ${name}`,
      });
    }
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, Buffer.from(entry.iv, 'base64'));
      decipher.setAAD(Buffer.from(name)).setAuthTag(Buffer.from(entry.tag, 'base64'));
      return Buffer.concat([decipher.update(Buffer.from(entry.data, 'base64')), decipher.final()]).toString();
    } catch (cause) {
      throw new AgencyError(
        'invalid-setting',
        {
          message: `'${name}' of the vault ${this.file} does not open: AGENCY_VAULT_KEY is not its passphrase, or the file was changed.`,
        },
        { cause },
      );
    }
  }

  set(name: string, value: string): void {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(name));
    const data = Buffer.concat([cipher.update(value), cipher.final()]).toString('base64');
    const entry = { iv: iv.toString('base64'), tag: cipher.getAuthTag().toString('base64'), data };
    this.save({ ...this.written.entries, [name]: entry });
  }

  /** False when there was none. */
  remove(name: string): boolean {
    if (!(name in this.written.entries)) return false;
    this.save(Object.fromEntries(Object.entries(this.written.entries).filter(([known]) => known !== name)));
    return true;
  }

  /** Whole or not at all, and for its owner alone. */
  private save(entries: Written['entries']): void {
    this.written = { ...this.written, entries };
    writeFileSync(`${this.file}.new`, `${JSON.stringify(this.written, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.file}.new`, this.file);
  }
}

function read(file: string): Written {
  try {
    const written = JSON.parse(readFileSync(file, 'utf8')) as Partial<Written>;
    if (written.version === 1 && typeof written.salt === 'string' && typeof written.entries === 'object')
      return written as Written;
  } catch (cause) {
    throw new AgencyError(
      'unreadable-file',
      { file, reason: cause instanceof SyntaxError ? 'it is no vault' : String(cause) },
      { cause },
    );
  }
  throw new AgencyError('unreadable-file', { file, reason: 'it is no vault' });
}
