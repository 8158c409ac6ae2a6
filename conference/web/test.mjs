// Bundles the tests of the page's modules, which need no browser, and runs them with node:test.
import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as esbuild from "esbuild";

const out = await mkdtemp(path.join(tmpdir(), "sluice-web-test-"));
const tests = (await readdir("test")).filter((name) => name.endsWith("_test.ts"));
await esbuild.build({
  entryPoints: tests.map((name) => `test/${name}`),
  outdir: out,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node18",
  logLevel: "warning",
});
const files = (await readdir(out)).map((name) => path.join(out, name));
const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...files], { stdio: "inherit" });
await rm(out, { recursive: true, force: true });
process.exit(status ?? 1);
