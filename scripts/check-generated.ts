/**
 * Generates everything anew and fails if what git has is something else: a changed
 * contract without its generated code, an edited generated file, an unformatted .proto. With `--all` every language has
 * to be generated; without, those whose toolchain is missing are left out.
 */
import { execFileSync } from 'node:child_process';

execFileSync('npm', ['run', '--silent', 'generate', '--', ...process.argv.slice(2)], { stdio: 'inherit' });

// `status` rather than `diff`: a file that generation adds is not in the index yet.
const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=all', '--', 'gen', 'proto'], {
  encoding: 'utf8',
});
if (changed !== '') {
  console.error(`Generated code is not what git has. Run \`npm run generate\` and commit the result:\n${changed}`);
  process.exit(1);
}
console.log('gen/ is what proto/ says.');
