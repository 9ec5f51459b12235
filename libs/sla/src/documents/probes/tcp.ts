import { mapping, type Reader, wholeNumber } from '../fields.js';
import { given } from './given.js';
import type { ProbeKind } from './kind.js';
import type { TcpAsk } from './probe.js';
import { someText } from './texts.js';

export const port: Reader<number> = wholeNumber(1, 65_535);

/** `tcp: 5432`, or its fields. */
export const tcp: ProbeKind<TcpAsk> = {
  read: (source, problems) => {
    if (source.kind === 'mapping') return ask(source, problems);
    const only = port(source, problems);
    return only === undefined ? undefined : { port: only };
  },
  write: (what) => ({ ...what }),
};

const ask: Reader<TcpAsk> = mapping((fields) => {
  const to = fields.required('port', port);
  const talk = {
    ...given('send', fields.optional('send', someText)),
    ...given('expect', fields.optional('expect', someText)),
  };
  return to === undefined ? undefined : { port: to, ...talk };
});
