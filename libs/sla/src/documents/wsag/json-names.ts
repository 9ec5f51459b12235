/** What the members of a WS-Agreement document in JSON are that are no elements. */
export const members = {
  attribute: '@',
  text: '#text',
  /** A list of objects with one element each. */
  inOrder: '#in-order',
  /** Sentences for people. */
  comment: '#comment',
} as const;
