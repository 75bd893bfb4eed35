/**
 * Generates gen/ from proto/: TypeScript always, and each client language whose toolchain is here. Others are
 * named and left as they are; with `--all` they are an error.
 */
import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { installOnce, LANGUAGES } from './generate/languages.ts';
import { missingPrograms } from './missing-programs.ts';

const needsAll = process.argv.includes('--all');

function run(command: string, args: readonly string[], path = process.env.PATH): void {
  execFileSync(command, args, { stdio: 'inherit', env: { ...process.env, PATH: path } });
}

run('node', ['scripts/print-proto-deps.ts']);
run('buf', ['format', '-w', 'proto']);
run('buf', ['generate']);
console.log('generated typescript');

for (const language of LANGUAGES) {
  const { name } = language;
  const missing = missingPrograms(language.toolchain);
  if (missing.length > 0) {
    console.log(`skipped ${name}: this machine has no ${missing.join(' and no ')}`);
    if (needsAll) process.exitCode = 1;
    continue;
  }
  const bin = installOnce(language);
  run('buf', ['generate', '--template', `scripts/generate/buf.gen.${name}.yaml`], bin + delimiter + process.env.PATH);
  console.log(`generated ${name}`);
}
