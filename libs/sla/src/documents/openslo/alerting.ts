import { choice, type Fields, flag, list, mapping, type Reader, text } from '../fields.js';
import { type AlertCondition, type AlertPolicy, type AlertTarget, type Named, operators } from './objects.js';
import { description, duration, durationOrNone, metadata, numberIn, objectName, placed } from './parts.js';

/** The `spec` of an AlertPolicy. */
export const policySpec: Reader<Omit<AlertPolicy, 'metadata'>> = mapping((fields, problems) => {
  description(fields);
  const when = whenOf(fields);
  const conditions = fields.required('conditions', list(conditionOf));
  const targets = fields.required('notificationTargets', list(targetOf));
  const [written, notified] = [countIn(fields, 'conditions'), countIn(fields, 'notificationTargets')];
  if (written !== 1) problems.add(fields.placeOf('conditions'), `has ${written} conditions; there must be exactly one`);
  if (notified === 0) problems.add(fields.placeOf('notificationTargets'), 'nobody is notified', 'name one target at least');
  const condition = conditions?.[0];
  return condition && targets && { place: fields.place, condition, targets, ...when };
});

function whenOf(fields: Fields): Pick<AlertPolicy, 'whenNoData' | 'whenResolved' | 'whenBreaching'> {
  const whenNoData = fields.optional('alertWhenNoData', placed(flag));
  const whenResolved = fields.optional('alertWhenResolved', placed(flag));
  const whenBreaching = fields.optional('alertWhenBreaching', placed(flag));
  return {
    ...(whenNoData && { whenNoData }),
    ...(whenResolved && { whenResolved }),
    ...(whenBreaching && { whenBreaching }),
  };
}

/** As they are written, right or wrong; what is no list at all is told already. */
function countIn(fields: Fields, name: string): number {
  const source = fields.source(name);
  return source?.kind === 'list' ? source.items.length : 1;
}

/** The `spec` of an AlertCondition. */
export const conditionSpec: Reader<Omit<AlertCondition, 'metadata'>> = mapping((fields) => {
  description(fields);
  fields.required('severity', text());
  return fields.required('condition', burnRate);
});

const burnRate: Reader<Omit<AlertCondition, 'metadata'>> = mapping((fields) => {
  fields.optional('kind', choice(['burnrate']));
  const op = fields.required('op', placed(choice(operators)));
  const threshold = fields.required('threshold', placed(numberIn(() => true, 'a number')));
  const lookback = fields.required('lookbackWindow', placed(duration));
  const after = fields.optional('alertAfter', placed(durationOrNone));
  return op && threshold && lookback && { op, threshold, lookback, ...(after && { after }) };
});

/** The `spec` of an AlertNotificationTarget. */
export const targetSpec: Reader<Omit<AlertTarget, 'metadata'>> = mapping((fields) => {
  description(fields);
  const target = fields.required('target', placed(text(2000)));
  return target && { target };
});

/** An object that stands inside another: its `kind` may be told once more. */
const inline = <T extends object>(kind: string, spec: Reader<T>) =>
  mapping((fields) => {
    fields.optional('kind', choice([kind]));
    const named = fields.required('metadata', metadata);
    const said = fields.required('spec', spec);
    return named && said && { metadata: named, ...said };
  });

export const inlinePolicy: Reader<AlertPolicy> = inline('AlertPolicy', policySpec);
const inlineCondition: Reader<AlertCondition> = inline('AlertCondition', conditionSpec);
const inlineTarget: Reader<AlertTarget> = inline('AlertNotificationTarget', targetSpec);

/** The name of an object, or the object itself. */
export const refOr =
  <T>(name: string, read: Reader<T>): Reader<Named<T>> =>
  (source, problems) => {
    const isRef = source.kind === 'mapping' && source.entries.some((entry) => entry.name === name);
    if (isRef)
      return mapping((fields) => {
        const ref = fields.required(name, placed(objectName));
        return ref && { ref };
      })(source, problems);
    const object = read(source, problems);
    return object && { object };
  };

const conditionOf = refOr('conditionRef', inlineCondition);
const targetOf = refOr('targetRef', inlineTarget);
