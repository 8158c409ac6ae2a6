// Bundles the page into dist/: index.html, and assets/ whose names carry a hash of their content, so that the server
// may let browsers keep them for ever. `node build.mjs --watch` builds again at every change.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import * as esbuild from "esbuild";

const out = "dist";

async function writeIndex(result) {
  const byEntry = {};
  for (const [path, info] of Object.entries(result.metafile.outputs)) {
    if (info.entryPoint) byEntry[info.entryPoint] = `/${path.slice(out.length + 1)}`;
  }
  let html = await readFile("static/index.html", "utf8");
  html = html.replace("/main.js", byEntry["src/main.ts"]).replace("/style.css", byEntry["src/style.css"]);
  await writeFile(`${out}/index.html`, html);
}

const index = {
  name: "index",
  setup: (build) => {
    build.onEnd((result) => (result.errors.length === 0 ? writeIndex(result) : undefined));
  },
};

await rm(out, { recursive: true, force: true });
await mkdir(`${out}/assets`, { recursive: true });
await cp("static/icon.svg", `${out}/assets/icon.svg`);
const context = await esbuild.context({
  entryPoints: ["src/main.ts", "src/style.css"],
  entryNames: "assets/[name]-[hash]",
  outdir: out,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: true,
  metafile: true,
  legalComments: "linked",
  define: { global: "globalThis" },
  logLevel: "warning",
  plugins: [index],
});
if (process.argv.includes("--watch")) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}
