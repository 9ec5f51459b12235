import { readRpcAnswer, rpcCall, type RpcValue } from '../src/vendor/xml-rpc.js';
import type { Recorded, Seen } from './recorded-cloud.js';

const headers = { 'content-type': 'text/xml' };

/** An answer of XML-RPC, its value written as a call writes a parameter. */
export const value = (told: RpcValue, more: Record<string, string> = {}): Recorded => ({
  headers: { ...headers, ...more },
  body: rpcCall('any', [told])
    .replace(/^.*?<params>/s, '<?xml version="1.0"?><methodResponse><params>')
    .replace('</methodCall>', '</methodResponse>'),
});

export const fault = (code: number | string, message: string, status = 200): Recorded => ({
  status,
  headers,
  body: `<?xml version="1.0"?><methodResponse><fault>${memberValue({ faultCode: code, faultString: message })}</fault></methodResponse>`,
});

const memberValue = (told: RpcValue): string => /<value>.*<\/value>/s.exec(rpcCall('any', [told]))?.[0] ?? '';

export const methodOf = ({ body }: Seen): string => /<methodName>(.*?)<\/methodName>/.exec(body)?.[1] ?? '';

export const paramsOf = ({ body }: Seen): readonly RpcValue[] =>
  (body.match(/<param>.*?<\/param>/gs) ?? []).map((param) => {
    const told = readRpcAnswer(`<methodResponse><params>${param}</params></methodResponse>`);
    return 'value' in told ? told.value : null;
  });
