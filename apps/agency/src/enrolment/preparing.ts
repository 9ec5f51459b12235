import type { ResourceAgent } from '@cloud-agency/sla';
import { createHash, randomBytes } from 'node:crypto';
import type { Work } from '../store/agency-store.js';
import type { AgentDoorRow } from '../store/enrolment-tables.js';

/** From its order until a machine has to have come in, ms: a slow vendor boots for a quarter of an hour. */
const tokenMs = 3_600_000;

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Expects the agent of a placement, and resolves to the script that starts it there: it carries a token that is good for that placement, once,
 * for an hour. Of the token only the hash is stored.
 */
export async function prepareAgent(work: Work, placement: string, agent: ResourceAgent): Promise<string> {
  const door = await work.tables.selectFrom('agent_door').selectAll().executeTakeFirstOrThrow();
  const token = `cat_${randomBytes(32).toString('base64url')}`;
  await work.tables
    .insertInto('enrolment')
    .values({
      placement,
      token: digestOf(token),
      token_until: work.now + tokenMs,
      public_key: null,
      enrolled_at: null,
      certified_until: null,
      refused: null,
    })
    .execute();
  return startScript(door, { placement, token, agent });
}

interface Start {
  readonly placement: string;
  readonly token: string;
  readonly agent: ResourceAgent;
}

/**
 * Fetches the agent over a connection that only the Agency's own authority vouches for, checks that it is the one that was meant, and starts
 * it; at every later boot too, where cloud-init looks after that. All that is put in is checked where it comes in, and holds no quote.
 */
const startScript = ({ url, certificate, script }: AgentDoorRow, { placement, token, agent }: Start): string => `#!/bin/sh
# Starts the Cloud Agency's agent on this machine. It reads how busy the machine is, tells the Agency, and takes no orders.
set -eu
umask 077
home=\${CLOUD_AGENCY_HOME:-/var/lib/cloud-agency}
mkdir -p "$home"
cd "$home"
cat >agent.conf <<'END'
url='${url}'
placement='${placement}'
token='${token}'
every='${String(Math.max(1, Math.round(agent.every / 1000)))}'
metrics='${(agent.metrics ?? ['all']).join(' ')}'
openmetrics='${agent.openmetrics ?? ''}'
END
cat >ca.pem <<'END'
${certificate.trim()}
END
until curl -fsS --max-time 30 --cacert ca.pem \${CLOUD_AGENCY_CURL:-} -o agent.new '${url}/agent.sh'; do sleep 2; done
found=$(openssl dgst -sha256 -r agent.new)
if [ "\${found%% *}" != '${script}' ]; then
  echo 'cloud-agency: what was fetched is not the agent that was meant; it is not started' >&2
  exit 1
fi
mv agent.new agent.sh
if [ -d /var/lib/cloud/scripts/per-boot ] && [ "$home" = /var/lib/cloud-agency ]; then
  printf '#!/bin/sh\\nnohup sh %s/agent.sh >/dev/null 2>&1 </dev/null &\\n' "$home" >/var/lib/cloud/scripts/per-boot/cloud-agency
  chmod 700 /var/lib/cloud/scripts/per-boot/cloud-agency
fi
nohup sh agent.sh >/dev/null 2>agent.log </dev/null &
`;
