import { readFileSync } from 'node:fs';

/** A fenced block of a Markdown page. */
export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

/** The text of a page at the root of the repository. */
export function readPage(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** The blocks of a page, in order; only those under a second-level heading if it is given, which must be there. */
export function codeBlocks(page: string, heading?: string): CodeBlock[] {
  const section = heading === undefined ? page : page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`there is no heading "${heading}"`);
  return Array.from(section.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language = '', code = '']) => ({
    language,
    code,
  }));
}
