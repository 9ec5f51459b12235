#!/usr/bin/env node
// npm run start:<app>: one app in a process of its own (distributed mode).
import './prepared.mjs';

await import('../apps/cli/bin/run-app.js');
