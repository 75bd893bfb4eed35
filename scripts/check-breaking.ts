/**
 * Compares the contract with the one on the main branch: what clients and stored
 * sessions were built on must still be readable (buf's WIRE_JSON rules).
 *
 * `buf breaking --against .git#branch=main` cannot do it alone, because the
 * third-party files that the contract imports are generated and not in git.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function git(...args: string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** The commit a revision names; undefined if there is no such revision here, as in a shallow clone. */
function commitOf(revision: string): string | undefined {
  try {
    return git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
  } catch {
    return undefined;
  }
}

/**
 * The commit to compare with: in CI the remote's main branch, else the local one. On a clean
 * main branch that is the work tree itself, so there the commit before it is asked.
 */
function baseCommit(): string | undefined {
  const branches = process.env.CI ? ['origin/main', 'main'] : ['main', 'origin/main'];
  const base = branches.map(commitOf).find((commit) => commit !== undefined);
  const isWorkTree = base === commitOf('HEAD') && git('status', '--porcelain', '--', 'proto') === '';
  return isWorkTree ? commitOf('HEAD~1') : base;
}

/** Puts the contract of a commit, with the third-party files of now, into a folder that buf can build. */
function checkOut(commit: string, folder: string): void {
  const archive = execFileSync('git', ['archive', commit, 'proto', 'buf.yaml'], { maxBuffer: 64 * 1024 * 1024 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  cpSync('proto-deps', join(folder, 'proto-deps'), { recursive: true });
}

if (!existsSync('proto-deps')) execFileSync('node', ['scripts/print-proto-deps.ts'], { stdio: 'inherit' });

const base = baseCommit();
if (base === undefined || git('ls-tree', base, 'buf.yaml') === '') {
  console.log('There is no earlier contract to compare with.');
} else {
  const folder = mkdtempSync(join(tmpdir(), 'agentbus-breaking-'));
  try {
    checkOut(base, folder);
    const { status } = spawnSync('buf', ['breaking', '--against', folder], { stdio: 'inherit' });
    console.log(`The contract breaks ${status === 0 ? 'nothing' : 'something'} that ${base.slice(0, 12)} has.`);
    process.exitCode = status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
