// A program of a test: what it says is kept, and it is gone when the test is over.
import { spawn } from "node:child_process";

const OUTPUT_LIMIT = 200_000;

export class Program {
  constructor(command, words, { input = "" } = {}) {
    this.name = command;
    this.output = "";
    this.child = spawn(command, words, { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdin.on("error", () => {});
    this.child.stdin.end(input);
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.output = (this.output + text).slice(-OUTPUT_LIMIT);
      });
    }
    this.ended = new Promise((done) => {
      this.child.once("error", (error) => done(error.message));
      this.child.once("close", (code, signal) => done(code ?? signal));
    });
  }

  /** Returns all it said, once it has ended by itself without an error. */
  async success(limitMs) {
    const late = new Promise((done) => setTimeout(done, limitMs, "late").unref());
    const how = await Promise.race([this.ended, late]);
    if (how !== 0) throw new Error(`${this.name} ended with ${how} (limit ${limitMs / 1000} s): ${this.output.slice(-3000)}`);
    return this.output;
  }

  async kill() {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}
