// Our worker under the published controller, in a network namespace of the test's network (test/browser/lib/network.mjs).
// SLUICE_WORKER names the program.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as mediasoup from "mediasoup";

/** `where` is the start of a command that enters a namespace. The program says "running" with its own pid, hence exec. */
export async function startWorker(where, { program = process.env.SLUICE_WORKER, ...settings } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sluice-interop-"));
  const wrapper = join(folder, "worker");
  writeFileSync(wrapper, `#!/bin/sh\nexec ${where.join(" ")} ${resolve(program)} "$@"\n`);
  chmodSync(wrapper, 0o755);
  try {
    return await mediasoup.createWorker({ workerBin: wrapper, logLevel: "warn", ...settings });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Closes the worker and waits for the end of its process: a worker that hangs or crashes then is a failure. */
export async function endWorker(worker) {
  if (worker.subprocessClosed) return;
  const ended = new Promise((done) => worker.once("subprocessclose", done));
  worker.close();
  await ended;
}
