import type { Call } from './call.js';
import { definitionOf, sizeOf } from './definition.js';
import { mountsOf } from './find-drive.js';

/** The stopped servers that have a drive are as large as it has become. */
export function resizeServers(call: Call, drive: string): void {
  for (const server of mountsOf(call, drive)) {
    if (server.state === 'stopped') call.testbed.fleet.changeSize(server, sizeOf(call, definitionOf(server)).name);
  }
}

/** The stopped servers that have a drive are without it. */
export function takeFromServers(call: Call, drive: string): void {
  for (const server of mountsOf(call, drive)) {
    const definition = definitionOf(server);
    const drives = definition.drives.filter((mount) => mount.drive !== drive);
    call.testbed.fleet.relabel(server, { definition: JSON.stringify({ ...definition, drives }) });
  }
}
