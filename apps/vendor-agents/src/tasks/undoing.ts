import type { Operation } from '@cloud-agency/bus';
import type { TaskTools } from './findings.js';
import type { Task } from './tasks.js';

/** The operation that takes back what this one may have left half done; undefined where there is nothing to take back. */
export async function inverseOf({ operation }: Task, tools: TaskTools): Promise<Operation | undefined> {
  switch (operation.do) {
    case 'create-volume':
      return { do: 'delete-volume', volume: operation.volume };
    case 'create-network':
      return { do: 'delete-network', network: operation.network };
    case 'attach-volume':
      return { do: 'detach-volume', volume: operation.volume, placement: operation.placement };
    case 'join-network':
      return { ...operation, do: 'leave-network' };
    case 'resize':
      return await formerSize(operation.placement, tools);
    default:
      return undefined;
  }
}

/** A machine whose new size was refused may have been stopped for it: a resize to what it was brings it back. */
async function formerSize(placement: string, tools: TaskTools): Promise<Operation | undefined> {
  const order = (await tools.placement(placement))?.order;
  return order ? { do: 'resize', placement, instanceType: order.instanceType, price: order.price } : undefined;
}
