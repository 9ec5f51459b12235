import { AgencyError } from '@cloud-agency/errors';

/** What every answer carries (OCCI.md 2.4). */
export const serverHeader = (version: string): string => `cloud-agency/${version} OCCI/1.2 OCCI/1.1 OCCI-CRTP/1.1`;

const highest = { major: 1, minor: 2 };

/** @throws AgencyError unknown-version when every OCCI version that the client names is higher than ours. */
export function assertVersion(userAgent: string | undefined): void {
  if (!userAgent?.includes('OCCI/')) return;
  const versions = [...userAgent.matchAll(/\bOCCI\/(\d{1,9})(?:\.(\d{1,9}))?/g)].map(([text, major, minor]) => ({
    text,
    major: Number(major),
    minor: Number(minor ?? 0),
  }));
  const tooHigh = versions.filter(
    ({ major, minor }) => major > highest.major || (major === highest.major && minor > highest.minor),
  );
  const [first] = tooHigh;
  if (first && tooHigh.length === versions.length) throw new AgencyError('unknown-version', { version: first.text });
}
