import { parseCall } from '@cloud-agency/sla';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readCallFile } from './call-file.js';

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHJ1bm5pbmcgb3V0IG9mIGlkZWFzIGZvciBhIGtleSEh me@home';
const call = (sshKey: string): string =>
  `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop # the name
resources:
  web:
    kind: compute
    require: { cores: ">= 2" }
    ssh_key: ${sshKey}
`;

function reading(files: Record<string, string>) {
  return (path: string): string => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
    return text;
  };
}

it.each([
  ['~/.ssh/id.pub', join(homedir(), '.ssh/id.pub')],
  ['./id.pub', '/calls/id.pub'],
  ['/keys/id.pub', '/keys/id.pub'],
])('sends the first line of the file %s instead of its path, and nothing else differs', (path, place) => {
  const { text, name } = readCallFile(
    '/calls/shop.yaml',
    reading({ '/calls/shop.yaml': call(path), [place]: `${key}\nsecond line\n` }),
  );
  expect(text).toBe(call(JSON.stringify(key)));
  expect(name).toBe('shop');
});

it("leaves a key's text as it is", () => {
  expect(readCallFile('/c.yaml', reading({ '/c.yaml': call(key) })).text).toBe(call(key));
});

it('sends a WS-Agreement offer as it is', () => {
  const offer = readFileSync('examples/web-shop.wsag.xml', 'utf8');
  expect(readCallFile('/shop.xml', reading({ '/shop.xml': offer }))).toEqual({ text: offer, name: 'web-shop' });
});

it('sends objectives after the call, for the item that is named, and still puts keys in place', () => {
  const probed = `${call('/keys/id.pub')}probes: [{ of: web, http: "http://{address}:8080/health" }]\n`;
  const files = { '/c.yaml': probed, '/keys/id.pub': key, '/slo.yaml': objectives };
  const { text } = readCallFile('/c.yaml', reading(files), { file: '/slo.yaml', of: 'web' });
  expect(text).toContain(`ssh_key: ${JSON.stringify(key)}`);
  expect(parseCall(text).call.guarantees).toEqual([expect.objectContaining({ of: 'web', percentile: 95, atMost: 200 })]);
});

it('says what is wrong with objectives at the lines of their own file', () => {
  const files = { '/c.yaml': call(key), '/slo.yaml': objectives.replace('1h', '1 hour') };
  expect(() => readCallFile('/c.yaml', reading(files), { file: '/slo.yaml' })).toThrow(/line 7, column/);
});

const objectives = `apiVersion: openslo/v1
kind: SLO
metadata: { name: fast }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 1h, isRolling: true }]
  objectives: [{ op: lte, value: 200, target: 0.95 }]
  indicator:
    metadata: { name: latency }
    spec: { thresholdMetric: { metricSource: { type: CloudAgency, spec: { metric: response_time } } } }
`;

it('says which key file it cannot read', () => {
  expect(() => readCallFile('/c.yaml', reading({ '/c.yaml': call('/keys/gone.pub') }))).toThrow(
    expect.objectContaining({ code: 'unreadable-file', message: expect.stringContaining('/keys/gone.pub') as string }) as Error,
  );
});
