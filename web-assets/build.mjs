// Builds the pages' styles, scripts, fonts and icons into dist/, which crates/web embeds.
//
//   node build.mjs            build what changed
//   node build.mjs --force    build anyway
//
// dist/stamp lists every input with a checksum. It is compared here, to skip work, and by
// crates/web/build.rs, to refuse a stale folder; the two must walk and sum alike.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
process.chdir(here);
const dist = "dist";
const cache = "node_modules/.cache/tributary";

// Class names may also stand in Rust code; build.rs leaves `.rs` files out of its comparison,
// so that an edit of a handler does not ask for a new bundle.
const INPUTS = [
  "build.mjs",
  "icons.txt",
  "package-lock.json",
  "css",
  "img",
  "js",
  "../crates/web/src",
  "../crates/web/templates",
];
// The script for other people's pages keeps its name: customers paste the address into their HTML.
const PLAIN_NAMES = new Set(["tributary.js"]);
const COMPRESSED = /\.(css|js|svg|json)$/;

/** FNV-1a, 32 bits, as eight hex digits. Finds edits; it is no defence against anyone. */
function checksum(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

function* files(entry) {
  const stat = fs.statSync(entry, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) return yield entry;
  for (const name of fs.readdirSync(entry)) yield* files(path.posix.join(entry, name));
}

function stampOfInputs() {
  const lines = INPUTS.flatMap((entry) => [...files(entry)])
    .map((file) => `${file} ${checksum(fs.readFileSync(file))}`);
  return lines.sort().join("\n") + "\n";
}

function run(command, args) {
  const result = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (result.error) throw result.error;
  if (result.status !== 0) process.exit(result.status ?? 1);
}

function installWhenLockChanged() {
  const mark = path.join("node_modules", ".lock-checksum");
  const lock = checksum(fs.readFileSync("package-lock.json"));
  if (fs.existsSync(mark) && fs.readFileSync(mark, "utf8") === lock) return;
  console.log("assets: installing packages");
  run("npm", ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]);
  fs.writeFileSync(mark, lock);
}

/** `name<TAB>the icon's inner markup` a line, in order of name. */
function buildIcons() {
  const names = fs.readFileSync("icons.txt", "utf8").split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"));
  const lines = [...new Set(names)].sort().map((name) => {
    const file = `node_modules/lucide-static/icons/${name}.svg`;
    if (!fs.existsSync(file)) {
      console.error(`assets: icons.txt names "${name}", which lucide-static does not have`);
      process.exit(1);
    }
    const svg = fs.readFileSync(file, "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `${name}\t${inner.replace(/\s+/g, " ").replace(/ \/>/g, "/>").replace(/> </g, "><").trim()}`;
  });
  fs.writeFileSync(`${dist}/icons.tsv`, lines.join("\n") + "\n");
}

/**
 * The faces that documents (PDF) are set in, which crates/web embeds beside what it serves: in no manifest, so
 * that no browser gets them. The web font cannot serve here, being compressed, variable and cut by script.
 */
function copyPrintFonts() {
  for (const [name, file] of [["regular", "400Regular/Inter_400Regular"], ["semibold", "600SemiBold/Inter_600SemiBold"]]) {
    fs.copyFileSync(`node_modules/@expo-google-fonts/inter/${file}.ttf`, `${dist}/print-${name}.ttf`);
  }
}

async function bundle() {
  fs.mkdirSync(cache, { recursive: true });
  run("node_modules/.bin/tailwindcss", ["-i", "css/app.css", "-o", `${cache}/tailwind.css`, "--minify"]);

  const entries = { app: "css/entry.css" };
  const scripts = { app: "js/app.js", calendar: "js/calendar.js" };
  if (fs.existsSync("js/tributary.js")) scripts.tributary = "js/tributary.js";

  const esbuild = await import("esbuild");
  const shared = {
    bundle: true,
    minify: true,
    metafile: true,
    outdir: dist,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    legalComments: "none",
    logLevel: "warning",
  };
  const css = await esbuild.build({ ...shared, entryPoints: entries, loader: { ".woff2": "file" } });
  const js = await esbuild.build({ ...shared, entryPoints: scripts, format: "esm", target: "es2022" });
  const img = await esbuild.build({ ...shared, entryPoints: [...files("img")], loader: { ".svg": "copy" } });
  return { ...css.metafile.outputs, ...js.metafile.outputs, ...img.metafile.outputs };
}

/** `app-1A2B3C4D.css` → `app.css`. */
function logicalName(output) {
  const base = path.basename(output);
  return base.replace(/-[A-Z0-9]{8}(\.[a-z0-9]+)$/, "$1");
}

function writeManifest(outputs) {
  const manifest = {};
  for (const output of Object.keys(outputs)) {
    const name = logicalName(output);
    let file = path.basename(output);
    if (PLAIN_NAMES.has(name)) {
      fs.renameSync(path.join(dist, file), path.join(dist, name));
      file = name;
    }
    manifest[name] = file;
    if (!COMPRESSED.test(file)) continue;
    const bytes = fs.readFileSync(path.join(dist, file));
    const brotli = { params: { [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    fs.writeFileSync(path.join(dist, `${file}.br`), zlib.brotliCompressSync(bytes, brotli));
    fs.writeFileSync(path.join(dist, `${file}.gz`), zlib.gzipSync(bytes, { level: 9 }));
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  fs.writeFileSync(path.join(dist, "manifest.json"), JSON.stringify(sorted, null, 2) + "\n");
  return sorted;
}

function report(manifest) {
  let total = 0;
  for (const name of ["app.css", "app.js"]) total += fs.statSync(`${dist}/${manifest[name]}.gz`).size;
  console.log(`assets: built; a page loads ${(total / 1000).toFixed(1)} kB of CSS and JS (gzip)`);
  if (total > 60_000) {
    console.error("assets: over the budget of 60 kB a page");
    process.exit(1);
  }
}

const stamp = stampOfInputs();
const stampFile = path.join(dist, "stamp");
const fresh = fs.existsSync(stampFile) && fs.readFileSync(stampFile, "utf8") === stamp;
if (fresh && !process.argv.includes("--force")) {
  console.log("assets: up to date");
} else {
  installWhenLockChanged();
  fs.rmSync(dist, { recursive: true, force: true });
  fs.mkdirSync(dist);
  buildIcons();
  copyPrintFonts();
  const manifest = writeManifest(await bundle());
  report(manifest);
  fs.writeFileSync(stampFile, stamp); // last: a broken build leaves no stamp
}
