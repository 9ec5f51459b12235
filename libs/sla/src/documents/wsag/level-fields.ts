import type { ServiceLevel } from '../call.js';
import { exactly } from '../exactly.js';
import { guaranteeFields } from '../guarantee-fields.js';
import type { Value } from './build.js';

const time = (ms: number): string => exactly(ms, 'duration');

/** WS-Agreement knows no levels: one is written as the call document has it. */
export const levelFields = ({ name, after, backAfter, guarantees }: ServiceLevel): Value => ({
  name,
  after: `${after.times} per ${time(after.per)}`,
  back_after: time(backAfter),
  guarantees: guarantees.map(guaranteeFields),
});
