// The conference server under test, with a certificate of its own, in the network's server namespace.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serverAddress } from "./network.mjs";
import { until } from "./wait.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = process.env.SLUICE ?? path.join(root, "build/release/bin/sluice");

export class Server {
  static async start(network, words = []) {
    const server = new Server();
    server.network = network;
    server.words = words;
    server.folder = mkdtempSync(path.join(tmpdir(), "sluice-browser-"));
    server.makeCertificate();
    await server.spawn("0");
    return server;
  }

  get url() {
    return `https://${serverAddress}:${this.port}`;
  }

  /** Again after kill(), on the same port, so that pages find it. */
  async restart() {
    await this.spawn(this.port);
  }

  async kill(signal = "SIGKILL") {
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill(signal);
    await gone;
  }

  /** Process ids of the server's workers, read from the system. */
  workers() {
    const ids = [];
    for (const entry of readdirSync("/proc")) {
      if (!/^\d+$/.test(entry)) continue;
      try {
        const [, parent] = /\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
        if (Number(parent) === this.child.pid) ids.push(Number(entry));
      } catch {
        // Ended while we looked.
      }
    }
    return ids;
  }

  async close() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }

  async spawn(port) {
    const [command, ...rest] = [
      ...this.network.inServer(),
      program,
      ...["--listen", `${serverAddress}:${port}`, "--certificate", `${this.folder}/cert.pem`],
      ...["--key", `${this.folder}/key.pem`, ...this.words],
    ];
    this.child = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
    this.output = "";
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        this.output = (this.output + text).slice(-100_000);
      });
    }
    const address = await until(
      () => `the server says where it listens; it said: ${this.output}`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`the server ended: ${this.output}`);
        return new RegExp(`https://${serverAddress.replaceAll(".", "\\.")}:(\\d+)`).exec(this.output);
      },
    );
    this.port = address[1];
  }

  makeCertificate() {
    const words = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=sluice-test
      -addext subjectAltName=IP:${serverAddress} -keyout ${this.folder}/key.pem -out ${this.folder}/cert.pem`;
    execFileSync("openssl", words.split(/\s+/), { stdio: "pipe" });
  }
}
