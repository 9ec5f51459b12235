#!/usr/bin/env node
// npm run docs:vendors: writes docs/vendors.md from the manifests of the built vendors.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderVendors } from './render-vendors.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = (file) => import(join(root, 'apps/vendor-agents/dist', file));
const { vendors } = await built('vendors/registry.js');
const { abilities } = await built('vendor/vendor-module.js');
writeFileSync(join(root, 'docs/vendors.md'), renderVendors(vendors, abilities));
