/** Every kind of message on the bus, dropped, doubled and delayed: one of it, in the stage in which it is first needed. */
import { until } from './client.mjs';
import { Campaign } from './trials.mjs';

const faults = ['dropped', 'doubled', 'delayed'];
const delayMs = 1_500;

const on = (subject) => (frame) => frame.subject.startsWith(subject);
const isAnswer = ({ subject, payload }) => subject.startsWith('_INBOX') && payload.includes('"performative":"propose"');
/** The stream's word that it has a message. */
const isConfirmation = ({ subject, payload }) =>
  subject.startsWith('_INBOX') && /"stream":"agency_\w+", ?"seq"/.test(payload.toString('latin1'));

/** What the app sends ('out') or gets ('in'), and the stage in which it does. */
const kinds = [
  { called: 'announcement', app: 'vendor-agents', way: 'out', matches: on('agency.announce'), stage: 'negotiation' },
  { called: 'call for proposals', app: 'agency', way: 'out', matches: on('agency.cfp'), stage: 'negotiation' },
  { called: 'call for proposals', app: 'vendor-agents', way: 'in', matches: on('agency.cfp'), stage: 'negotiation' },
  { called: 'answer to a call', app: 'vendor-agents', way: 'out', matches: isAnswer, stage: 'negotiation' },
  { called: 'command', app: 'agency', way: 'out', matches: on('agency.command.'), stage: 'provisioning' },
  { called: 'confirmation of a command', app: 'agency', way: 'in', matches: isConfirmation, stage: 'provisioning' },
  { called: 'command', app: 'vendor-agents', way: 'in', matches: on('agency.command.'), stage: 'provisioning' },
  { called: 'acknowledgement', app: 'vendor-agents', way: 'out', matches: on('$JS.ACK.'), stage: 'provisioning' },
  { called: 'receipt', app: 'vendor-agents', way: 'out', matches: on('agency.receipt.'), stage: 'provisioning' },
  { called: 'report', app: 'vendor-agents', way: 'out', matches: on('agency.event.report'), stage: 'provisioning' },
  { called: 'confirmation of a report', app: 'vendor-agents', way: 'in', matches: isConfirmation, stage: 'provisioning' },
  { called: 'report', app: 'agency', way: 'in', matches: on('agency.event.report'), stage: 'provisioning' },
  { called: 'acknowledgement', app: 'agency', way: 'out', matches: on('$JS.ACK.'), stage: 'provisioning' },
  { called: 'receipt', app: 'agency', way: 'out', matches: on('agency.receipt.'), stage: 'provisioning' },
  { called: 'watch', app: 'agency', way: 'out', matches: on('agency.event.watch'), stage: 'provisioning' },
  { called: 'watch', app: 'monitor', way: 'in', matches: on('agency.event.watch'), stage: 'provisioning' },
  { called: 'finding', app: 'monitor', way: 'out', matches: on('agency.event.finding'), stage: 'replacement' },
  { called: 'confirmation of a finding', app: 'monitor', way: 'in', matches: isConfirmation, stage: 'replacement' },
  { called: 'finding', app: 'agency', way: 'in', matches: on('agency.event.finding'), stage: 'replacement' },
  { called: 'running figures', app: 'monitor', way: 'out', matches: on('agency.assessment'), stage: 'replacement' },
];

export const messages = faults.map((does) => ({ name: `messages ${does}`, run: (report) => tryAll(report, does) }));

async function tryAll(report, does) {
  const campaign = new Campaign(report);
  for (const kind of kinds) await campaign.trial(kind.stage, (world) => strike(world, kind, does));
  await campaign.finish();
}

function strike(world, { called, app, way, matches }, does) {
  const name = `${called} ${way === 'out' ? 'from' : 'to'} ${app} ${does}`;
  world.struck = () => name;
  const rule = world.proxies[app].once({ way, matches, does, byMs: delayMs });
  return async (comesToRest) => {
    // Those that are sent by the clock may come after all is done.
    await until('such a message comes by', async () => rule.hit, 5_000);
    await comesToRest();
    world.proxies[app].rules.delete(rule);
    return { faults: 1, called: name };
  };
}
