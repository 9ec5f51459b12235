import { invalidValue } from '../ec2-error.js';
import type { XmlFields } from '../xml.js';
import type { Ec2Action, Ec2Call } from './action.js';
import { defaultVpc } from './default-vpc.js';

const attributes: Readonly<Record<string, (call: Ec2Call) => readonly (string | number)[]>> = {
  'max-instances': ({ region }) => [region.quota],
  'supported-platforms': () => ['VPC'],
  'default-vpc': (call) => [defaultVpc(call).id],
};

export const describeAccountAttributes: Ec2Action = (call) => {
  const wanted = call.query.list('AttributeName');
  const unknown = wanted.find((name) => !Object.hasOwn(attributes, name));
  if (unknown !== undefined) throw invalidValue(`The account attribute '${unknown}' is invalid`);
  const asked = Object.entries(attributes).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  return { accountAttributeSet: asked.map(([name, valuesOf]) => view(name, valuesOf(call))) };
};

const view = (attributeName: string, values: readonly (string | number)[]): XmlFields => ({
  attributeName,
  attributeValueSet: values.map((attributeValue) => ({ attributeValue })),
});
