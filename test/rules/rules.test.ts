import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const RULES = fileURLToPath(
  new URL("../../scripts/rules.mjs", import.meta.url),
);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-rules-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `npm run rules` says about a folder with these files. */
function rulesOn(files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { stderr, status } = spawnSync(process.execPath, [RULES, folder], {
    encoding: "utf8",
  });
  return { lines: stderr.split("\n").filter(Boolean), status };
}

type Row = [what: string, files: Record<string, string>, says: RegExp];

const BROKEN: Row[] = [
  [
    "a circle that only types close",
    {
      "src/log.ts": 'import { bar } from "./bar.ts";\nexport type Log = bar;\n',
      "src/bar.ts": 'import type {\n  Log,\n} from "./log.ts";\n',
    },
    /^src\/\w+\.ts:1: import circle of src\/bar\.ts, src\/log\.ts: move/,
  ],
  [
    "a circle that an import at run time closes",
    {
      "src/open.ts": 'export const open = () => import("./file.ts");\n',
      "src/file.ts": 'export * from "./open.ts";\n',
    },
    /import circle of src\/file\.ts, src\/open\.ts/,
  ],
  [
    "an import that goes upwards",
    {
      "src/store/file.ts":
        '/** A. */\nimport type { Plan } from "../plan/plan.ts";\n',
    },
    /^src\/store\/file\.ts:2: src\/plan\/plan\.ts stands above/,
  ],
  [
    "a file below all rooms that imports from one",
    { "src/log.ts": 'import { a } from "./child/a.ts";\n' },
    /^src\/log\.ts:1: src\/child\/a\.ts stands above/,
  ],
  [
    "a room without a place",
    { "src/helpers/a.ts": "" },
    /^src\/helpers\/a\.ts:1: a room without a place/,
  ],
  [
    "a report that computes with another feature",
    {
      "src/report/note.ts":
        'import { type Verdict, judge } from "../validate/verdict.ts";\n',
    },
    /^src\/report\/note\.ts:1: a report imports types only/,
  ],
  [
    "an engine by its name",
    {
      "components/caffe/convert.py": "",
      "src/commands/init.ts":
        '// caffe may be said here\nconst other = "x.caffe";\n',
    },
    /^src\/commands\/init\.ts:2: names the engine caffe: let its engine\.json/,
  ],
  [
    "process by an import",
    { "src/store/file.ts": 'import { env } from "node:process";\n' },
    /^src\/store\/file\.ts:1: only the entries touch process/,
  ],
  [
    "process by globalThis",
    { "src/store/file.ts": "const { env } = globalThis.process;\n" },
    /only the entries touch process/,
  ],
  [
    "what the process was given, beside a fact of the machine",
    { "src/store/file.ts": 'import { kill, argv } from "node:process";\n' },
    /^src\/store\/file\.ts:1: only the entries touch process/,
  ],
  [
    "a file of 251 lines",
    { "test/long.test.ts": "\n".repeat(251) },
    /^test\/long\.test\.ts:251: 251 lines, at most 250/,
  ],
  [
    "an adapter of 251 lines of Python",
    { "components/x/convert.py": "\n".repeat(251) },
    /251 lines/,
  ],
  [
    "a module that a test replaces",
    { "test/a.test.ts": ["vi", 'mock("../src/log.ts");\n'].join(".") },
    /^test\/a\.test\.ts:1: no mocks/,
  ],
];

const ENGLISH = [
  'if (error.message.includes("not found")) retry();',
  'if (message.startsWith("ONNX Runtime")) retry();',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code, to be read as text
  "const rest = sentence.startsWith(`${name} may `);",
  "const is = error.message\n  .toLowerCase()\n  .includes(word);",
  "if (/timeout/i.test(error.message)) retry();",
  "const [, path] = /at (.*)/.exec(failure.hint ?? what) ?? [];",
  'const bad = texts.filter((text) => text.endsWith("all NaN"));',
  "const bad = refused.filter((text) => !/^(all NaN|none)/.test(text));",
  "const found = text.match(/an empty batch/);",
  'if (outcome === "may not ship") stop();',
  'switch (said) { case "no model": stop(); }',
];

describe("npm run rules", () => {
  it.each(BROKEN)("refuses %s", (_what, files, says) => {
    const { lines, status } = rulesOn(files);
    expect(lines).toEqual([expect.stringMatching(says)]);
    expect(status).toBe(1);
  });

  it.each(ENGLISH)("refuses to branch on words: %s", (code) => {
    const { lines } = rulesOn({ "src/land/judge.ts": `${code}\n` });
    expect(lines).toEqual([expect.stringContaining("branches on words")]);
  });

  it("takes what only looks like it", () => {
    const code = [
      "// error.message.includes is what nobody may write",
      'import type { Log } from "../log.ts";',
      'import { kill as signal, pid } from "node:process";',
      'const kind = error.code === "stopped";',
      'if (line.startsWith("==> ")) show("the branch is gone");',
      'const pattern = [/"/, /`/, /\\/\\*/];',
      'const text = message.replaceAll("engine.log", log);',
    ];
    const files = {
      "src/land/judge.ts": code.join("\n"),
      "src/log.ts": "export interface Log {}\n",
      "src/report/note.ts":
        'import { plain } from "../plain-text.ts";\nimport { type Verdict } from "../validate/verdict.ts";\n',
      "test/full.test.ts": "\n".repeat(250),
    };
    expect(rulesOn(files)).toEqual({ lines: [], status: 0 });
  });

  it("refuses a folder that holds no code: it looked at nothing", () => {
    expect(rulesOn({})).toMatchObject({ status: 1 });
  });
});
