import type { Operation } from '../operation.ts';

export const getMetadata: Operation<string, Uint8Array | undefined> = {
  writes: false,
  encode: (name, tape) => tape.text(name),
  prepare({ db }) {
    const select = db.prepare('SELECT value FROM metadata WHERE name = ?');
    return (request, reply) => reply.optionalBytes(select.get(request.text())?.value as Uint8Array | undefined);
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
    const put = db.prepare('INSERT OR REPLACE INTO metadata (name, value) VALUES (?, ?)');
    return (request) => void put.run(request.text(), request.bytes());
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
