import { checkAccounts } from './account-check.js';

const account = (change: object) => ({ vendor: 'linode', name: 'a', regions: ['x'], credentials: { token: 't' }, ...change });

it('tells everything that is wrong with accounts at once, each by its name', () => {
  const wrong = [
    account({ name: 'odd', vendor: 'lynode' }),
    account({ name: 'fine' }),
    account({ name: 'nowhere', vendor: 'ptc' }),
    account({ name: 'typo', credentials: { tokn: 'planted' } }),
    account({ name: 'unset', credentials: { token: { env: 'NOT_SET_ANYWHERE' } } }),
  ];
  expect(() => {
    checkAccounts(wrong);
  }).toThrow(
    /'odd': .*Did you mean 'linode'[^]*'nowhere' .*needs an 'endpoint'[^]*'typo' .*'tokn'[^]*'unset': NOT_SET_ANYWHERE is not set/,
  );
  expect(() => {
    checkAccounts(wrong);
  }).not.toThrow(/'fine'|planted/);
});

it('has nothing to say of accounts that can be opened', () => {
  expect(() => {
    checkAccounts([account({}), account({ vendor: 'ptc', endpoint: 'http://127.0.0.1:1/v1' })]);
  }).not.toThrow();
});
