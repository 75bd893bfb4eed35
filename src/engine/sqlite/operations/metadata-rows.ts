import { assertSum, sumOfNamed } from '../checksums.ts';
import type { Operation } from '../operation.ts';

export const getMetadata: Operation<string, Uint8Array | undefined> = {
  writes: false,
  encode: (name, tape) => tape.text(name),
  prepare({ db }) {
    const select = db.prepare('SELECT value, sum FROM metadata WHERE name = ?');
    return (request, reply) => {
      const name = request.text();
      const row = select.get(name) as { value: Uint8Array; sum: number | null } | undefined;
      if (row !== undefined) assertSum(row.sum, sumOfNamed(name, row.value), { table: 'metadata', place: name });
      reply.optionalBytes(row?.value);
    };
  },
  decode: (tape) => tape.optionalBytes()?.slice(),
};

export const putMetadata: Operation<{ readonly name: string; readonly value: Uint8Array }, void> = {
  writes: true,
  encode({ name, value }, tape) {
    tape.text(name);
    tape.bytes(value);
  },
  prepare({ db }) {
    const put = db.prepare('INSERT OR REPLACE INTO metadata (name, value, sum) VALUES (?, ?, ?)');
    return (request) => {
      const name = request.text();
      const value = request.bytes();
      put.run(name, value, sumOfNamed(name, value));
    };
  },
  decode() {},
};

export const holdsData: Operation<void, boolean> = {
  writes: false,
  encode() {},
  prepare({ db }) {
    const select = db.prepare(
      `SELECT EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM dead_letters)
         OR EXISTS (SELECT 1 FROM sessions) OR EXISTS (SELECT 1 FROM agents) AS holds`,
    );
    return (_request, reply) => reply.number(select.get()?.holds as number);
  },
  decode: (tape) => tape.number() === 1,
};
