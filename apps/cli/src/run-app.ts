/** run-app NAME: one app of the Agency as this process. */
import { runApp } from '@cloud-agency/runtime';
import { bundleOf } from './supervision/bundle.js';

const [name = ''] = process.argv.slice(2);
await runApp(name, bundleOf(name), process.env);
