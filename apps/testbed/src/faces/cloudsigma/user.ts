import { uuidOf } from '../../cloud/digest.js';
import { passwordOf } from '../credentials.js';
import { type Call, type Handler, reference } from './call.js';

export const userOf = (call: Call) => reference(call, 'user', uuidOf(`${call.cloud.name} user`));

export const showProfile: Handler = (call) => ({
  body: {
    uuid: userOf(call).uuid,
    email: passwordOf(call.cloud.name).username,
    first_name: 'Test',
    last_name: 'Bed',
    currency: 'USD',
    language: 'en-au',
    state: 'REGULAR',
    meta: {},
  },
});
