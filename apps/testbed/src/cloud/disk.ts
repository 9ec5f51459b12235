import { AgencyError, reasonOf } from '@cloud-agency/errors';
import Sqlite from 'libsql';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Instance } from './instance.js';

export interface KeyPair {
  readonly id: string;
  readonly name: string;
  readonly publicKey: string;
  readonly createdAt: number;
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS instances (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS key_pairs (cloud TEXT, region TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (cloud, region, name));
  CREATE TABLE IF NOT EXISTS kept (kind TEXT, id TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, id));
  CREATE TABLE IF NOT EXISTS remembered (name TEXT PRIMARY KEY, value TEXT NOT NULL);`;

/** What the clouds keep across a crash. Every write is on the disk when its call returns. */
export class Disk {
  private constructor(private readonly database: Sqlite.Database) {}

  /** @throws AgencyError data-directory-damaged when the file is no sound database. */
  static open(directory: string): Disk {
    const file = join(directory, 'clouds.db');
    try {
      mkdirSync(directory, { recursive: true });
      const database = new Sqlite(file);
      database.exec(schema);
      return new Disk(database);
    } catch (cause) {
      const reason = `${file}: ${reasonOf(cause)}`;
      throw new AgencyError('data-directory-damaged', { directory, reason }, { cause });
    }
  }

  instances(): Instance[] {
    const rows = this.database.prepare('SELECT body FROM instances').all() as { body: string }[];
    return rows.map(({ body }) => JSON.parse(body) as Instance);
  }

  /** All of them, or after a crash none. */
  saveInstances(instances: readonly Instance[]): void {
    const save = this.database.prepare(
      'INSERT INTO instances (id, body) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body',
    );
    this.database.transaction(() => {
      for (const instance of instances) save.run(instance.id, JSON.stringify(instance));
    })();
  }

  forgetInstance(id: string): void {
    this.database.prepare('DELETE FROM instances WHERE id = ?').run(id);
  }

  /** What was kept of a kind; the caller knows its shape. */
  kept<Thing>(kind: string): Thing[] {
    const rows = this.database.prepare('SELECT body FROM kept WHERE kind = ? ORDER BY rowid').all(kind) as { body: string }[];
    return rows.map(({ body }) => JSON.parse(body) as Thing);
  }

  keep(kind: string, thing: { readonly id: string }): void {
    this.database
      .prepare('INSERT INTO kept (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body')
      .run(kind, thing.id, JSON.stringify(thing));
  }

  forget(kind: string, id: string): void {
    this.database.prepare('DELETE FROM kept WHERE kind = ? AND id = ?').run(kind, id);
  }

  keyPairs(cloud: string, region: string): KeyPair[] {
    const rows = this.database
      .prepare('SELECT body FROM key_pairs WHERE cloud = ? AND region = ? ORDER BY name')
      .all(cloud, region);
    return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as KeyPair);
  }

  saveKeyPair(cloud: string, region: string, pair: KeyPair): void {
    this.database
      .prepare('INSERT INTO key_pairs (cloud, region, name, body) VALUES (?, ?, ?, ?)')
      .run(cloud, region, pair.name, JSON.stringify(pair));
  }

  forgetKeyPair(cloud: string, region: string, name: string): void {
    this.database.prepare('DELETE FROM key_pairs WHERE cloud = ? AND region = ? AND name = ?').run(cloud, region, name);
  }

  recall(name: string): string | null {
    const row = this.database.prepare('SELECT value FROM remembered WHERE name = ?').get(name) as { value: string } | undefined;
    return row?.value ?? null;
  }

  remember(name: string, value: string): void {
    this.database
      .prepare('INSERT INTO remembered (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
      .run(name, value);
  }

  close(): void {
    this.database.close();
  }
}
