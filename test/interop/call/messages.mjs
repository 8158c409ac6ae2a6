// Messages of data channels that can be checked where they arrive: message number `index` of `size` bytes has contents that
// follow from both, as a string or as bytes. For pages, for Node.js and for the test itself.

const SMALLEST_NUMBERED = 8; // bytes; a shorter one does not tell its number

/** A string of as many letters, or a Uint8Array. */
export function makeMessage(index, size, kind) {
  const head = String(index).padStart(SMALLEST_NUMBERED, "0");
  if (kind === "string") return size < SMALLEST_NUMBERED ? "s".repeat(size) : head.padEnd(size, `<${index}>`);
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i += 1) bytes[i] = index * 31 + i * 7 + (i >> 8);
  if (size >= SMALLEST_NUMBERED) new DataView(bytes.buffer).setUint32(0, index);
  return bytes;
}

function indexOf(message, size) {
  if (size < SMALLEST_NUMBERED) return undefined;
  if (typeof message === "string") return Number(message.slice(0, SMALLEST_NUMBERED));
  return new DataView(message.buffer, message.byteOffset).getUint32(0);
}

function same(a, b) {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** What came through one channel. */
export class Received {
  count = 0;
  kinds = {}; // "string 65536": how many
  corrupt = 0;
  disorder = 0; // numbers that were not above the one before
  last = -1;
  closed = false;

  /** `message` is a string, an ArrayBuffer or a Uint8Array. */
  take(message) {
    const kind = typeof message === "string" ? "string" : "binary";
    const value = message instanceof ArrayBuffer ? new Uint8Array(message) : message;
    const name = `${kind} ${value.length}`;
    this.count += 1;
    this.kinds[name] = (this.kinds[name] ?? 0) + 1;
    const index = indexOf(value, value.length);
    if (index === undefined) return;
    if (!same(value, makeMessage(index, value.length, kind))) this.corrupt += 1;
    if (index <= this.last) this.disorder += 1;
    this.last = index;
  }
}
