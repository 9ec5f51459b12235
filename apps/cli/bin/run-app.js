#!/usr/bin/env node
// run-app.js NAME: one app of the Agency as this process.
import { runApp } from '@cloud-agency/runtime';

await runApp(new URL(`../../${process.argv[2]}/dist/main.js`, import.meta.url), process.env);
