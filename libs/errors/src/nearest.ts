/** The known name closest to `given` by edit distance, when it is close enough to be a slip of the pen; else undefined. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  let most = Math.max(1, Math.ceil(wanted.length / 3));
  let best: string | undefined;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase(), most);
    if (distance > most) continue;
    best = name;
    // Only what is closer counts from here on.
    most = distance - 1;
  }
  return best;
}

/** Exact up to `most`; anything above it only says that it is more. What both begin and end with is passed over: ids share long schemes. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from += 1;
  let [endA, endB] = [a.length, b.length];
  for (; endA > from && endB > from && a[endA - 1] === b[endB - 1]; endB -= 1) endA -= 1;
  return distanceOf(a.slice(from, endA), b.slice(from, endB), most);
}

function distanceOf(a: string, b: string, most: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    if (Math.min(...current) > most) return most + 1;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
