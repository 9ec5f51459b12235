/** A URL template with the address of a machine filled in. */
export const targetUrl = (template: string, address: string): string =>
  template.replaceAll('{address}', address.includes(':') ? `[${address}]` : address);
