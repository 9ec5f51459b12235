import type { Instance } from './instance.js';

/** What an instance has written to its console since it last began to run; nothing before that. Lines end with a line feed. */
export function consoleOf({ id, name, image, size, zone, address, launchedAt, keyName }: Instance): string {
  if (launchedAt === null) return '';
  const began = new Date(launchedAt).toISOString();
  const lines = [
    `[    0.000000] Linux booting at ${began}`,
    `[    0.512000] Machine model: ${size} in ${zone}`,
    `[    1.024000] cloud-init: instance ${id} (${name || 'nameless'}) of image ${image}`,
    ...(keyName === null ? [] : [`[    1.536000] cloud-init: authorized key ${keyName}`]),
    `[    2.048000] eth0: ${address ?? 'no address'}`,
    `${id} login:`,
  ];
  return `${lines.join('\n')}\n`;
}
