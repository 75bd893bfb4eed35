import type { MessageKey } from '../../engine.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';

export function encodeKeys(keys: readonly MessageKey[], tape: TapeWriter): void {
  tape.number(keys.length);
  for (const { sender, messageId } of keys) {
    tape.text(sender);
    tape.text(messageId);
  }
}

export function decodeKeys(tape: TapeReader): MessageKey[] {
  const keys: MessageKey[] = [];
  for (let left = tape.number(); left > 0; left--) keys.push({ sender: tape.text(), messageId: tape.text() });
  return keys;
}
