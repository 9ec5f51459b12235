import { AgencyError } from '@cloud-agency/errors';
import type { Agreement } from './agreement.js';

/** Where agreements are kept. Whoever embeds the SLA functions brings their own, or uses the one below. */
export interface AgreementStore {
  get(id: string): Promise<Agreement | undefined>;
  list(): Promise<readonly Agreement[]>;
  /** @throws AgencyError conflict when the id is taken. */
  insert(agreement: Agreement): Promise<void>;
  /**
   * Stores a change of what was read as version `agreement.version`, and resolves to what is stored, one version on.
   * @throws AgencyError conflict when another change came first; not-found.
   */
  save(agreement: Agreement): Promise<Agreement>;
}

/** Keeps agreements in memory, for tests and small programs. */
export class MemoryAgreementStore implements AgreementStore {
  private readonly agreements = new Map<string, Agreement>();

  async get(id: string): Promise<Agreement | undefined> {
    return await Promise.resolve(this.agreements.get(id));
  }

  async list(): Promise<readonly Agreement[]> {
    return await Promise.resolve([...this.agreements.values()]);
  }

  async insert(agreement: Agreement): Promise<void> {
    const taken = this.agreements.has(agreement.id);
    if (taken) await Promise.reject(new AgencyError('conflict', { message: `There is an agreement ${agreement.id} already.` }));
    else this.agreements.set(agreement.id, agreement);
  }

  async save(agreement: Agreement): Promise<Agreement> {
    const { id, version } = agreement;
    const stored = this.agreements.get(id);
    if (!stored) return await Promise.reject(notFound(id));
    if (stored.version !== version)
      return await Promise.reject(
        new AgencyError('conflict', {
          message: `Agreement ${id} was changed meanwhile (version ${stored.version}, not ${version}): read it again.`,
        }),
      );
    const next = { ...agreement, version: version + 1 };
    this.agreements.set(id, next);
    return next;
  }
}

export const notFound = (id: string): AgencyError =>
  new AgencyError('not-found', { what: `Agreement ${id}`, hint: 'It was never concluded here.' });
