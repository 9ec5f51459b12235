import { installationMark, machineLabel, readMachineLabel } from './machine-label.js';

const token = 'b1c9a5a0-3f1d-4f6e-9a5e-0f6f3c1d2e4b';

describe('machineLabel', () => {
  it.each([
    ['web-1', 63, 'web-1'],
    ['shop: front_end', 63, 'shop-front-end'],
    ['4ever', 63, 'ever'],
    ['', 63, 'm'],
    ['a-name-that-goes-on-and-on-and-on', 63, 'a-name-that-goes-on'],
  ])('keeps of %j what the cloud takes', (name, length, kept) => {
    const label = machineLabel(name, 'one', token, length);
    expect(label).toBe(`${kept}-${installationMark('one')}-${token}`);
    expect(label.length).toBeLessThanOrEqual(length);
  });

  it('is read again, whatever the name before it', () => {
    expect(readMachineLabel(machineLabel('web', 'one', token))).toEqual({ mark: installationMark('one'), placement: token });
    expect(readMachineLabel(machineLabel('web', 'one', token, 44))).toEqual({ mark: installationMark('one'), placement: token });
  });

  it.each(['web', '', token, `web-${token}`, `web-zzzzzz-${token}`, `web-000000-${token}-more`])(
    'does not take %j for its own',
    (name) => {
      expect(readMachineLabel(name)).toBeUndefined();
    },
  );
});
