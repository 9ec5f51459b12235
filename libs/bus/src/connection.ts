import { AgencyError, reasonOf } from '@cloud-agency/errors';
import { connect, type NatsConnection } from '@nats-io/transport-node';

export interface BusAddress {
  readonly url: string;
  readonly token?: string;
}

/**
 * A connection that reconnects for ever; `name` shows in the server's monitoring.
 * @throws AgencyError bus-unreachable when no server answers at the first try.
 */
export async function connectBus(address: BusAddress, name: string): Promise<NatsConnection> {
  try {
    return await connect({
      servers: address.url.split(','),
      ...(address.token ? { token: address.token } : {}),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      name,
    });
  } catch (cause) {
    throw new AgencyError('bus-unreachable', { url: address.url, reason: reasonOf(cause) }, { cause });
  }
}

/** Delivers what is still in hand, then closes. */
export async function closeBus(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  // A server that is gone already takes nothing more: there is nothing left to deliver it to.
  await connection.drain().catch(() => connection.close());
}
