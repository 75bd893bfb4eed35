import { parseArgs } from 'node:util';
import { ConfigError, variableOf } from '../config.ts';

/** Variables as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

export interface FileAndDir {
  /** Undefined unless exactly one was named. */
  readonly file: string | undefined;
  readonly dataDir: string;
  /** Whether the directory was named, by flag or variable, or is the one that a bus takes by default. */
  readonly namesDir: boolean;
}

/** The arguments of `backup` and `restore`. Throws a {@link ConfigError} for flags that there are not. */
export function parseFileAndDir(args: readonly string[], env: Env): FileAndDir {
  try {
    const options = { 'data-dir': { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const named = values['data-dir'] || env[variableOf('data-dir')] || undefined;
    const file = positionals.length === 1 ? positionals[0] : undefined;
    return { file, dataDir: named ?? './.agentbus', namesDir: named !== undefined };
  } catch (error) {
    throw new ConfigError(`${(error as Error).message.split('. ')[0]}; see --help`);
  }
}
