/** Builds every client whose toolchain is here, and says which ones it left out. With `--all` that is an error. */
import { buildClient } from '../test/clients/driver/build-client.ts';
import { readClients } from '../test/clients/driver/client-commands.ts';

for (const client of readClients()) {
  const { language, missing } = client;
  if (missing.length === 0) {
    const startedAt = performance.now();
    await buildClient(client);
    console.log(`${language}: built in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  } else {
    console.log(`${language}: skipped, this machine has no ${missing.join(' and no ')}`);
    if (process.argv.includes('--all')) process.exitCode = 1;
  }
}
