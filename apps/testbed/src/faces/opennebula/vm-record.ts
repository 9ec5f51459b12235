import type { Instance } from '../../cloud/instance.js';
import type { Testbed } from '../../testbed.js';
import type { Template, Vector } from './template.js';

/** What an OpenNebula knows of a machine beside what every cloud knows of its instances. */
export interface VmRecord {
  /** That of the instance. */
  readonly id: string;
  readonly cpu: string;
  readonly vcpu: number;
  readonly memoryMib: number;
  /** Those that it was made with, as they are shown. */
  readonly disks: readonly Vector[];
  /** Its first interface is in the operator's network. */
  readonly hasAddress: boolean;
  /** What else stands in its TEMPLATE. */
  readonly more: Template;
  /** The state that it rests in, where that is not the usual one: STOPPED for suspended, UNDEPLOYED for powered off. */
  readonly resting: 'STOPPED' | 'UNDEPLOYED' | null;
}

const kind = 'opennebula-vm';

/** All of them, kept on the testbed's disk. */
export class VmRecords {
  private readonly records: Map<string, VmRecord>;

  constructor(private readonly disk: Testbed['disk']) {
    this.records = new Map(disk.kept<VmRecord>(kind).map((record) => [record.id, record]));
  }

  of({ id }: Pick<Instance, 'id'>): VmRecord | undefined {
    return this.records.get(id);
  }

  keep(record: VmRecord): void {
    this.disk.keep(kind, record);
    this.records.set(record.id, record);
  }

  forget(id: string): void {
    this.disk.forget(kind, id);
    this.records.delete(id);
  }
}
