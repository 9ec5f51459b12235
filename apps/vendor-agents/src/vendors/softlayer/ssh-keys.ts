import { createHash } from 'node:crypto';
import { text } from '../../vendor/json.js';
import { idOf, type SoftLayerApi } from './softlayer-api.js';

/** The number of a public key that the account has, which it gets when it has it not. It stays there for whoever asks for it next. */
export async function sshKeyId(api: SoftLayerApi, key: string): Promise<number> {
  const known = await api.all({ service: 'Account', method: 'getSshKeys', mask: 'id,key' });
  const same = known.find((candidate) => bare(text(candidate, 'key') ?? '') === bare(key));
  const label = `cloud-agency ${createHash('sha256').update(bare(key)).digest('hex').slice(0, 12)}`;
  const found =
    same ?? (await api.do({ service: 'Security_Ssh_Key', method: 'createObject', args: [{ key: key.trim(), label }] }));
  return Number(idOf(found));
}

/** Without its comment. */
const bare = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');
