import type { PlaceLevel } from '../vocabulary/names.js';
import type { Need } from './call.js';

/** Tells of `field` of the item's placement what nothing can ever meet. */
type Tell = (field: string, message: string) => void;
interface Placed {
  readonly need: Need;
}

/** Finds what the placement of an item demands that no plan can meet, given what the items say of places and of each other. */
export function checkPlacement({ need }: Placed, items: readonly Placed[], tell: Tell): void {
  checkSpread(need, tell);
  const others = items.map((item) => item.need);
  const named = (item: string) => others.find((other) => other.item === item);
  for (const { item, over } of need.apartFrom) {
    const other = named(item);
    if (other) checkApart(need, other, over, tell);
  }
  for (const { item, over } of need.with ?? []) {
    const other = named(item);
    if (other) checkWith(need, other, over, tell);
  }
}

/** The levels at which two machines share a place when they share one of this level. */
const shared: Readonly<Record<PlaceLevel, readonly PlaceLevel[]>> = {
  continent: ['continent'],
  country: ['country', 'continent'],
  vendor: ['vendor'],
  region: ['region', 'vendor', 'country', 'continent'],
  zone: ['zone', 'region', 'vendor', 'country', 'continent'],
};

/** Names that are the same place for every vendor; region and zone names are not. */
function namesAt(need: Need, level: PlaceLevel): readonly string[] | undefined {
  if (level !== 'continent' && level !== 'country' && level !== 'vendor') return undefined;
  for (const constraint of need.require) {
    if (constraint.type !== 'place') continue;
    const names = constraint.within[level];
    if (names) return names.filter((name) => !constraint.not[level]?.includes(name));
  }
  return undefined;
}

function checkSpread(need: Need, tell: Tell): void {
  for (const { over, atMost } of need.spread) {
    const places = namesAt(need, over);
    if (!places || need.count <= atMost * places.length) continue;
    const room = `${places.length === 1 ? `one ${over}` : `${places.length} ${over === 'country' ? 'countries' : `${over}s`}`} with at most ${atMost} each`;
    tell('spread', `${need.count} machines cannot stand in ${room} (${places.join(', ')})`);
  }
}

function checkApart(need: Need, other: Need, over: PlaceLevel, tell: Tell): void {
  const mine = namesAt(need, over);
  const theirs = namesAt(other, over);
  if (mine?.length !== 1 || theirs?.length !== 1 || mine[0] !== theirs[0]) return;
  tell('apart_from', `${need.item} and ${other.item} must both be in the ${over} ${mine[0] ?? ''}, and apart over ${over}`);
}

function checkWith(need: Need, other: Need, over: PlaceLevel, tell: Tell): void {
  const kept = [
    ...need.apartFrom.filter(({ item }) => item === other.item),
    ...other.apartFrom.filter(({ item }) => item === need.item),
  ];
  const apart = kept.find((each) => shared[over].includes(each.over));
  if (apart) tell('with', `${need.item} must be with ${other.item} over ${over}, and the two apart over ${apart.over}`);
  for (const level of shared[over]) {
    const mine = namesAt(need, level);
    const theirs = namesAt(other, level);
    if (!mine || !theirs || mine.some((name) => theirs.includes(name))) continue;
    tell(
      'with',
      `${need.item} must be with ${other.item} over ${over}, but in the ${level} ${mine.join(' or ')}, and ${other.item} in ${theirs.join(' or ')}`,
    );
  }
}
