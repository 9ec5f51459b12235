import { type Recorded, type RecordedCloud, type Seen, testHttp } from './recorded-cloud.js';
import type { VendorDriver } from '../src/vendor/port.js';
import { vendor as amazon } from '../src/vendors/amazon/index.js';
import { vendor as eucalyptus } from '../src/vendors/eucalyptus/index.js';
import { vendor as nimbus } from '../src/vendors/nimbus/index.js';

export const xml = (body: string, status = 200): Recorded => ({
  status,
  headers: { 'content-type': 'text/xml;charset=UTF-8' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
});
export const response = (action: string, body: string): Recorded =>
  xml(
    `<${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>59dbff89</requestId>${body}</${action}Response>`,
  );
export const error = (code: string, status: number, message = 'in words'): Recorded =>
  xml(
    `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>ea966190</RequestID></Response>`,
    status,
  );
export const params = (seen: Seen | undefined): URLSearchParams => new URLSearchParams(seen?.body);

/** A driver for an account at the recorded cloud; without an endpoint it is the vendor's own. */
export function connected(cloud: RecordedCloud, endpoint: string | null = cloud.url): VendorDriver {
  const account = {
    vendor: 'amazon',
    name: 'test',
    ...(endpoint === null ? {} : { endpoint }),
    regions: ['eu-west-1'],
    credentials: { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI' },
    images: { 'debian-11': 'ami-own' },
  };
  return amazon.connect(account, { http: testHttp(), now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
}

/** A driver for a cloud of the family that is signed for by version 2. */
export function connectedV2(vendor: 'eucalyptus' | 'nimbus', endpoint: string): VendorDriver {
  const account = {
    vendor,
    name: 'test',
    endpoint,
    regions: [vendor],
    credentials: { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI' },
    images: { 'debian-11': 'emi-own' },
  };
  return (vendor === 'nimbus' ? nimbus : eucalyptus).connect(account, {
    http: testHttp(),
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
  });
}

/** Answers by action. One without an answer is refused, as the vendor refuses an action that it does not know. */
export const byAction =
  (answers: Readonly<Record<string, (asked: URLSearchParams) => Recorded>>) =>
  (seen: Seen): Recorded => {
    const asked = params(seen);
    const answer = answers[asked.get('Action') ?? ''];
    return answer ? answer(asked) : error('InvalidAction', 400, `no answer for ${asked.get('Action') ?? 'nothing'}`);
  };

export const actions = (cloud: RecordedCloud): (string | null)[] => cloud.seen.map((seen) => params(seen).get('Action'));
/** The parameters of the last call of an action. */
export function sent(cloud: RecordedCloud, action: string): Record<string, string> {
  const found = cloud.seen.map(params).filter((asked) => asked.get('Action') === action);
  return Object.fromEntries(found.at(-1) ?? []);
}
