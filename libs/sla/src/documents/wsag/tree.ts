/** An element, whatever it is written in: an offer in XML and the same in JSON are the same tree. */
export interface Tree {
  /** `wsag:Terms`, see `qualified`. */
  readonly name: string;
  /** By qualified name. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Tree[];
  /** All text directly inside. */
  readonly text: string;
}

/** Its text: without the white space around it, unless it says that this matters. */
export const textOf = (tree: Tree): string => (keepsSpace(tree) ? tree.text : tree.text.trim());
export const keepsSpace = ({ attributes }: Tree): boolean => attributes.get(space) === 'preserve';

export const space = 'xml:space';

/** A whole document of WS-Agreement, to be written as XML (`toXml`) or JSON (`toJson`). */
export interface WsagDocument {
  readonly root: Tree;
  /** What its reader should know and it has no place for. */
  readonly comments: readonly string[];
}
