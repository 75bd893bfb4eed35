/**
 * Goal: the table of results in docs/clients.md is of the scenarios that there are, and says nothing that a reader should
 * worry about. Method: it is compared with the folder of scenarios and the list of clients.
 */
import { expect, test } from 'vitest';
import { readClients } from '../clients/driver/client-commands.ts';
import { readScenarios } from '../clients/driver/scenario.ts';
import { readPage } from './markdown.ts';

test('the results are of every scenario with every client', () => {
  const [, table = ''] = /<!-- results -->\n(.*?)<!-- \/results -->/s.exec(readPage('docs/clients.md')) ?? [];
  const [head = '', , ...rows] = table.trim().split('\n');
  const cells = (row: string) =>
    row
      .split('|')
      .slice(2, -1)
      .map((cell) => cell.trim());
  expect(cells(head)).toEqual(readClients().map(({ language }) => language));
  expect(rows.map((row) => /^\| \[`([^`]+)`\]/.exec(row)?.[1])).toEqual(readScenarios().map(({ name }) => name));
  for (const row of rows) expect([row, ...cells(row)]).toEqual([row, ...cells(head).map(() => 'passed')]);
});
