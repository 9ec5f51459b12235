import { AgencyError } from '@cloud-agency/errors';
import { read } from './corpus/case.js';
import { illegal } from './corpus/illegal.js';
import { legal } from './corpus/legal.js';

describe('what is odd but legal is understood', () => {
  it.each(legal.map((one) => [one.name, one] as const))('%s', (_, one) => {
    expect(read(one)).toMatchObject(one.draft);
  });
});

describe('what is illegal is refused, and told where and why', () => {
  it.each(illegal.filter(({ onlyByHttp }) => !onlyByHttp).map((one) => [one.name, one] as const))('%s', (_, one) => {
    try {
      read(one);
    } catch (error) {
      expect(error).toBeInstanceOf(AgencyError);
      const { status, message } = error as AgencyError;
      expect([status, message]).toEqual([one.status, expect.stringContaining(one.says)]);
      return;
    }
    throw new Error('It was accepted.');
  });
});
