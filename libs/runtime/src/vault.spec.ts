import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openVault, secretSource } from './secret-source.js';
import { Vault } from './vault.js';

const passphrase = 'a long enough passphrase';
let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'vault-'));
  file = join(directory, 'vault.json');
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

it('gives back what was put in, to whoever has the passphrase, and shows it to nobody else', () => {
  Vault.open(file, passphrase).set('campus', 'a planted secret');
  expect(Vault.open(file, passphrase).get('campus')).toBe('a planted secret');
  expect(readFileSync(file, 'utf8')).not.toContain('planted');
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(() => Vault.open(file, 'another long passphrase')).toThrow(/AGENCY_VAULT_KEY is not its passphrase/);
});

it('says what there is, and forgets what is removed', () => {
  const vault = Vault.open(file, passphrase);
  vault.set('b', '2');
  vault.set('a', '1');
  expect(vault.names()).toEqual(['a', 'b']);
  expect(vault.remove('a')).toBe(true);
  expect(vault.remove('a')).toBe(false);
  expect(Vault.open(file, passphrase).names()).toEqual(['b']);
  expect(() => vault.get('a')).toThrow(/agency vault set a/);
});

it('does not open an entry that was put in the place of another', () => {
  const vault = Vault.open(file, passphrase);
  vault.set('campus', 'one');
  vault.set('other', 'two');
  const written = JSON.parse(readFileSync(file, 'utf8')) as { entries: Record<string, unknown> };
  const { campus, other } = written.entries;
  writeFileSync(file, JSON.stringify({ ...written, entries: { campus: other, other: campus } }));
  expect(() => Vault.open(file, passphrase)).toThrow(/does not open/);
});

it.each([['no vault'], ['{}'], ['{"version":2}']])('refuses a file that holds %j', (content) => {
  writeFileSync(file, content);
  expect(() => Vault.open(file, passphrase)).toThrow(/it is no vault/);
});

it('wants a passphrase worth the name', () => {
  expect(() => Vault.open(file, 'short')).toThrow(/fewer than 12/);
  expect(() => openVault({ AGENCY_DATA: directory })).toThrow(/set AGENCY_VAULT_KEY/);
  const missing = { AGENCY_DATA: directory, AGENCY_VAULT_KEY_FILE: join(directory, 'none') };
  expect(() => openVault(missing)).toThrow(expect.objectContaining({ code: 'unreadable-file' }) as Error);
});

it('is where a configuration finds what it names, its passphrase in the environment or in a file', () => {
  const environment = { AGENCY_DATA: directory, AGENCY_VAULT_KEY: passphrase };
  openVault(environment).set('campus', 'found');
  expect(secretSource(environment).vault('campus')).toBe('found');
  writeFileSync(join(directory, 'key'), `${passphrase}\n`);
  expect(secretSource({ AGENCY_DATA: directory, AGENCY_VAULT_KEY_FILE: join(directory, 'key') }).vault('campus')).toBe('found');
});

it('takes what it has read out of the environment, and finds it again', () => {
  const environment: Record<string, string | undefined> = { OS_PASSWORD: 'planted', OTHER: 'stays' };
  expect(secretSource(environment).variable('OS_PASSWORD')).toBe('planted');
  expect(environment).toEqual({ OTHER: 'stays' });
  expect(secretSource(environment).variable('OS_PASSWORD')).toBe('planted');
  expect(secretSource(environment).variable('MISSING')).toBeUndefined();
});
