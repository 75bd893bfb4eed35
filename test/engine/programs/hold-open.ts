/** Opens a data directory, says so on stdout, and keeps it open until it is killed. */
import { openForReal } from './open-engine.ts';

await openForReal(process.argv[2] as string);
process.stdout.write('open\n');
