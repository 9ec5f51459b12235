import { members } from './json-names.js';
import { space, textOf, type Tree, type WsagDocument } from './tree.js';

type Json = string | readonly Json[] | { readonly [member: string]: Json };

/**
 * The document as JSON (docs/wsag.md): elements are members, several of one name a list; attributes begin with `@`, and an element with nothing
 * but text is that text. Nothing is lost: `readJson` gives the same tree.
 */
export function toJson({ root, comments }: WsagDocument): string {
  const whole = { ...(comments.length > 0 && { [members.comment]: comments }), [root.name]: valueOf(root) };
  return `${JSON.stringify(whole, undefined, 2)}\n`;
}

function valueOf(tree: Tree): Json {
  const { children } = tree;
  const text = textOf(tree);
  // White space in JSON counts as it is.
  const attributes = [...tree.attributes].filter(([name]) => name !== space || text === '');
  if (children.length === 0 && attributes.length === 0 && text !== '') return text;
  return {
    ...Object.fromEntries(attributes.map(([name, value]) => [members.attribute + name, value])),
    ...(text === '' ? {} : { [members.text]: text }),
    ...inside(children),
  };
}

function inside(children: readonly Tree[]): Readonly<Record<string, Json>> {
  const names = [...new Set(children.map(({ name }) => name))];
  const grouped = names.flatMap((name) => children.filter((child) => child.name === name));
  // Where names alternate, the order is said as well.
  if (grouped.some((child, index) => child !== children[index]))
    return { [members.inOrder]: children.map((child) => ({ [child.name]: valueOf(child) })) };
  return Object.fromEntries(
    names.map((name) => {
      const [only, ...more] = children.filter((child) => child.name === name).map(valueOf);
      return [name, more.length === 0 && only !== undefined ? only : [only ?? {}, ...more]];
    }),
  );
}
