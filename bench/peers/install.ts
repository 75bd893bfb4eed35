/**
 * Gets the peers that bench/ measures the bus against, into a cache folder and nowhere else, and names those that cannot be had here.
 * What is there already is left alone.
 *
 *   node --conditions=agentbus-source bench/peers/install.ts [--cache <folder>]
 */
import { existsSync, mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { peerFiles } from './cache.ts';
import { PEER_RECIPES } from './recipes.ts';

const { values } = parseArgs({ options: { cache: { type: 'string' } } });
const files = peerFiles(values.cache);
mkdirSync(files.folder, { recursive: true });
console.log(`peers in ${files.folder}`);
let missing = 0;
for (const { name, file, install } of PEER_RECIPES) {
  if (existsSync(file(files))) {
    console.log(`  ${name}: is there`);
    continue;
  }
  try {
    install(files);
    if (!existsSync(file(files))) throw new Error(`no ${file(files)} afterwards`);
    console.log(`  ${name}: installed`);
  } catch (error) {
    missing++;
    console.log(`  ${name}: CANNOT BE HAD: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(missing === 0 ? 'all peers are here' : `${missing} of ${PEER_RECIPES.length} peers are missing`);
