/** A fenced block of a Markdown document. */
export interface CodeBlock {
  /** `ts`, `bash` and so on; empty if the fence names none. */
  readonly language: string;
  readonly code: string;
  /** Text of the nearest heading above it. */
  readonly heading: string;
}

/** The fenced blocks of a Markdown document, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^```(\S*)/.exec(line);
    if (open === undefined && fence) {
      open = { language: fence[1] ?? '', lines: [] };
    } else if (open !== undefined && fence) {
      blocks.push({ language: open.language, code: `${open.lines.join('\n')}\n`, heading });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line);
    } else {
      heading = /^#+\s+(.*)$/.exec(line)?.[1] ?? heading;
    }
  }
  return blocks;
}
