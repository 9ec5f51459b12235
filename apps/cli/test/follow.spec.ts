import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Front } from './front.js';
import { agency, jsonLines } from './run.js';

const call = `apiVersion: cloud-agency/v1
kind: CallForProposals
name: shop
resources:
  web: { kind: compute, require: { cores: ">= 2" } }
`;

let front: Front;
let url: string;
let directory: string;
let file: string;
beforeEach(async () => {
  front = new Front();
  url = await front.open();
  directory = mkdtempSync(join(tmpdir(), 'agency-follow-'));
  file = join(directory, 'shop.yaml');
  writeFileSync(file, call);
});
afterEach(async () => {
  await front.close();
  rmSync(directory, { recursive: true, force: true });
});

const answers = [
  { agent: 'aws', vendor: 'aws', state: 'proposed', offers: 312, considered: 7431, message: '' },
  { agent: 'vultr', vendor: 'vultr', state: 'refused', offers: 0, considered: 90, message: 'nothing in Europe' },
  { agent: 'gcp', vendor: 'gcp', state: 'silent', offers: 0, considered: 0, message: '' },
];

function cfpIn(state: string, message = '', explanation: object | null = null): void {
  front.entities.cfp = [
    {
      id: 'c1',
      attributes: {
        'agency.cfp.name': 'shop',
        'agency.cfp.state': state,
        'agency.cfp.state.message': message,
        'agency.cfp.answers': answers,
        'agency.cfp.explanation': explanation,
      },
    },
  ];
  front.announce(`cfp.${state}`, `is ${state}`);
}

function proposal(rank: number, cost: number): Front['entities'][string][number] {
  return {
    id: `p${rank}`,
    attributes: {
      'agency.proposal.cfp': 'c1',
      'agency.proposal.rank': rank,
      'agency.proposal.state': 'proposed',
      'agency.proposal.cost': cost,
      'agency.proposal.currency': 'USD',
      'agency.proposal.score': 1 - rank / 10,
      'agency.proposal.scores': { cost: { value: cost, unit: 'USD', normalised: 0.9, weight: 6 } },
      'agency.proposal.optimal': true,
      'agency.proposal.items': [
        {
          item: 'web',
          vendor: 'aws',
          region: 'eu-west-1',
          zone: 'eu-west-1a',
          type: 't3.medium',
          offer: 'o',
          count: 1,
          market: rank === 1 ? 'spot' : 'on-demand',
          price: 0.04,
        },
      ],
      'agency.proposal.explanation': { why: rank === 1 ? 'cheapest' : 'dearer by 10 USD' },
    },
  };
}

function provision(): void {
  front.entities.compute = [
    {
      id: 'm1',
      title: 'web-1',
      attributes: {
        'agency.cfp': 'c1',
        'agency.agreement': 'a1',
        'occi.compute.state': 'active',
        'occi.compute.state.message': 'runs and is verified',
        'agency.vendor': 'aws',
        'agency.region': 'eu-west-1',
        'agency.offer': 'aws/eu-west-1/eu-west-1a/t3.medium/on-demand',
        'agency.address': '127.9.9.1',
      },
    },
  ];
  front.entities.agreement = [
    {
      id: 'a1',
      title: 'shop',
      attributes: {
        'occi.agreement.state': 'accepted',
        'agency.agreement.cfp': 'c1',
        'agency.agreement.terms': [
          {
            term: 'availability',
            of: 'web',
            index: 0,
            resource: null,
            state: 'fulfilled',
            wanted: 0.999,
            measured: 1,
            unit: 'fraction',
            side: 'at_least',
            spent: 0,
          },
        ],
        'agency.agreement.health': [{ resource: 'm1', title: 'web-1', address: '127.9.9.1', state: 'up', milliseconds: 2.34 }],
      },
    },
  ];
  cfpIn('fulfilled');
}

function proposing(): void {
  front.onSubmit = () => {
    front.entities.proposal = [proposal(2, 310), proposal(1, 300)];
    cfpIn('proposed');
  };
  front.onAct = (_, action) => {
    if (action === 'accept') provision();
    else cfpIn('rejected', 'by the client');
  };
  cfpIn('open');
}

it('shows offers, ranked proposals, the machines and the agreement, and accepts the best', async () => {
  proposing();
  const { code, output } = await agency(['submit', file, '--accept', 'best', '--exit-when', 'fulfilled'], { url });
  expect(code).toBe(0);
  expect(front.submitted).toEqual([call]);
  expect(front.acted).toEqual(['accept p1']);
  expect(output).toMatch(/aws +312 offers of 7,431/);
  expect(output).toMatch(/vultr +no: nothing in Europe/);
  expect(output).toMatch(/gcp +no answer/);
  expect(output).toMatch(/1 +300\.00 +0\.900 +0\.900 +web: 1 × t3\.medium \(spot\) at aws eu-west-1, eu-west-1a\n2 +310\.00/);
  expect(output).toContain('dearer by 10 USD');
  expect(output).toContain('1 × t3.medium at aws');
  expect(output).toMatch(/web-1 +aws eu-west-1 +t3\.medium +active: runs and is verified +127\.9\.9\.1/);
  expect(output).toContain('Agreement a1 is accepted');
});

it('asks for the choice and asks again for what is none of them', async () => {
  proposing();
  const { output } = await agency(['submit', file, '--follow', '--exit-when', 'fulfilled'], { url, typed: '7\n2\n' });
  expect(output).toContain("'7' is none of these");
  expect(front.acted).toEqual(['accept p2']);
});

it('turns everything down when the person says none', async () => {
  proposing();
  const { code, errors } = await agency(['submit', file, '--follow'], { url, typed: 'none\n' });
  expect(front.acted).toEqual(['reject p1', 'reject p2']);
  expect(errors).toMatch(/shop is rejected/);
  expect(code).toBe(1);
});

it('explains a refusal item by item and ends with 1', async () => {
  cfpIn('open');
  front.onSubmit = () => {
    cfpIn('refused', 'nobody can', {
      items: [
        {
          item: 'web',
          considered: 76349,
          feasible: 0,
          candidates: 0,
          excluded: [
            {
              constraint: 'max_price 0.05 USD/h',
              excluded: 70000,
              excludedByThisAlone: 12,
              nearestMiss: { offer: 'aws/x', found: '0.06 USD/h', wanted: '<= 0.05 USD/h' },
            },
          ],
        },
      ],
      bounds: {},
      notes: [
        'It would be possible with: web max_price 0.06 USD/h instead of 0.05 USD/h (43.80 USD a month).',
        'web: none of 76349 offers meets every requirement.',
        'Availability supposes independence.',
      ],
      repairs: [
        {
          text: 'web max_price 0.06 USD/h instead of 0.05 USD/h (43.80 USD a month)',
          cost: 43.8,
          size: 0.2,
          changes: [{ item: 'web', path: 'resources.web.require.max_price', from: '0.05 USD/h', to: '0.06 USD/h', size: 0.2 }],
        },
        {
          text: 'web not kept apart from db over zone (36.50 USD a month)',
          cost: 36.5,
          size: 1,
          changes: [{ item: 'web', path: 'resources.web.place.apart_from', from: 'db', to: null, size: 1 }],
        },
      ],
    });
  };
  const { code, errors } = await agency(['submit', file, '--follow'], { url });
  expect(code).toBe(1);
  expect(errors).toContain('The call shop is refused:\n');
  expect(errors).toContain('Availability supposes independence.');
  expect(errors).not.toContain('none of 76349');
  expect(errors).toContain('web: 76,349 offers looked at, none meets every requirement');
  expect(errors).toContain('max_price 0.05 USD/h excludes 70,000 (12 by it alone); nearest: 0.06 USD/h at aws/x');
  expect(errors).toContain(
    [
      '  It would be possible with: web max_price 0.06 USD/h instead of 0.05 USD/h (43.80 USD a month)',
      '    resources.web.require.max_price: 0.06 USD/h',
      '  Or with: web not kept apart from db over zone (36.50 USD a month)',
      '    leave out resources.web.place.apart_from',
      '  Availability supposes independence.',
    ].join('\n'),
  );
});

it('explains what lost beside what won, and what the constraints cost', async () => {
  const scores = (cost: number) => [
    { key: 'cost', value: cost, winner: 7.3, unit: 'USD/month' },
    { key: 'availability', value: null, winner: 0.999, unit: 'fraction' },
    { key: 'cores', value: 4, winner: 2, unit: '' },
  ];
  cfpIn('proposed', '3 proposals', {
    items: [
      {
        item: 'web',
        considered: 3,
        feasible: 3,
        candidates: 3,
        excluded: [],
        alternatives: [
          { offer: 'aws/b', beside: 'aws/a', loses: 0.06667, scores: scores(14.6) },
          { offer: 'aws/c', beside: 'aws/a', loses: -0.1, breaks: 'web: 2 in zone aws/x/a, at most 1', scores: scores(7) },
        ],
      },
    ],
    bounds: {},
    notes: [],
    prices: [
      {
        item: 'web',
        constraint: 'region: country DE',
        looser: 'country DE or US',
        saves: 41,
        gains: 0.1,
        text: 'One more country (US) would save 41.00 USD a month (web at aws us-east-1).',
      },
    ],
  });
  const { code, output } = await agency(['explain', 'c1'], { url });
  expect(code).toBe(0);
  expect(output).toContain(
    [
      'Offers that lost, under what won:',
      '  web        score             cost  availability  cores',
      '  aws/a        won   7.30 USD/month        99.9 %      2',
      '    aws/b  -0.0667  14.60 USD/month             –      4',
      '    aws/c  +0.1000   7.00 USD/month             –      4  breaks web: 2 in zone aws/x/a, at most 1',
      'What the constraints cost:',
      '  One more country (US) would save 41.00 USD a month (web at aws us-east-1).',
    ].join('\n'),
  );
});

it('with --json says the same, one object a line', async () => {
  proposing();
  const { output, errors } = await agency(['submit', file, '--accept', 'best', '--exit-when', 'fulfilled', '--json'], { url });
  const types = jsonLines(output).map(({ type }) => type);
  expect(types).toEqual(['submitted', 'answer', 'answer', 'answer', 'proposal', 'proposal', 'accepted', 'resource', 'agreement']);
  expect(errors).toBe('');
});

it('follows the SLA until Ctrl-C, and tells what happens to a machine', async () => {
  provision();
  const ctrlC = new AbortController();
  let toldAll: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (toldAll = resolve));
  const onOutput = (output: string): void => {
    if (output.includes('availability') && output.includes('web-1 is down')) toldAll();
  };
  const watching = agency(['watch', 'a1'], { url, signal: ctrlC.signal, onOutput });
  while (front.listening === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  front.announce('resource.down', 'web-1 is down.');
  await told;
  ctrlC.abort();
  const { code, output } = await watching;
  expect(code).toBe(0);
  expect(output).toMatch(/availability +web +≥ 99\.9 % +100 % +fulfilled +0\.0 %/);
  expect(output).toMatch(/web-1 +127\.9\.9\.1 +up +2\.3 ms/);
  expect(output).toContain('12:00:00 web-1 is down.');
});

it('lists and shows entities', async () => {
  provision();
  expect((await agency(['resources'], { url })).output).toMatch(/m1 +web-1 +active +aws +eu-west-1 +127\.9\.9\.1/);
  expect((await agency(['agreements', 'a1'], { url })).output).toContain('occi.agreement.state: accepted');
  expect(await agency(['cfps', 'nope'], { url })).toMatchObject({
    code: 1,
    errors: expect.stringContaining('/cfp/nope does not exist') as string,
  });
});
