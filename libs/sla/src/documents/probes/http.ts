import type { Value } from '../wsag/build.js';
import { exactly } from '../exactly.js';
import { choice, flag, mapping, oneOrMore, type Reader, text, wholeNumber } from '../fields.js';
import { machineUrl } from '../machine-url.js';
import type { Source } from '../source.js';
import type { Problems } from '../problems.js';
import { span } from '../spans.js';
import { given } from './given.js';
import type { ProbeKind } from './kind.js';
import {
  type BodyExpectation,
  type HttpAsk,
  httpMethods,
  type JsonExpectation,
  type StatusClass,
  statusClasses,
  type TlsExpectation,
} from './probe.js';
import { jsonPath, pattern, plainText, someText } from './texts.js';

/** `http: URL`, or its fields. */
export const http: ProbeKind<string | HttpAsk> = {
  read: (source, problems) => (source.kind === 'mapping' ? ask(source, problems) : url(source, problems)),
  write: (what) => (typeof what === 'string' ? what : written(what)),
};

const url = machineUrl('e.g. http://{address}:8080/health');

const ask: Reader<HttpAsk> = mapping((fields, problems) => {
  const address = fields.required('url', url);
  const asked = {
    ...given('method', fields.optional('method', choice(httpMethods))),
    ...given('headers', fields.optional('headers', headers)),
    ...given('send', fields.optional('send', text(10_000))),
    ...given('status', fields.optional('status', oneOrMore(status))),
    ...given('body', fields.optional('body', body)),
    ...given('redirects', fields.optional('redirects', wholeNumber(0, 10))),
    ...given('tls', fields.optional('tls', tls)),
  };
  if (asked.tls && address?.startsWith('http:'))
    problems.add(fields.placeOf('tls'), 'there is no TLS where the URL begins with http:', 'write https:');
  if (asked.method === 'HEAD' && asked.body) problems.add(fields.placeOf('body'), 'the answer to HEAD has no body');
  return address === undefined ? undefined : { url: address, ...asked };
});

const headerName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
/** They say how the message itself is carried: that is not the client's to say. */
const ownHeaders: readonly string[] = ['connection', 'content-length', 'expect', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const headerValue = text(1_000, { matches: /^[\t -~]*$/, wanted: 'the value of a header: printable ASCII' });

const headers: Reader<Readonly<Record<string, string>>> = (source, problems) => {
  if (source.kind !== 'mapping') {
    problems.add(source, 'must be headers by their names', 'e.g. { Accept: application/json }');
    return undefined;
  }
  if (source.entries.length > 20) problems.add(source, `${source.entries.length} headers are given; at most 20 are allowed`);
  const read = source.entries.slice(0, 20).map(({ name, value }) => [name, header(name, value, problems)] as const);
  return Object.fromEntries(read.filter((entry): entry is [string, string] => entry[1] !== undefined));
};

function header(name: string, value: Source, problems: Problems): string | undefined {
  if (!headerName.test(name)) problems.add(value, `"${name}" is not the name of a header: letters, digits and -`);
  else if (ownHeaders.includes(name.toLowerCase())) problems.add(value, `the header ${name} cannot be set`);
  else return headerValue(value, problems);
  return undefined;
}

const status: Reader<number | StatusClass> = (source, problems) => {
  const known = statusClasses.find((name) => source.kind === 'scalar' && source.text === name);
  const value = source.kind === 'scalar' ? source.value : undefined;
  if (known !== undefined) return known;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599) return value;
  problems.add(source, 'must be a status from 100 to 599, or a class of them such as 2xx');
  return undefined;
};

const body: Reader<BodyExpectation> = mapping((fields, problems) => {
  const expected = {
    ...given('contains', fields.optional('contains', someText)),
    ...given('matches', fields.optional('matches', pattern)),
    ...given('json', fields.optional('json', json)),
  };
  if (!['contains', 'matches', 'json'].some((name) => fields.has(name)))
    problems.add(fields.place, 'nothing is expected of the body', 'say contains, matches or json');
  return expected;
});

const json: Reader<JsonExpectation> = mapping((fields) => {
  const path = fields.required('path', jsonPath);
  const equals = fields.required('equals', plainText);
  return path === undefined || equals === undefined ? undefined : { path, equals };
});

const serverName = text(253, { matches: /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, wanted: 'the name of a server' });
const certificates = text(65_536, { matches: /^\s*-----BEGIN CERTIFICATE-----[^]*$/, wanted: 'a certificate in PEM' });

const tls: Reader<TlsExpectation> = mapping((fields) => ({
  ...given('verify', fields.optional('verify', flag)),
  ...given('validFor', fields.optional('valid_for', span(1000, 'at least 1 s'))),
  ...given('serverName', fields.optional('server_name', serverName)),
  ...given('ca', fields.optional('ca', certificates)),
}));

const written = ({ status: statuses, redirects, tls: wanted, ...same }: HttpAsk): Value => ({
  ...same,
  body: same.body && { ...same.body, json: same.body.json && { ...same.body.json } },
  status: statuses,
  redirects,
  tls: wanted && {
    verify: wanted.verify === undefined ? undefined : String(wanted.verify),
    valid_for: wanted.validFor === undefined ? undefined : exactly(wanted.validFor, 'duration'),
    server_name: wanted.serverName,
    ca: wanted.ca,
  },
});
