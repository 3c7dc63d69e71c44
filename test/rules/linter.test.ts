import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BIOME = join(ROOT, "node_modules/@biomejs/biome/bin/biome");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-linter-"));
  copyFileSync(join(ROOT, "biome.json"), join(folder, "biome.json"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Rules of Biome that a file breaks, under this repository's settings. */
function brokenRules(path: string, text: string): string[] {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  const words = ["lint", "--reporter=json", "--error-on-warnings", "."];
  const { stdout } = spawnSync(process.execPath, [BIOME, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string }[];
  };
  return diagnostics.map(({ category }) => category.split("/").at(-1) ?? "");
}

const nested = "if (a) ".repeat(6);
const BROKEN: [rule: string, path: string, text: string][] = [
  [
    "noExcessiveCognitiveComplexity",
    "src/plan/a.ts",
    `export function f(a: boolean): void {\n  ${nested}f(a);\n}\n`,
  ],
  [
    "useMaxParams",
    "src/plan/a.ts",
    "export function f(a: 1, b: 1, c: 1, d: 1, e: 1): 1[] {\n  return [a, b, c, d, e];\n}\n",
  ],
  [
    "noRestrictedGlobals",
    "src/plan/a.ts",
    "export const folder = process.cwd();\n",
  ],
  ["noProcessEnv", "src/plan/a.ts", "export const home = process.env.HOME;\n"],
  ["noDefaultExport", "src/plan/a.ts", "export default 1;\n"],
  ["noConsole", "src/plan/a.ts", "console.log(1);\n"],
  ["noExplicitAny", "src/plan/a.ts", "export let a: any;\n"],
  ["noNonNullAssertion", "test/a.ts", "export const a = [1][0]!;\n"],
  ["noBarrelFile", "src/plan/a.ts", 'export { b } from "./b.ts";\n'],
  ["useImportExtensions", "src/plan/a.ts", 'import "./b";\n'],
  [
    "noFloatingPromises",
    "src/plan/a.ts",
    "const f = async () => 1;\nexport const g = () => {\n  f();\n};\n",
  ],
  ["useFilenamingConvention", "src/plan/makePlan.ts", "export const a = 1;\n"],
];

describe("npm run lint", () => {
  it.each(BROKEN)("holds %s", (rule, path, text) => {
    mkdirSync(join(folder, "src/plan"), { recursive: true });
    writeFileSync(join(folder, "src/plan/b.ts"), "export const b = 1;\n");
    expect(brokenRules(path, text)).toContain(rule);
  });

  it("lets the entries use process, and main.ts take it as an argument", () => {
    const text = "export const main = (process: NodeJS.Process) => process;\n";
    expect(brokenRules("src/cli.ts", "process.exitCode = 1;\n")).toEqual([]);
    expect(brokenRules("src/main.ts", text)).toEqual([]);
  });
});
