#!/usr/bin/env node
// npm run start:<app>: one app in a process of its own (distributed mode).
const name = process.argv[2];
await import('./prepared.mjs');
const { runApp } = await import('@cloud-agency/runtime');
await runApp(new URL(`../apps/${name}/dist/main.js`, import.meta.url), process.env);
