// Makes the outcome of two runs comparable: what is random becomes the number of its first appearance, what is not there or
// is the default is left out, and what has no order is sorted.

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FIRST_RANDOM_SSRC = 100_000; // those of the scenario's own packets are below
const NAMES_OF_SSRCS = ["ssrc", "rtxSsrc"];

export class Normalizer {
  #names = new Map();

  #nameOf(what, value) {
    const key = `${what} ${value}`;
    if (!this.#names.has(key)) {
      const count = [...this.#names.keys()].filter((known) => known.startsWith(`${what} `)).length;
      this.#names.set(key, `${what} ${count + 1}`);
    }
    return this.#names.get(key);
  }

  #text(name, value) {
    if (ID.test(value)) return this.#nameOf("id", value);
    if (/Ssrc|ssrc/.test(name) && Number(value) >= FIRST_RANDOM_SSRC) return this.#nameOf("ssrc", Number(value));
    return value;
  }

  /** `name` is the key under which `value` stands. */
  run(value, name = "") {
    if (typeof value === "string") return this.#text("", value);
    if (typeof value === "number") return NAMES_OF_SSRCS.includes(name) ? this.#text(name, value) : value;
    if (Array.isArray(value)) {
      const list = value.map((element) => this.run(element));
      return /Ids$/.test(name) ? list.sort() : list;
    }
    if (value === null || typeof value !== "object") return value;
    const entries = Object.entries(value).filter(([key, field]) => field !== null && !(key === "dtx" && field === false));
    entries.sort(([a], [b]) => (a < b ? -1 : 1)); // names are given in this order
    return Object.fromEntries(entries.map(([key, field]) => [this.#text(name, key), this.run(field, key)]));
  }
}
