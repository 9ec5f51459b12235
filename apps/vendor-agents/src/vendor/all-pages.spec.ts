import { allPages, type ListPage } from './all-pages.js';

const rows = (...ids: number[]): ListPage => ({ rows: ids.map((id) => ({ id })) });

it('goes on until a page is empty, however short the pages are', async () => {
  const pages = [rows(1, 2), rows(3), rows()];
  const asked: number[][] = [];
  const found = await allPages((page, offset) => {
    asked.push([page, offset]);
    return Promise.resolve(pages[page] ?? rows());
  });
  expect([found, asked]).toEqual([
    [{ id: 1 }, { id: 2 }, { id: 3 }],
    [
      [0, 0],
      [1, 2],
      [2, 3],
    ],
  ]);
});

it('needs no empty page where the vendor says how many there are', async () => {
  let asked = 0;
  const found = await allPages((page) => {
    asked += 1;
    return Promise.resolve({ ...rows(page), total: 2 });
  });
  expect([found.length, asked]).toEqual([2, 2]);
});

it('takes a whole list that comes again and again for one page', async () => {
  expect(await allPages(() => Promise.resolve({ rows: [{ id: 1 }, { name: 'has no id' }] }))).toHaveLength(2);
});
