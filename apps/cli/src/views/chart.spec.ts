import { chart, columnsOf } from './chart.js';

const label = (value: number): string => String(value);

it('draws each value as high as it is, and leaves out what was not measured', () => {
  expect(chart([0, 8, null, 16], { height: 2, label })).toEqual(['16 │   █', ' 0 │▁█ █']);
});

it('has nothing to draw of nothing, and draws what is always 0', () => {
  expect(chart([null], { height: 2, label })).toEqual([]);
  expect(chart([0, 0], { height: 2, label })).toEqual(['0 │', '0 │▁▁']);
});

it('gives each step of time a column', () => {
  const points = [0, 10, 40].map((at) => ({ at, value: at }));
  expect(columnsOf(points, 10)).toEqual([0, 10, null, null, 40]);
});
