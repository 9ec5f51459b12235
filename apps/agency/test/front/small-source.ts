import type { Entity, EntityDraft } from '@cloud-agency/occi';
import { RecordingSource } from './recording-source.js';

/** Most that it holds, and that it remembers. */
const most = 20;

/** Takes whatever it is given, and forgets it soon: for tests that ask without end. */
export class SmallSource extends RecordingSource {
  override async create(draft: EntityDraft): Promise<Entity> {
    for (const kept of [this.drafts, this.changes, this.replacements, this.calls]) if (kept.length >= most) kept.length = 0;
    return await super.create(draft);
  }
}
