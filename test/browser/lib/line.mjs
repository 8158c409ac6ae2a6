// A line of chosen rate, delay and loss (test/line) between this process's namespace and the server's: what is sent to the
// server's address on it goes up, and what the server sends from there comes down, whichever way else there is.
// SLUICE_LINE_RELAY names the program.

import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";

export class Line {
  /** `number` tells the lines of a network apart. */
  static async create(network, number) {
    const line = new Line();
    const name = `line${number}`;
    line.address = `10.78.${number}.2`;
    const words = [name, "--there", String(network.server.pid), "--seed", String(number)];
    line.relay = spawn(process.env.SLUICE_LINE_RELAY, words, { stdio: ["pipe", "pipe", "inherit"] });
    line.answers = createInterface({ input: line.relay.stdout })[Symbol.asyncIterator]();
    if ((await line.answers.next()).value !== "ready") throw new Error(`the relay of ${name} did not start`);
    const there = network.inServer();
    for (const [where, address] of [
      [[], `10.78.${number}.1/24`],
      [there, `${line.address}/24`],
    ]) {
      ip(`link set ${name} addrgenmode none`, where);
      ip(`addr add ${address} dev ${name}`, where);
      ip(`link set ${name} up`, where);
    }
    ip(`route add default dev ${name} table ${100 + number}`, there);
    ip(`rule add pref ${100 + number} from ${line.address} lookup ${100 + number}`, there);
    return line;
  }

  /** What is left out of rate_kbps, queue_ms, delay_ms, jitter_ms and loss is none. */
  set(direction, config) {
    this.relay.stdin.write(`${JSON.stringify({ direction, ...config })}\n`);
  }

  /** Packets so far: { up, down }, each { sent, delivered, lost, overflowed }. */
  async stats() {
    this.relay.stdin.write("{}\n");
    return JSON.parse((await this.answers.next()).value);
  }

  close() {
    this.relay.stdin.end();
  }
}

function ip(words, where) {
  const [command, ...rest] = [...where, "ip", ...words.split(" ")];
  execFileSync(command, rest);
}
