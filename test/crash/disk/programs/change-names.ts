/** Makes, renames and removes files of one folder, and syncs the folder after the first of them. */
import { closeSync, fsyncSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dir = process.argv[2] as string;

writeFileSync(join(dir, 'old'), 'old');
writeFileSync(join(dir, 'gone'), 'gone');
const folder = openSync(dir, 'r');
fsyncSync(folder);
closeSync(folder);
writeFileSync(join(dir, 'new'), 'new');
renameSync(join(dir, 'new'), join(dir, 'old'));
unlinkSync(join(dir, 'gone'));
