import { choice, type Fields, mapping, type Reader, text } from '../fields.js';
import type { Place, Problems } from '../problems.js';
import type { Source } from '../source.js';
import { conditionSpec, policySpec, targetSpec } from './alerting.js';
import { type DataSource, type Kind, kinds, type Metadata, type OpenSloObjects, type Service } from './objects.js';
import { description, metadata, placed } from './parts.js';
import { sliSpec } from './sli.js';
import { sloSpec } from './slo.js';

/** What an object's apiVersion says that is one of OpenSLO. */
export const openSloVersion = 'openslo/v1';

/** Whether a document is an object of OpenSLO, or a list of them: whatever is wrong with it is told as one. */
export function isOpenSlo(source: Source): boolean {
  const [first] = source.kind === 'list' ? source.items : [source];
  const entries = first?.kind === 'mapping' ? first.entries : [];
  const version = entries.find(({ name }) => name === 'apiVersion')?.value;
  return version?.kind === 'scalar' && version.text.startsWith('openslo');
}

const specs = {
  SLO: sloSpec,
  SLI: sliSpec,
  Service: mapping<object>((fields) => {
    description(fields);
    return {};
  }),
  DataSource: mapping<Omit<DataSource, 'metadata'>>((fields) => {
    description(fields);
    const type = fields.required('type', placed(text()));
    const connection = fields.required('connectionDetails', (source) => source);
    return type && connection && { type, connection };
  }),
  AlertPolicy: policySpec,
  AlertCondition: conditionSpec,
  AlertNotificationTarget: targetSpec,
} as const satisfies Readonly<Record<Kind, Reader<object>>>;

type Found = { [K in Kind]: Map<string, object & { readonly metadata: Metadata }> };

/** The objects of some documents, each of which is one object or a list of them. What is wrong is told to `problems`. */
export function readObjects(documents: readonly Source[], problems: Problems): OpenSloObjects {
  const found = Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as unknown as Found;
  for (const document of documents)
    for (const source of document.kind === 'list' ? document.items : [document]) object(found)(source, problems);
  const of = (kind: Kind): never => found[kind] as never;
  return {
    slos: [...found.SLO.values()] as never,
    slis: of('SLI'),
    services: of('Service') satisfies ReadonlyMap<string, Service>,
    dataSources: of('DataSource'),
    policies: of('AlertPolicy'),
    conditions: of('AlertCondition'),
    targets: of('AlertNotificationTarget'),
  };
}

const object = (found: Found): Reader<true> =>
  mapping((fields, problems) => {
    fields.required('apiVersion', choice([openSloVersion]));
    const kind = fields.required('kind', choice(kinds));
    const named = fields.required('metadata', metadata);
    if (kind === undefined) {
      fields.skip();
      return undefined;
    }
    const said = fields.required('spec', specs[kind]);
    if (!named) return undefined;
    checkNew(found[kind], kind, named, fields, problems);
    if (said) found[kind].set(named.name, { metadata: named, ...said });
    return true;
  });

function checkNew(known: Found[Kind], kind: Kind, { name }: Metadata, fields: Fields, problems: Problems): void {
  const before = known.get(name);
  if (!before) return;
  const place: Place = fields.placeOf('metadata');
  problems.add(place, `there is a ${kind} called "${name}" already`, `at line ${before.metadata.place.at.line}`);
}
