import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { blocksOf, ROOT, runLines } from "./shell-blocks.ts";

const LINES = blocksOf("adding-an-engine.md", "sh").join("");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "model-to-edge-docs-"));
  // Another user must be able to read an engine that lies here.
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function published(): string {
  const file = join(folder, "store/main/edge/scale/manifest.json");
  return readFileSync(file, "utf8");
}

describe("docs/adding-an-engine.md", () => {
  it("leads to an engine of one's own and a green verdict, line by line", () => {
    const { output, status } = runLines(LINES, folder);
    expect(output).toContain("example");
    expect(output).toContain("scale may ship");
    expect({ output, status }).toMatchObject({ status: 0 });
    expect(published()).toContain('"engine": "example"');
  });

  it.each(["none", "required"])(
    "leads there with isolation %s: the engine finds edge_engine from any folder",
    (isolation) => {
      const env = { MODEL_TO_EDGE_ISOLATION: isolation };
      const { output, status } = runLines(LINES, folder, env);
      expect({ output, status }).toMatchObject({ status: 0 });
    },
  );

  it("leads to red where the copy is changed to export something else", () => {
    const change = `sed -i 's/block(5, tensor("w", model.w))/block(5, tensor("w", [1.01 * w for w in model.w]))/' /tmp/engines/example/stand_in.py\n`;
    const [make = "", run = ""] = blocksOf("adding-an-engine.md", "sh");
    const { output, status } = runLines(make + change + run, folder);
    expect(output).toContain("scale may not ship");
    expect(status).toBe(1);
  });

  it("leads to a refusal that names what does not fit, for a checkpoint of another model", () => {
    const lines = LINES.replace('"b": [0, 1, 0]', '"bias": [0, 1, 0]');
    expect(lines).not.toBe(LINES);
    const { output, status } = runLines(lines, folder);
    expect(output).toContain("missing: ['b'], unexpected: ['bias']");
    expect(status).toBe(1);
  });
});

describe("npm run new-engine", () => {
  it.each([
    ["Example", "an engine's name is lower case"],
    ["", "an engine's name is lower case"],
    ["mmdeploy", "components/mmdeploy is there already"],
  ])("refuses %j", (name, says) => {
    const { output, status } = runLines(`npm run new-engine ${name}`, folder);
    expect(output).toContain(says);
    expect(output).toContain("usage: npm run new-engine NAME [FOLDER]");
    expect(status).toBe(2);
  });

  it("says where it is, and what to do next", () => {
    const line = "npm run --silent new-engine my-engine /tmp/here";
    const { output } = runLines(line, folder);
    expect(output).toContain(`MODEL_TO_EDGE_ENGINES=${folder}/here`);
    const { name } = JSON.parse(
      readFileSync(join(folder, "here/engine.json"), "utf8"),
    ) as { name: string };
    expect(name).toBe("my-engine");
    expect(ROOT).not.toContain("my-engine");
  });
});
