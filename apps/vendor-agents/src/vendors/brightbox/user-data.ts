import type { MachineOrder } from '../../vendor/port.js';

/** Nothing that a key or user data could hold. */
const boundary = '==agency-cloud-init==';

/**
 * Base64 of what cloud-init reads. Brightbox takes no key with a server, so ours goes the way of the user data: alone as a cloud-config, or
 * with the caller's own as two parts of a MIME archive (cloud-init, "User-data formats").
 */
export function userDataOf({ sshKey, userData }: Pick<MachineOrder, 'sshKey' | 'userData'>): string | undefined {
  const keys = sshKey === undefined ? undefined : `#cloud-config\nssh_authorized_keys:\n  - ${JSON.stringify(sshKey.trim())}\n`;
  const both = keys !== undefined && userData !== undefined;
  const document = both ? archiveOf([partOf('text/cloud-config', keys), callers(userData)]) : (keys ?? userData);
  return document === undefined ? undefined : Buffer.from(document).toString('base64');
}

/** An archive stands inside another as it is. */
const callers = (userData: string): string =>
  /^(MIME-Version|Content-Type):/i.test(userData) ? userData : partOf(typeOf(userData), userData);

const typeOf = (userData: string): string => (userData.startsWith('#!') ? 'text/x-shellscript' : 'text/cloud-config');

/** Both may be cloud-configs: what one of them has in a list is added to what the other has. */
const partOf = (type: string, content: string): string =>
  [
    `Content-Type: ${type}; charset="utf-8"`,
    'Content-Transfer-Encoding: base64',
    'X-Merge-Type: list(append)+dict(recurse_array)+str()',
    '',
    Buffer.from(content).toString('base64'),
  ].join('\r\n');

const archiveOf = (parts: readonly string[]): string =>
  [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...parts.flatMap((part) => [`--${boundary}`, part]),
    `--${boundary}--`,
    '',
  ].join('\r\n');
