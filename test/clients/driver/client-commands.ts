import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPrograms } from '../../../scripts/missing-programs.ts';

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** What `clients/<language>/commands.json` says; all commands run in that folder. */
interface CommandsFile {
  /** Name of the language for people. */
  readonly language: string;
  /** Programs without which nothing of it can be built. */
  readonly toolchain: readonly string[];
  /** Builds the client and its testee; quick when nothing has changed. */
  readonly build: readonly Command[];
  /** The language's own tests, format and types. */
  readonly check: readonly Command[];
  /** Starts the testee. */
  readonly testee: Command;
  /** The agent without a client, made of generated stubs alone. */
  readonly stub?: { readonly build: readonly Command[]; readonly run: Command };
}

/** A client and how to build and run what belongs to it. */
export interface ClientCommands extends CommandsFile {
  /** Name of its folder. */
  readonly name: string;
  readonly folder: string;
  /** Programs that this machine does not have. */
  readonly missing: readonly string[];
}

const CLIENTS = join(import.meta.dirname, '../../../clients');

/** Folders of the clients, TypeScript first: the others are compared with it. */
export const CLIENT_NAMES = ['typescript', 'python', 'go', 'rust', 'java'] as const;

/** Reads how a client is built and run. */
export function readClient(name: string): ClientCommands {
  const folder = join(CLIENTS, name);
  const commands = JSON.parse(readFileSync(join(folder, 'commands.json'), 'utf8')) as CommandsFile;
  return { ...commands, name, folder, missing: missingPrograms(commands.toolchain) };
}

/** All clients. */
export function readClients(): ClientCommands[] {
  return CLIENT_NAMES.map(readClient);
}
