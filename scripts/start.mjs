#!/usr/bin/env node
// npm start = agency up, on a checkout that may be fresh.
import './prepared.mjs';

process.argv.splice(2, 0, 'up');
await import('../dist/cli.js');
