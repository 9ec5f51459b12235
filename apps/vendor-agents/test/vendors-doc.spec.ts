import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { abilities } from '../src/vendor/vendor-module.js';
import { vendors } from '../src/vendors/registry.js';
// eslint-disable-next-line @typescript-eslint/ban-ts-comment -- a script has no types
// @ts-expect-error
import { renderVendors } from '../../../scripts/render-vendors.mjs';

const render = renderVendors as (of: typeof vendors, words: typeof abilities) => string;

it('docs/vendors.md says what the manifests say; npm run docs:vendors writes it', () => {
  expect(readFileSync(join(__dirname, '../../../docs/vendors.md'), 'utf8')).toBe(render(vendors, abilities));
});

it.each(vendors.map((vendor) => [vendor.name, vendor] as const))('%s says all that a manifest has to', (name, vendor) => {
  expect(name).toMatch(/^[a-z][a-z0-9]*$/);
  expect(new Set(vendor.abilities).size).toBe(vendor.abilities.length);
  expect(vendor.abilities).toContain('compute');
  for (const said of [vendor.limits, vendor.testedAgainst, vendor.sources]) expect(said).not.toHaveLength(0);
  expect(vendor.credentials.some(({ secret }) => secret)).toBe(true);
});
