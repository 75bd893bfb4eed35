/**
 * Goal: no page points to a file that is not there.
 * Method: every relative link of every Markdown page that ships is looked up.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPage } from './markdown.ts';

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/ARCHITECTURE.md',
  'docs/clients.md',
  'docs/errors.md',
  'docs/session-management-tutorial.md',
  'test/clients/README.md',
  'examples/stubs/README.md',
  'clients/python/README.md',
  'clients/go/README.md',
  'clients/rust/README.md',
  'clients/java/README.md',
];

describe.each(PAGES)('%s', (page) => {
  test('has links that lead somewhere', () => {
    const targets = Array.from(readPage(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g), ([, target = '']) => target);
    const local = targets.filter((target) => !/^https?:/.test(target));
    expect(local.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });

  test('has anchors that lead somewhere', () => {
    const text = readPage(page);
    const anchors = Array.from(text.matchAll(/\]\(#([^)]+)\)/g), ([, anchor = '']) => anchor);
    const headings = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
      heading.toLowerCase().replaceAll(' ', '-'),
    );
    expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
  });
});
