import { AGGREGATION_LIMITS } from '../../../limits.ts';

/** Lines as long as they are few, and how many were left out after that. Lines are made only when they are shown. */
export function boundedList<Item>(items: readonly Item[], line: (item: Item) => string): string[] {
  const lines: string[] = [];
  let bytes = 0;
  for (const item of items.slice(0, AGGREGATION_LIMITS.maxSummaryLines)) {
    const next = line(item);
    bytes += Buffer.byteLength(next);
    if (bytes > AGGREGATION_LIMITS.maxSummaryListBytes) break;
    lines.push(next);
  }
  const left = items.length - lines.length;
  // An empty line before it ends a table.
  return left === 0 ? lines : [...lines, '', `… and ${left} more.`];
}

/** The rows of a table under its head. */
export function boundedTable<Item>(
  head: readonly string[],
  items: readonly Item[],
  cells: (item: Item) => readonly string[],
): string[] {
  if (items.length === 0) return ['None.'];
  return [row(head), row(head.map(() => '---')), ...boundedList(items, (item) => row(cells(item)))];
}

/** A few of many in one line. */
export function boundedNames<Item>(items: readonly Item[], name: (item: Item) => string): string {
  const shown = items.slice(0, AGGREGATION_LIMITS.maxSummaryNames);
  const left = items.length - shown.length;
  return `${shown.map((item) => name(item)).join(', ')}${left === 0 ? '' : ` and ${left} more`}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
