import { collectorId, type EntityChange, type LinkRef } from '@cloud-agency/occi';

export interface DividedLinks {
  readonly collectors: readonly LinkRef[];
  readonly others: readonly LinkRef[];
}

/** The links that came inline with a compute: those that lead to sensors, and the others. */
export function dividedLinks(links: readonly LinkRef[]): DividedLinks {
  const toSensors = ({ target, categories }: LinkRef): boolean => target.startsWith('/sensor/') || categories[0] === collectorId;
  return { collectors: links.filter(toSensors), others: links.filter((link) => !toSensors(link)) };
}

/** What the client says of a collector by a link of its compute. */
export function collectorGiven({ target, categories, attributes }: LinkRef, compute: string): EntityChange {
  const [kind = collectorId, ...mixins] = categories;
  return {
    kind,
    mixins,
    links: [],
    attributes: { ...attributes, 'occi.core.source': `/compute/${compute}`, 'occi.core.target': target },
  };
}
