import { execFileSync, spawnSync } from 'node:child_process';
import { withScript } from '../../src/enrolment/user-data.js';

const ours = '#!/bin/sh\necho ours\n';

/** What cloud-init's own reader, Python's email package, makes of it: types and contents of all parts. */
const partsOf = (userData: string): readonly (readonly [string, string])[] => {
  const read = `
import email, json, sys
message = email.message_from_string(sys.stdin.read())
print(json.dumps([[p.get_content_type(), p.get_payload(decode=True).decode()] for p in message.walk() if not p.is_multipart()]))`;
  return JSON.parse(execFileSync('python3', ['-c', read], { input: userData }).toString()) as [string, string][];
};

it('is the script itself where a client wants nothing else', () => {
  expect(withScript(ours, undefined)).toBe(ours);
  expect(withScript(ours, ' \n')).toBe(ours);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

(hasPython ? it : it.skip).each([
  ['#!/bin/sh\necho "ä ö"\n', 'text/x-shellscript'],
  ['#cloud-config\npackages: [nginx]\n', 'text/cloud-config'],
  ['#include\nhttps://example.org/x\n', 'text/x-include-url'],
  ['#cloud-config-archive\n- content: x\n', 'text/cloud-config-archive'],
  ['anything', 'text/plain'],
])('keeps %j of its client as %s, and runs the script after it', (clients, type) => {
  const [first, second] = partsOf(withScript(ours, clients));
  expect(first).toEqual([type, clients]);
  expect(second).toEqual(['text/x-shellscript', ours]);
});

(hasPython ? it : it.skip)("keeps a client's archive as it is", () => {
  const archive = withScript('#!/bin/sh\necho theirs\n', '#cloud-config\n{}\n').replaceAll(
    '==cloud-agency-user-data==',
    'theirs',
  );
  expect(partsOf(withScript(ours, archive)).map(([type]) => type)).toEqual([
    'text/cloud-config',
    'text/x-shellscript',
    'text/x-shellscript',
  ]);
});
