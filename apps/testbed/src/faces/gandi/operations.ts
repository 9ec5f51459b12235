import type { Instance } from '../../cloud/instance.js';
import { KeptThings } from '../../cloud/kept-things.js';
import type { Testbed } from '../../testbed.js';
import type { RpcStruct } from '../xml-rpc.js';
import { idAt, type Methods, notFound, optionsAt } from './call.js';
import { counted, listed } from './filter.js';

/** Something that has begun, and how it will end. Times are milliseconds since 1970. */
export interface Operation {
  readonly id: string;
  readonly cloud: string;
  /** `vm_create`, `disk_attach`, … */
  readonly type: string;
  readonly vm: string | null;
  readonly disk: string | null;
  readonly iface: string | null;
  readonly createdAt: number;
  /** When the change that it has begun ends; null: it was over at once. */
  readonly endsAt: number | null;
  /** Why it fails when it ends; null: it succeeds. */
  readonly error: string | null;
}

type Subject = Partial<Pick<Operation, 'vm' | 'disk' | 'iface' | 'error'>>;

/** What has been asked of Gandi: everything that changes something is an operation ("Operation API Reference"). */
export class Operations {
  private readonly kept: KeptThings<Operation>;

  constructor(private readonly testbed: Testbed) {
    this.kept = new KeptThings(testbed.disk, 'gandi-operation');
  }

  /** Of a machine, as long as its change takes. */
  ofMachine(type: string, { id, cloud, change, fault }: Instance, subject: Subject = {}): RpcStruct {
    const error = change?.to === 'error' ? (fault?.message ?? 'failed') : null;
    return this.begin(cloud, type, change?.at ?? null, { vm: id, error, ...subject });
  }

  begin(cloud: string, type: string, endsAt: number | null, subject: Subject): RpcStruct {
    const { vm = null, disk = null, iface = null, error = null } = subject;
    const id = this.testbed.numbers.next();
    return this.view(this.kept.save({ id, cloud, type, vm, disk, iface, error, createdAt: this.testbed.clock.now(), endsAt }));
  }

  views(cloud: string): RpcStruct[] {
    return this.kept
      .all()
      .filter((operation) => operation.cloud === cloud)
      .map((operation) => this.view(operation));
  }

  private view(operation: Operation) {
    const { id, type, vm, disk, iface, createdAt, error } = operation;
    const ended = !this.isUnderWay(operation);
    return {
      id: Number(id),
      type,
      step: ended ? (error === null ? 'DONE' : 'ERROR') : 'RUN',
      vm_id: numberOrNull(vm),
      disk_id: numberOrNull(disk),
      iface_id: numberOrNull(iface),
      ip_id: numberOrNull(iface),
      last_error: ended ? error : null,
      source: 'TB1-GANDI',
      date_created: new Date(createdAt),
      date_start: null,
      date_updated: new Date(ended ? (operation.endsAt ?? createdAt) : createdAt),
    };
  }

  /** What it has changed is still changing. */
  private isUnderWay({ cloud, vm, disk, endsAt }: Operation): boolean {
    const { fleet, volumes, savedImages } = this.testbed;
    const changing = [fleet.get(vm ?? ''), ...volumes.all(), ...savedImages.all()].filter(
      (thing) => thing?.cloud === cloud && (thing.id === vm || thing.id === disk),
    );
    return endsAt !== null && changing.some((thing) => thing?.change?.at === endsAt);
  }
}

const numberOrNull = (id: string | null): number | null => (id === null ? null : Number(id));

export const operationMethods: Methods = {
  'operation.info': (call) => {
    const id = idAt(call, 0);
    const operation = call.operations.views(call.cloud.name).find((candidate) => candidate.id === id);
    if (!operation) throw notFound('OPERATION', `Operation '${id}' doesn't exist`);
    return operation;
  },
  'operation.list': (call) => listed(call, optionsAt(call, 0), call.operations.views(call.cloud.name)),
  'operation.count': (call) => counted(optionsAt(call, 0), call.operations.views(call.cloud.name)),
};
