import { choice, mapping, oneOrMore, type Reader, text } from '../fields.js';
import { given } from './given.js';
import type { ProbeKind } from './kind.js';
import { type DnsAsk, dnsTypes } from './probe.js';
import { port } from './tcp.js';
import { someText } from './texts.js';

export const dns: ProbeKind<DnsAsk> = {
  read: mapping((fields, problems) => {
    const name = fields.required('name', domainName);
    const type = fields.optional('type', choice(dnsTypes)) ?? 'A';
    const rest = {
      ...given('answers', fields.optional('answers', oneOrMore(someText))),
      ...given('resolver', fields.optional('resolver', resolver)),
      ...given('port', fields.optional('port', port)),
    };
    if (rest.resolver !== undefined && rest.port !== undefined)
      problems.add(fields.placeOf('port'), 'a resolver elsewhere is asked on port 53', 'leave port out, or resolver');
    return name === undefined ? undefined : { name, type, ...rest };
  }),
  write: (what) => ({ ...what }),
};

const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const domainName = text(253, {
  matches: new RegExp(`^${label}([.]${label})*[.]?$`),
  wanted: 'a domain name, e.g. shop.example.com',
});

/** The machine, or a resolver of the Internet: not one of the network that the Agency itself stands in. */
const resolver: Reader<string> = (source, problems) => {
  const written = text(45)(source, problems);
  if (written === undefined || isPublic(written)) return written;
  problems.add(
    source,
    `"${written}" is not a public IP address`,
    'leave it out to ask the machine; a resolver elsewhere is named by its public address',
  );
  return undefined;
};

const isPublic = (address: string): boolean => (address.includes(':') ? isPublic6(address) : isPublic4(address));

/** Not those that lead to an IPv4 address within (6to4, Teredo) either. */
const isPublic6 = (address: string): boolean =>
  /^[23][0-9a-f]{3}:[0-9a-f:]*$/i.test(address) && !/^(2002|2001:0{0,4}):/i.test(address) && URL.canParse(`http://[${address}]/`);

function isPublic4(address: string): boolean {
  const octets = /^(\d{1,3})[.](\d{1,3})[.](\d{1,3})[.](\d{1,3})$/.exec(address)?.slice(1).map(Number) ?? [];
  const [first = 0, second = 0] = octets;
  if (address === insideAzure || octets.length !== 4 || octets.some((octet) => octet > 255) || first >= 224) return false;
  return !reserved.some(([net, from = 0, to = 255]) => first === net && second >= from && second <= to);
}

/** In the midst of public addresses, and yet the resolver of each private network there. */
const insideAzure = '168.63.129.16';

/** This host, private, shared, loopback, link-local and benchmarking networks by their first octet and the range of their second (RFC 6890). */
const reserved: readonly (readonly number[])[] = [
  [0],
  [10],
  [100, 64, 127],
  [127],
  [169, 254, 254],
  [172, 16, 31],
  [192, 168, 168],
  [198, 18, 19],
];
