// isolated.mjs [--tun] TEST...: runs test files with node:test in a network namespace of their own, as root or, where the
// system allows it, as an ordinary user who is root in there only. Where there may be no namespaces (or with --tun, which
// says that the tests make such devices, no TUN devices) they are skipped with exit code 77; with CI set they fail.

import { spawnSync } from "node:child_process";

const tests = process.argv.slice(2).filter((word) => word !== "--tun");
const namespaces = process.getuid() === 0 ? ["-n"] : ["-n", "-U", "-r"];

function lacking() {
  const tried = spawnSync("unshare", [...namespaces, "true"], { encoding: "utf8" });
  if (tried.error) return `unshare cannot be started: ${tried.error.message}`;
  if (tried.status !== 0) return `no network namespace may be made: ${tried.stderr.trim()}`;
  if (!process.argv.includes("--tun")) return "";
  const device = spawnSync("unshare", [...namespaces, "ip", "tuntap", "add", "try", "mode", "tun"], { encoding: "utf8" });
  return device.status === 0 ? "" : `no TUN device may be made: ${device.stderr.trim()}`;
}

const lack = lacking();
if (lack) {
  console.error(`${process.env.CI ? "FAILED" : "SKIPPED"}: ${tests.join(" ")}: ${lack}`);
  process.exit(process.env.CI ? 1 : 77);
}
const result = spawnSync(
  "unshare",
  [...namespaces, process.execPath, "--test", "--test-reporter=spec", "--test-concurrency=1", ...tests],
  { stdio: "inherit" },
);
process.exit(result.status ?? 1);
