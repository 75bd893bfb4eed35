import { readClients } from './driver/client-commands.ts';

/** Says before the tests which clients they leave out, and why. */
export function setup(): void {
  for (const { language, missing } of readClients())
    if (missing.length > 0)
      process.stderr.write(`skipped: the ${language} client, since this machine has no ${missing.join(' and no ')}\n`);
}
