import { mapping, wholeNumber } from '../fields.js';
import type { ProbeKind } from './kind.js';
import type { IcmpAsk } from './probe.js';

export const icmp: ProbeKind<IcmpAsk> = {
  read: mapping((fields) => ({ packets: fields.optional('packets', wholeNumber(1, 5)) ?? 1 })),
  write: ({ packets }) => ({ packets }),
};
