import { expositionProblems } from './exposition-check.js';

describe('a text in the exposition format', () => {
  const head = '# HELP a_total What there is.\n# TYPE a_total counter\n';
  const histogram =
    '# TYPE h histogram\nh_bucket{le="1",x="y"} 2\nh_bucket{le="+Inf",x="y"} 3\nh_sum{x="y"} 4\nh_count{x="y"} 3\n';

  it('is right', () => {
    expect(expositionProblems(`${head}a_total{b="\\"c\\\\",d="e"} 1.5e-7\na_total 2 1700000000000\n${histogram}`)).toEqual([]);
  });

  it.each([
    ['twice the same series', `${head}a_total{b="c"} 1\na_total{b="c"} 2\n`, 'stands twice'],
    ['what nothing describes', 'a_total 1\n', 'nothing says'],
    ['a family twice', `${head}${head}`, 'described twice'],
    ['a label without its end', `${head}a_total{b="c} 1\n`, 'no sample'],
    ['a value that is none', `${head}a_total many\n`, 'no sample'],
    ['no end of the last line', `${head}a_total 1`, 'no end'],
    ['buckets that shrink', histogram.replace('} 3', '} 1'), 'do not add up'],
  ])('is wrong: %s', (_, text, words) => {
    expect(expositionProblems(text)).toEqual([expect.stringContaining(words)]);
  });
});
