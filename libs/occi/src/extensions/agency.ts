/** The Agency's own kinds: calls for proposals and what comes of them. */
import { cfpStates, renegotiationStates } from '@cloud-agency/sla';
import {
  flag,
  float,
  immutable,
  initial,
  instant,
  integer,
  list,
  mandatory,
  mutable,
  object,
  oneOf,
  required,
  text,
} from '../model/attribute.js';
import { type Extension, type Kind, action, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';
import { agreementId } from './sla.js';
import { computeId, networkId, storageId } from './infrastructure.js';

const scheme = 'http://schemas.cloud-agency.dev/occi/agency#';
const proposalScheme = 'http://schemas.cloud-agency.dev/occi/agency/proposal/action#';

export const cfpId = `${scheme}cfp`;
export const proposalId = `${scheme}proposal`;
export const vendorId = `${scheme}vendor`;
export const webhookId = `${scheme}webhook`;
export const policyId = `${scheme}policy`;
export const violationId = `${scheme}violation`;
export const messageId = `${scheme}message`;
export const renegotiationId = `${scheme}renegotiation`;
export const brokeredId = `${scheme}brokered`;
export const calledId = `${scheme}called`;
export const agreedId = `${scheme}agreed`;

const cfp = kind({
  term: 'cfp',
  scheme,
  title: 'Call for proposals',
  parent: resourceId,
  attributes: {
    'agency.cfp.name': mutable(text, 'Name'),
    'agency.cfp.state': immutable(oneOf(...cfpStates), 'State'),
    'agency.cfp.state.message': immutable(text, 'Why it is in this state, and what to do'),
    'agency.cfp.round': immutable(integer, 'Round of the negotiation'),
    'agency.cfp.reply_by': immutable(instant, 'Until when vendors may answer'),
    'agency.cfp.offers': immutable(integer, 'How many offers came'),
    'agency.cfp.answers': immutable(list, 'What each vendor agent answered'),
    'agency.cfp.document': mandatory(initial(object, 'The document as it was submitted')),
    'agency.cfp.explanation': immutable(object, 'Why the proposals are what they are'),
    'agency.cfp.webhook_secrets': immutable(
      list,
      'In the answer to its submission only: URL and secret of each webhook that came without one',
    ),
  },
});

const proposalActions = [
  action({ term: 'accept', scheme: proposalScheme, title: 'Accept' }),
  action({ term: 'reject', scheme: proposalScheme, title: 'Reject' }),
];
const proposal = kind({
  term: 'proposal',
  scheme,
  title: 'Proposal',
  parent: resourceId,
  actions: proposalActions.map(categoryId),
  attributes: {
    'agency.proposal.cfp': immutable(text, 'The call that it answers'),
    'agency.proposal.rank': immutable(integer, 'Place in the ranking; 1 is the best'),
    'agency.proposal.state': immutable(oneOf('proposed', 'accepted', 'rejected', 'withdrawn', 'expired'), 'State'),
    'agency.proposal.cost': immutable(float, 'Cost of a month'),
    'agency.proposal.currency': immutable(text, 'Currency of the cost'),
    'agency.proposal.score': immutable(float, 'Score by the call’s objectives'),
    'agency.proposal.scores': immutable(object, 'For each objective: value, normalised value, weight'),
    'agency.proposal.optimal': immutable(flag, 'Whether its rank is proven'),
    'agency.proposal.gap': immutable(float, 'How far from the optimum it may be, when not proven'),
    'agency.proposal.items': immutable(list, 'Where each item goes, at what price'),
    'agency.proposal.explanation': immutable(object, 'Why it has this rank'),
  },
});

const vendor = kind({
  term: 'vendor',
  scheme,
  title: 'Vendor agent',
  parent: resourceId,
  attributes: {
    'agency.vendor.name': immutable(text, 'Name of the agent'),
    'agency.vendor.type': immutable(text, 'What drives it'),
    'agency.vendor.state': immutable(oneOf('alive', 'degraded', 'gone'), 'State'),
    'agency.vendor.state.message': immutable(text, 'Why it is in this state, and what to do'),
    'agency.vendor.offers': immutable(integer, 'How many offers it holds'),
    'agency.vendor.offers.age': immutable(float, 'Age of its offers, s'),
    'agency.vendor.regions': immutable(list, 'Its regions'),
    'agency.vendor.abilities': immutable(list, 'What it can do'),
  },
});

const webhookScheme = 'http://schemas.cloud-agency.dev/occi/agency/webhook/action#';
const webhookActions = [
  action({
    term: 'rotate',
    scheme: webhookScheme,
    title: 'Take a new secret',
    attributes: {
      'agency.webhook.secret': mutable(text, 'The new one; absent: one is made, and shown in the answer'),
      'agency.webhook.overlap': mutable(float, 'How long the one before signs too, s; absent: a day'),
    },
  }),
  action({ term: 'test', scheme: webhookScheme, title: 'Post the event webhook.ping to it' }),
  action({
    term: 'replay',
    scheme: webhookScheme,
    title: 'Try dead letters again',
    attributes: {
      'agency.webhook.event': mutable(integer, 'Number of the event of one of them'),
      'agency.webhook.since': mutable(instant, 'Those given up since then; neither: all'),
    },
  }),
  action({ term: 'enable', scheme: webhookScheme, title: 'Post to it again' }),
];
const webhook = kind({
  term: 'webhook',
  scheme,
  title: 'Webhook',
  parent: resourceId,
  actions: webhookActions.map(categoryId),
  attributes: {
    'agency.webhook.url': required(text, 'Where events are posted'),
    'agency.webhook.events': mutable(list, 'Which events, e.g. sla.*'),
    'agency.webhook.secret': mutable(text, 'Signs the posts; never shown'),
    'agency.webhook.cfp': immutable(text, 'The call whose events these are; absent: all calls'),
    'agency.webhook.state': immutable(oneOf('active', 'failing', 'disabled'), 'State'),
    'agency.webhook.state.message': immutable(text, 'Why it is in this state'),
    'agency.webhook.failures': immutable(integer, 'Consecutive failures'),
    'agency.webhook.waiting': immutable(integer, 'How many events are still to be posted'),
    'agency.webhook.dead': immutable(integer, 'How many dead letters there are'),
    'agency.webhook.dead_letters': immutable(list, 'The newest of them: event, type, subject, attempts, problem'),
    'agency.webhook.taken': immutable(instant, 'When it last took an event'),
    'agency.webhook.overlap.until': immutable(instant, 'Until when the secret before this one signs too'),
    'agency.webhook.test': immutable(object, 'How its last test went'),
  },
});

const policy = kind({
  term: 'policy',
  scheme,
  title: 'Policy',
  parent: resourceId,
  attributes: {
    'agency.policy.name': required(text, 'Name that calls refer to'),
    'agency.policy.document': required(object, 'What it says'),
  },
});

const violation = kind({
  term: 'violation',
  scheme,
  title: 'Violation',
  parent: resourceId,
  attributes: {
    'agency.violation.agreement': immutable(text, 'The agreement that was broken'),
    'agency.violation.term': immutable(text, 'Which term'),
    'agency.violation.guarantee': immutable(integer, 'Which guarantee of the agreement, from 0'),
    'agency.violation.of': immutable(text, 'Which item or resource'),
    'agency.violation.opened': immutable(instant, 'When it began'),
    'agency.violation.closed': immutable(instant, 'When it ended'),
    'agency.violation.wanted': immutable(float, 'What was promised'),
    'agency.violation.unit': immutable(text, 'Of what was promised and measured'),
    'agency.violation.measured': immutable(float, 'What was measured last while it lasted'),
    'agency.violation.worst': immutable(float, 'The farthest from what was promised that was measured'),
    'agency.violation.count': immutable(integer, 'How many measurements spoke against the promise'),
    'agency.violation.updated': immutable(instant, 'When the monitor told of it last'),
    'agency.violation.duration': immutable(float, 'How long it lasted, as far as is known, s'),
    'agency.violation.samples': immutable(list, 'The measurements that prove it'),
    'agency.violation.penalty': immutable(text, 'What is owed for it'),
  },
});

/** FIPA ACL, in so far as the agents use it (CFP.md 3). */
const message = kind({
  term: 'message',
  scheme,
  title: 'Message of a negotiation',
  parent: resourceId,
  attributes: {
    'agency.message.conversation': immutable(text, 'The call for proposals that it is about'),
    'agency.message.at': immutable(instant, 'When it was sent, or came in'),
    'agency.message.direction': immutable(oneOf('sent', 'received'), 'Seen from the Agency'),
    'agency.message.performative': immutable(text, 'What sort of message it is, e.g. cfp or propose'),
    'agency.message.sender': immutable(text, 'Who sent it'),
    'agency.message.receiver': immutable(text, 'The agent that it went to; absent: every agent'),
    'agency.message.round': immutable(integer, 'Round of the negotiation'),
    'agency.message.standing': immutable(
      oneOf('used', 'duplicate', 'late', 'invalid'),
      'Whether it was used; what came late, twice or broken was not',
    ),
    'agency.message.id': immutable(text, 'Its own id on the bus'),
    'agency.message.in_reply_to': immutable(text, 'Id of the message that it answers'),
    'agency.message.content': immutable(object, 'The message itself'),
  },
});

const renegotiationScheme = 'http://schemas.cloud-agency.dev/occi/agency/renegotiation/action#';
const renegotiationActions = [
  action({ term: 'accept', scheme: renegotiationScheme, title: 'Accept' }),
  action({ term: 'reject', scheme: renegotiationScheme, title: 'Reject' }),
];
const renegotiation = kind({
  term: 'renegotiation',
  scheme,
  title: 'Renegotiation',
  parent: resourceId,
  actions: renegotiationActions.map(categoryId),
  attributes: {
    'agency.renegotiation.agreement': immutable(text, 'The running agreement'),
    'agency.renegotiation.cause': immutable(oneOf('client', 'rule', 'market'), 'Who or what asked for it'),
    'agency.renegotiation.reason': immutable(text, 'What led to it'),
    'agency.renegotiation.state': immutable(oneOf(...renegotiationStates), 'State'),
    'agency.renegotiation.state.message': immutable(text, 'Why it is in this state, and what to do'),
    'agency.renegotiation.accept': immutable(oneOf('manual', 'best'), 'Who accepts what is proposed'),
    'agency.renegotiation.document': immutable(text, 'The call as it is to be, where it changes'),
    'agency.renegotiation.least_gain': immutable(float, 'Nothing moves for less; a share'),
    'agency.renegotiation.switching': immutable(float, 'What moving one machine is counted as, USD'),
    'agency.renegotiation.cost.before': immutable(float, 'Cost of a month of what runs'),
    'agency.renegotiation.cost.after': immutable(float, 'Cost of a month of what is proposed'),
    'agency.renegotiation.cost.moving': immutable(float, 'What its moves are counted as'),
    'agency.renegotiation.gain': immutable(float, 'What the first month saves, the moves counted'),
    'agency.renegotiation.currency': immutable(text, 'Currency of all these'),
    'agency.renegotiation.moves': immutable(list, 'Each machine that moves, is added or given back'),
    'agency.renegotiation.explanation': immutable(list, 'Why this is proposed, or nothing'),
    'agency.renegotiation.deadline': immutable(instant, 'Until when it can be accepted'),
  },
});

/** What can be asked of an agreement beside what GFD.228 has. */
const renegotiate = action({
  term: 'renegotiate',
  scheme: 'http://schemas.cloud-agency.dev/occi/agency/agreement/action#',
  title: 'Renegotiate',
  attributes: {
    'agency.renegotiation.document': mutable(text, 'The call as it is to be: YAML, JSON or a WS-Agreement offer'),
    'agency.renegotiation.gain': mutable(text, 'Nothing moves for less, e.g. 10 %'),
    'agency.renegotiation.switching': mutable(text, 'What moving one machine costs, e.g. 2 USD'),
    'agency.renegotiation.accept': mutable(oneOf('manual', 'best'), 'Who accepts what is proposed'),
  },
});

const links: readonly Kind[] = [
  kind({ term: 'proposal_link', scheme, title: 'Leads from a call to its proposal', parent: linkId }),
  kind({ term: 'message_link', scheme, title: 'Leads from a call to a message of its negotiation', parent: linkId }),
  kind({ term: 'renegotiation_link', scheme, title: 'Leads from an agreement to its renegotiation', parent: linkId }),
  kind({ term: 'violation_link', scheme, title: 'Leads from an agreement to its violation', parent: linkId }),
];

const brokered = mixin({
  term: 'brokered',
  scheme,
  title: 'Brokered',
  applies: [computeId, storageId, networkId],
  attributes: {
    'agency.vendor': immutable(text, 'Whose cloud it runs at'),
    'agency.account': immutable(text, 'The account there'),
    'agency.region': immutable(text, 'Region'),
    'agency.zone': immutable(text, 'Zone'),
    'agency.offer': immutable(text, 'The offer that was bought'),
    'agency.price': immutable(float, 'Price of an hour'),
    'agency.price.announced': immutable(float, 'Price of an hour that the vendor has announced since'),
    'agency.currency': immutable(text, 'Currency of the price'),
    'agency.market': immutable(oneOf('on-demand', 'spot'), 'Market'),
    'agency.address': immutable(text, 'Address'),
    'agency.placement': immutable(text, 'Placement; the vendor’s client token'),
    'agency.agreement': immutable(text, 'The agreement that covers it'),
    'agency.cfp': immutable(text, 'The call that it came from'),
    'agency.item': immutable(text, 'The item of that call'),
  },
});

/** A compute that is not placed yet: its call is under way, or came to nothing. */
const called = mixin({
  term: 'called',
  scheme,
  title: 'Called for',
  applies: [computeId],
  attributes: { 'agency.cfp': immutable(text, 'The call for proposals that was made for it; it explains itself') },
});

/** What the Agency adds to an agreement. */
const agreed = mixin({
  term: 'agreed',
  scheme,
  title: 'Agreed by the Agency',
  applies: [agreementId],
  actions: [categoryId(renegotiate)],
  attributes: {
    'agency.agreement.cfp': immutable(text, 'The call that it came from'),
    'agency.agreement.state.message': immutable(text, 'Why it is in this state'),
    'agency.agreement.level': immutable(text, 'The service level that holds'),
    'agency.agreement.terms': immutable(list, 'Each guarantee that holds: wanted, measured, state, level'),
    'agency.agreement.penalties': immutable(float, 'Credited to the client so far, USD'),
    'agency.agreement.rewards': immutable(float, 'Credited to the provider so far, USD'),
    'agency.agreement.balance': immutable(float, 'Penalties less rewards, USD'),
    'agency.agreement.ledger': immutable(list, 'Each penalty and reward: what for, month, amount, running or settled'),
    'agency.agreement.orphans': immutable(list, 'Machines that their vendor would not delete yet'),
    'agency.agreement.health': immutable(list, 'Each resource: up or down, response time'),
    'agency.agreement.reactions': immutable(list, 'What was done by the rules of its call, or not done, and why'),
  },
});

export const agency: Extension = {
  kinds: [cfp, proposal, vendor, webhook, policy, violation, message, renegotiation, ...links],
  mixins: [brokered, called, agreed],
  actions: [...proposalActions, ...webhookActions, ...renegotiationActions, renegotiate],
};
