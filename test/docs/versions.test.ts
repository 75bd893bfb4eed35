/** Goal: what is released together has one version and one licence. Method: the files of each package are read. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const { version } = JSON.parse(read('package.json')) as { version: string };

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

test.each([
  ['clients/python/pyproject.toml', /^version = "(.+)"$/m],
  ['clients/rust/Cargo.toml', /^version = "(.+)"$/m],
  ['gen/rust/Cargo.toml', /^version = "(.+)"$/m],
  ['clients/java/pom.xml', /<artifactId>agentbus-client<\/artifactId>\s*<version>(.+)<\/version>/],
])('%s has the version of the bus', (path, pattern) => {
  expect(pattern.exec(read(path))?.[1]).toBe(version);
});

test.each(['clients/python', 'clients/go', 'gen/go', 'clients/rust', 'gen/rust', 'clients/java'])(
  '%s has the licence of the bus',
  (folder) => {
    // A copy: packages of these languages cannot hold a link to what is outside of them.
    expect(read(`${folder}/LICENSE`)).toBe(read('LICENSE'));
  },
);
