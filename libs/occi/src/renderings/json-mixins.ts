import type { CategoryDeclaration } from '../model/category.js';
import { array, attributes, invalid, type Members, members, missing, onlyMembers, text, texts } from './json-members.js';

const mixinMembers = ['term', 'scheme', 'title', 'location', 'depends', 'applies', 'attributes', 'actions'];
const definitionMembers = ['mutable', 'required', 'type', 'pattern', 'default', 'description'];
const types = ['string', 'number', 'boolean', 'array', 'object'];

/** `{mixins: […]}` or one mixin by itself. @throws AgencyError invalid-request. */
export function mixinsFromJson(value: unknown): CategoryDeclaration[] {
  const source = members(value, 'the body');
  if (!('mixins' in source)) return [mixinFrom(source, 'the mixin')];
  onlyMembers(source, ['kinds', 'mixins', 'actions'], 'the body');
  for (const name of ['kinds', 'actions'])
    if (array(source, name, 'the body').length > 0)
      throw invalid(`'${name}' are the Agency's own: only mixins can be named here`);
  return array(source, 'mixins', 'the body').map((one, index) => {
    const where = `mixins[${String(index)}]`;
    return mixinFrom(members(one, where), where);
  });
}

function mixinFrom(source: Members, where: string): CategoryDeclaration {
  onlyMembers(source, mixinMembers, where);
  const [title, location] = ['title', 'location'].map((name) => text(source, name, where));
  const [rel] = texts(source, 'depends', where);
  const names = Object.entries(attributes(source, where))
    .map(([name, definition]) => name + properties(definition, `attributes['${name}'] of ${where}`))
    .join(' ');
  const actions = texts(source, 'actions', where).join(' ');
  return {
    term: text(source, 'term', where) ?? missing('term', where),
    scheme: text(source, 'scheme', where) ?? missing('scheme', where),
    ...(title === undefined ? {} : { title }),
    ...(location === undefined ? {} : { location }),
    ...(rel === undefined ? {} : { rel }),
    ...(names === '' ? {} : { attributes: names }),
    ...(actions === '' ? {} : { actions }),
  };
}

/** A definition as the text rendering tells it. What is absent is false, and the type is string (GFD.226). */
function properties(definition: unknown, where: string): string {
  const source = members(definition, where);
  onlyMembers(source, definitionMembers, where);
  const { mutable = false, required = false, type = 'string' } = source;
  for (const [name, value] of Object.entries({ mutable, required }))
    if (typeof value !== 'boolean') throw invalid(`'${name}' of ${where} must be true or false`);
  if (!types.some((known) => known === type)) throw invalid(`'type' of ${where} must be one of ${types.join(', ')}`);
  const words = [...(mutable === true ? [] : ['immutable']), ...(required === true ? ['required'] : [])];
  return words.length > 0 ? `{${words.join(' ')}}` : '';
}
