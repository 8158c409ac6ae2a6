// isolated.mjs TEST...: runs test files with node:test in a network namespace of their own, as root or, where the system
// allows it, as an ordinary user who is root in there only.

import { spawnSync } from "node:child_process";

const namespaces = process.getuid() === 0 ? ["-n"] : ["-n", "-U", "-r"];
const result = spawnSync(
  "unshare",
  [...namespaces, process.execPath, "--test", "--test-reporter=spec", "--test-concurrency=1", ...process.argv.slice(2)],
  { stdio: "inherit" },
);
if (result.error) console.error(`unshare cannot be started: ${result.error.message}`);
process.exit(result.status ?? 1);
