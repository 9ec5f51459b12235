import type { Call, Handler } from './call.js';
import { vmCalled } from './vms.js';

/** Something that a control panel does in its own time. */
export interface Transaction {
  readonly id: string;
  readonly cloud: string;
  readonly vm: string;
  /** e.g. `build_virtual_machine` */
  readonly action: string;
  readonly createdAt: number;
}

export function noteTransaction({ testbed, kept, cloud }: Call, vm: string, action: string): void {
  kept.transactions.save({ id: testbed.numbers.next(), cloud: cloud.name, vm, action, createdAt: testbed.clock.now() });
}

/** The newest first. */
export const listTransactions: Handler = (call) => {
  const { id, state, change, fault } = vmCalled(call);
  const own = call.kept.transactions
    .all()
    .filter(({ cloud, vm }) => cloud === call.cloud.name && vm === id)
    .reverse();
  const statusOf = ({ action }: Transaction, place: number): string => {
    if (place === 0 && change !== null) return 'running';
    return state === 'error' && action === 'build_virtual_machine' ? 'failed' : 'complete';
  };
  return {
    body: own.map((transaction, place) => {
      const status = statusOf(transaction, place);
      return {
        transaction: {
          id: Number(transaction.id),
          action: transaction.action,
          status,
          associated_object_id: Number(id),
          associated_object_type: 'VirtualMachine',
          parent_id: Number(id),
          parent_type: 'VirtualMachine',
          created_at: new Date(transaction.createdAt).toISOString(),
          log_item: status === 'failed' ? (fault?.message ?? null) : null,
        },
      };
    }),
  };
};
