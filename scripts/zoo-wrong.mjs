// Wrong variants of models that the zoo converted: each must be refused by `model-to-edge validate`.
// usage: node scripts/zoo-wrong.mjs [--out DIR] NAME…        the rows were run with scripts/zoo.mjs before
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "./parts/cache-folder.mjs";
import { wordsOf } from "./parts/words.mjs";
import { readJson } from "./parts/zoo-files.mjs";

const root = resolve(import.meta.dirname, "..");
const { values, positionals } = wordsOf({ out: { type: "string" } });
const cache = resolve(values.out ?? join(cacheFolder(), "zoo"));
const python = JSON.parse(
  execFileSync(process.execPath, ["dist/cli.js", "engine", "list", "--json"], {
    cwd: root,
  }),
).find(({ name }) => name === "mmdeploy")?.python;
let green = 0;
for (const name of positionals) green += refuseAll(name);
console.log(`${green} wrong models were called right`);
process.exitCode = green > 0 ? 1 : 0;

/** Prints a line for each fault; returns how many were not refused. */
function refuseAll(name) {
  const model = join(cache, "work", name, "out/models", name);
  const work = join(cache, "work", name, "wrong");
  rmSync(work, { recursive: true, force: true });
  cpSync(join(model, "files"), join(work, "edge"), { recursive: true });
  const maker = join(root, "test/zoo/make_wrong.py");
  const faults = JSON.parse(
    execFileSync(python, [
      maker,
      join(model, "files/end2end.onnx"),
      join(work, "faults"),
    ]),
  );
  const rows = faults.map((fault) => {
    copyFileSync(
      join(work, "faults", fault.file),
      join(work, "edge/end2end.onnx"),
    );
    const args = [
      "dist/cli.js",
      "validate",
      join(work, "edge"),
      "--evidence",
      join(model, "evidence"),
      "--json",
    ];
    const { status, stdout } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    });
    writeFileSync(join(work, "verdict.json"), stdout);
    const verdict = readJson(join(work, "verdict.json"));
    const by =
      verdict?.checks
        .filter((one) => one.status === "fail")
        .map(({ check, kind }) => `${check} (${kind})`) ?? [];
    const row = { model: name, fault: fault.name, code: status, by };
    console.log(
      `${status === 1 ? "red  " : "GREEN"} ${name}: ${fault.name}: ${by.join(", ") || (verdict?.outcome ?? "no verdict")}`,
    );
    return row;
  });
  writeFileSync(
    join(cache, "results", `${name}.wrong.json`),
    `${JSON.stringify(rows, null, 2)}\n`,
  );
  rmSync(work, { recursive: true, force: true });
  return rows.filter(({ code }) => code !== 1).length;
}
