// Runs the suite that is published with the Node.js controller against our worker, as a ratchet: every test named in
// published.json must pass again. `--update` writes the tests that passed into that file.
//
//   node published_suite.mjs --worker build/release/bin/sluice-worker [--update] [--only Worker,Producer]
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const suite = join(here, "node_modules/mediasoup/node/lib/test");
const ratchet = join(here, "published.json");

// A worker that never answers lets every test of a file run into its own limit: so each file has one, and the whole too.
const TEST_LIMIT_MS = 8_000;
const FILE_LIMIT_MS = 90_000;
const SUITE_LIMIT_MS = 540_000;
const OUTPUT_LIMIT = 1_500;

const { values: options } = parseArgs({
  options: {
    worker: { type: "string" },
    update: { type: "boolean", default: false },
    only: { type: "string" },
  },
});

function prepareCertificate() {
  const data = join(suite, "data");
  if (existsSync(join(data, "dtls-key.pem"))) return;
  mkdirSync(data, { recursive: true });
  execFileSync(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj", "/CN=interop"]
      .concat(["-keyout", join(data, "dtls-key.pem"), "-out", join(data, "dtls-cert.pem")]),
    { stdio: "pipe" },
  );
}

// Resolves when the process has ended, by itself or because its time was over; nothing it started outlives it.
function runBounded(command, args, env, limit) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: here, env, detached: true, stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors = (errors + chunk).slice(-OUTPUT_LIMIT);
    });
    const killGroup = () => {
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // the group is gone
      }
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      killGroup();
    }, limit);
    child.on("close", () => {
      clearTimeout(timer);
      killGroup();
      done({ late, errors });
    });
    child.on("exit", () => setTimeout(killGroup, 500).unref());
  });
}

// The results of one file of the suite: [{ name, passed, message }].
async function runFile(file, worker, limit) {
  const work = mkdtempSync(join(tmpdir(), "published-"));
  const report = join(work, "report.json");
  const config = join(work, "jest.config.json");
  writeFileSync(
    config,
    JSON.stringify({
      rootDir: suite,
      roots: [suite],
      testMatch: [`**/${file}`],
      testPathIgnorePatterns: [],
      haste: { retainAllFiles: true },
      transform: {},
      testTimeout: TEST_LIMIT_MS,
      cacheDirectory: join(work, "cache"),
    }),
  );
  const args = ["node_modules/jest/bin/jest.js", "--config", config, "--runInBand", "--forceExit", "--json"];
  args.push("--outputFile", report, "--testLocationInResults");
  const env = { ...process.env, MEDIASOUP_WORKER_BIN: worker, NODE_NO_WARNINGS: "1", NO_COLOR: "1" };
  const { late, errors } = await runBounded(process.execPath, args, env, limit);
  let results = [];
  if (existsSync(report)) {
    for (const run of JSON.parse(readFileSync(report, "utf8")).testResults) {
      results = run.assertionResults.map((test) => ({
        name: `${file.slice("test-".length, -".js".length)}: ${test.fullName}`,
        passed: test.status === "passed",
        message: (test.failureMessages[0] ?? "").split("\n").slice(0, 3).join(" "),
      }));
      if (results.length === 0) console.log(`${file}: ${run.message.slice(0, OUTPUT_LIMIT)}`);
    }
  } else {
    console.log(`${file} ${late ? `did not end within ${limit / 1000} s` : `ended without a report: ${errors}`}`);
  }
  rmSync(work, { recursive: true, force: true });
  return results;
}

async function runSuite(worker, files) {
  const end = Date.now() + SUITE_LIMIT_MS;
  const results = [];
  for (const file of files) {
    const limit = Math.min(FILE_LIMIT_MS, end - Date.now());
    if (limit > 0) results.push(...(await runFile(file, worker, limit)));
    else console.log(`${file} was not run: the whole took longer than ${SUITE_LIMIT_MS / 1000} s`);
  }
  return results;
}

async function main() {
  if (!options.worker) throw new Error("name the worker: --worker PATH");
  const worker = resolve(options.worker);
  prepareCertificate();
  const wanted = options.only?.split(",").map((name) => `test-${name}.js`);
  const files = readdirSync(suite).filter((name) => /^test-.*\.js$/.test(name) && (!wanted || wanted.includes(name)));
  let results = await runSuite(worker, files);

  const known = existsSync(ratchet) ? JSON.parse(readFileSync(ratchet, "utf8")).tests : [];
  const inScope = known.filter((name) => !wanted || wanted.includes(`test-${name.split(":")[0]}.js`));
  const missing = () => {
    const passed = new Set(results.filter((test) => test.passed).map((test) => test.name));
    return inScope.filter((name) => !passed.has(name));
  };
  if (missing().length > 0 && !options.update) {
    // Ports and real time are involved: what failed gets one more chance.
    const again = [...new Set(missing().map((name) => `test-${name.split(":")[0]}.js`))];
    console.log(`once more: ${again.join(" ")}`);
    results = [...results.filter((test) => test.passed), ...(await runSuite(worker, again))];
  }
  const passed = [...new Set(results.filter((test) => test.passed).map((test) => test.name))].sort();
  const failures = new Map(results.filter((test) => !passed.includes(test.name)).map((test) => [test.name, test.message]));

  for (const [name, message] of failures) console.log(`not passing  ${name}\n             ${message.slice(0, 200)}`);
  console.log(`${passed.length} of ${passed.length + failures.size} published tests pass (${basename(worker)}), at least ${inScope.length} must`);
  if (options.update) {
    if (wanted) throw new Error("--update wants the whole suite");
    writeFileSync(ratchet, `${JSON.stringify({ passing: passed.length, tests: passed }, null, 2)}\n`);
    return 0;
  }
  for (const name of missing()) console.log(`PASSED BEFORE, FAILS NOW: ${name}`);
  if (passed.length > inScope.length) console.log("more pass than published.json says: raise it with --update");
  return missing().length === 0 ? 0 : 1;
}

process.exitCode = await main().catch((error) => {
  console.error(error.message);
  return 2;
});
