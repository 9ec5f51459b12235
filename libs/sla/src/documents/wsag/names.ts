/** Of WS-Agreement (GFD.192), WS-Agreement Negotiation (GFD.193), WS-Addressing, XML Schema, and what this project adds (data/wsag). */
export const namespaces = {
  wsag: 'http://schemas.ggf.org/graap/2007/03/ws-agreement',
  neg: 'http://schemas.ogf.org/graap/2009/11/ws-agreement-negotiation',
  cfp: 'http://schemas.cloud-agency.dev/wsag/cfp',
  wsa: 'http://www.w3.org/2005/08/addressing',
  xs: 'http://www.w3.org/2001/XMLSchema',
  xml: 'http://www.w3.org/XML/1998/namespace',
} as const;

/** A name as every message writes it, whatever prefix its author chose: `wsag:Name`; `{uri}name` where the namespace means nothing here. */
export function qualified(uri: string, local: string): string {
  const prefix = Object.entries(namespaces).find(([, known]) => known === uri)?.[0];
  if (prefix !== undefined) return `${prefix}:${local}`;
  return uri === '' ? local : `{${uri.slice(0, 100)}}${local}`;
}

/** Whether a document is WS-Agreement in JSON: its one element stands at its top (docs/wsag.md). */
export function isWsagJson(text: string): boolean {
  if (!/^\uFEFF?\s*\{/.test(text)) return false;
  try {
    return Object.keys(JSON.parse(text.replace(/^\uFEFF/, '')) as object).some(isRootName);
  } catch {
    return false;
  }
}

export const isRootName = (member: string): boolean => /^(wsag|neg):/.test(member);

/** Whether a document is XML; no Call for Proposals in YAML or JSON begins like that. */
export const isXml = (text: string): boolean => /^\uFEFF?\s*</.test(text);
