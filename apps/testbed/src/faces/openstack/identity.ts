import type { Cloud } from '../../cloud/cloud.js';
import { uuidOf } from '../../cloud/digest.js';
import { domainName, passwordOf, projectName } from '../credentials.js';

interface Named {
  readonly id: string;
  readonly name: string;
}

/** An identifier as Keystone writes them. */
export const hex = (text: string): string => uuidOf(text).replaceAll('-', '');

/** Who the one account at a cloud is. */
export const identityOf = (cloud: Cloud): { readonly domain: Named; readonly project: Named; readonly user: Named } => ({
  domain: { id: 'default', name: domainName },
  project: { id: hex(`${cloud.name} project`), name: projectName },
  user: { id: hex(`${cloud.name} user`), name: passwordOf(cloud.name).username },
});
