import { digest } from '../../cloud/digest.js';
import type { Handler } from './call.js';
import { serversAsked } from './find-server.js';
import { serverView } from './server-view.js';

/** support.password.list: what the images were given to log in with. */
export const listPasswords: Handler = (call) =>
  serversAsked(call).map((server) => ({
    id: Number(server.labels.job) + 1,
    object: 'password',
    applicationtype: 'os',
    username: 'root',
    password: digest(`${server.id} root`, 12),
    server: serverView(call, server),
  }));
