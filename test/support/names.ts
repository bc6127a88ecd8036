/** Records that bear nothing but a name. */
import { ISSUER_BYTES, KEY_NAME, KEY_NAME_LENGTH } from "../../src/abi.js";
import type { Engine } from "../../src/engine/engine.js";
import { type Records, recordSize } from "../../src/engine/records.js";

export function placeName(engine: Engine, records: Records, name: string): number {
  const text = Buffer.from(name);
  const record = records.take(recordSize(ISSUER_BYTES + text.length));
  engine.words[(record + KEY_NAME) / 4] = record + ISSUER_BYTES;
  engine.words[(record + KEY_NAME_LENGTH) / 4] = text.length;
  engine.bytes.set(text, record + ISSUER_BYTES);
  return record;
}
