import fc from 'fast-check';
import { nearest } from './index.js';

const word = fc.stringMatching(/^[abc]{0,12}$/);

/** Levenshtein's definition, word for word. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const rest = distance(a.slice(1), b.slice(1));
  return a[0] === b[0] ? rest : 1 + Math.min(rest, distance(a.slice(1), b), distance(a, b.slice(1)));
}

it('finds the closest name within a third of the length', () => {
  const short = fc.stringMatching(/^[ab]{0,6}$/);
  fc.assert(
    fc.property(short, fc.array(short, { maxLength: 4 }), (given, known) => {
      const distances = known.map((name) => distance(given, name));
      const least = Math.min(...distances);
      const wanted = least <= Math.max(1, Math.ceil(given.length / 3)) ? known[distances.indexOf(least)] : undefined;
      expect(nearest(given, known)).toBe(wanted);
    }),
  );
});

it('knows a name as its own closest, in any case', () => {
  fc.assert(fc.property(word, (name) => nearest(name.toUpperCase(), ['unlike', name]) === name));
  expect(
    nearest('http://schemas.ogf.org/occi/infrastructure#computer', ['http://schemas.ogf.org/occi/infrastructure#compute']),
  ).toMatch(/#compute$/);
});
