/** What a machine is given for its first boot when something of the Agency's goes beside what its client wants there. */

/** Nothing that base64 or the Agency's own script could hold. */
const boundary = '==cloud-agency-user-data==';

/**
 * The Agency's script alone, or with the client's user data as parts of a MIME archive (cloud-init, "User-data formats"). A script and a
 * cloud-config of the client's both go on working: cloud-init carries out every part by its own type, the client's first, and ours is no
 * cloud-config, so nothing is merged. User data that is an archive already is taken as it is, as a part of ours.
 */
export function withScript(script: string, clients: string | undefined): string {
  if (clients === undefined || clients.trim() === '') return script;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    ...[clientsPart(clients), scriptPart(script)].flatMap((part) => [`--${boundary}`, part]),
    `--${boundary}--`,
    '',
  ].join('\n');
}

/** In base64: it may hold any text. */
const clientsPart = (content: string): string => {
  if (/^(MIME-Version|Content-Type):/i.test(content)) return content;
  const head = [
    `Content-Type: ${typeOf(content)}; charset="utf-8"`,
    'MIME-Version: 1.0',
    'Content-Transfer-Encoding: base64',
    '',
  ];
  return [...head, Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n')].join('\n');
};

const scriptPart = (script: string): string =>
  [
    'Content-Type: text/x-shellscript; charset="us-ascii"',
    'MIME-Version: 1.0',
    'Content-Transfer-Encoding: 7bit',
    'Content-Disposition: attachment; filename="cloud-agency.sh"',
    '',
    script,
  ].join('\n');

/** How cloud-init tells user data apart when nobody says what it is: by how it begins. */
const types: readonly (readonly [string, string])[] = [
  ['#!', 'text/x-shellscript'],
  ['#cloud-config-archive', 'text/cloud-config-archive'],
  ['#cloud-config-jsonp', 'text/cloud-config-jsonp'],
  ['#cloud-config', 'text/cloud-config'],
  ['#cloud-boothook', 'text/cloud-boothook'],
  ['#include-once', 'text/x-include-once-url'],
  ['#include', 'text/x-include-url'],
  ['#part-handler', 'text/part-handler'],
  ['## template: jinja', 'text/jinja2'],
];

const typeOf = (content: string): string => types.find(([beginning]) => content.startsWith(beginning))?.[1] ?? 'text/plain';
