import { type AskOf, kindOf, type ProbeKindName, type ProbeWhat } from '@cloud-agency/sla';
import { probeDns } from './dns.js';
import { probeHttp } from './http.js';
import { probeIcmp } from './icmp.js';
import type { Probed, ProbeMeter, ProbeTask } from './probing.js';
import { probeTcp } from './tcp.js';

/** The meter of each kind of probe that documents know (libs/sla, documents/probes/kinds.ts). */
const meters: { readonly [Name in ProbeKindName]: ProbeMeter<AskOf<Name>> } = {
  http: probeHttp,
  tcp: probeTcp,
  dns: probeDns,
  icmp: probeIcmp,
};

/** Probes a machine once, as `ProbeMeter` says. */
export async function probe(what: ProbeWhat, task: ProbeTask): Promise<Probed> {
  const kind = kindOf(what);
  const meter = meters[kind] as ProbeMeter<unknown>;
  return await meter((what as Readonly<Record<string, unknown>>)[kind], task);
}
