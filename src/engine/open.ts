import type { Engine } from './engine.ts';
import { EngineError } from './engine.ts';
import type { SqliteEngineOptions } from './sqlite/open.ts';
import { openSqliteEngine } from './sqlite/open.ts';

export interface EngineOptions extends SqliteEngineOptions {
  /** Which engine: `sqlite`. */
  readonly engine: string;
}

/** Opens the engine that the configuration names. */
export async function openEngine({ engine, ...options }: EngineOptions): Promise<Engine> {
  if (engine === 'sqlite') return await openSqliteEngine(options);
  if (/^nats:\/\//.test(engine)) {
    throw new EngineError('failed', `the engine ${engine} is not available in this version; use "sqlite"`, {
      facts: { engine },
    });
  }
  throw new EngineError('failed', `"${engine}" is not an engine; use "sqlite"`, { facts: { engine } });
}
