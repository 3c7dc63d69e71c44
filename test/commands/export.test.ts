import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { readEngineFlags } from "../../src/commands/program/engine-flags.ts";
import { commandLine } from "../support/command-line.ts";

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "model-to-edge-export-"));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, "scale/samples"), { recursive: true });
  put("scale/model.json", { channels: 2 });
  put("scale/toy.weights", { w: [1, 2], b: [0, 1] });
  put("scale/samples/one.json", [1, 2]);
});

function put(path: string, data: unknown): void {
  writeFileSync(join(cwd, path), JSON.stringify(data));
}

async function say(...words: string[]) {
  const flags = ["export", "--isolation", "none"];
  const run = await commandLine([...flags, ...words], { cwd });
  return { ...run, said: run.stdout + run.stderr };
}
const FILES = "model-to-edge-out/models/scale/files";

describe("export", () => {
  it("converts a folder, says where everything is, and the line to check it again holds", async () => {
    const { code, stdout } = await say("scale");
    expect(stdout).toMatch(/scale \(1\/1\) may ship/);
    expect(stdout).toContain(`edge model: ${FILES}`);
    expect(code).toBe(0);

    const [, page = ""] = /^report: (.*)$/m.exec(stdout) ?? [];
    expect(readFileSync(join(cwd, page), "utf8")).toContain("scale");

    const [, line = ""] =
      /^check it again: model-to-edge (.*)$/m.exec(stdout) ?? [];
    const again = await commandLine(line.split(" "), { cwd });
    expect(again.stdout).toContain("may ship");
    expect(again.code).toBe(0);
  });

  it("converts files that are named, in one place, under the first one's name", async () => {
    const { code, stdout } = await say(
      ...["scale/toy.weights", "scale/model.json", "scale/samples"],
      ...["--engine", "toy", "--out", "here"],
    );
    expect(stdout).toContain("edge model: here/models/toy/files");
    expect(code).toBe(0);
  });

  it("exits with 1 where the edge model is wrong, and keeps its report", async () => {
    const { code, stdout } = await say("scale", "--misbehave", "wrong-weights");
    expect(stdout).toMatch(/scale \(1\/1\) may not ship: wrong/);
    expect(stdout).toContain(`not proved: ${FILES}`);
    expect(stdout).toMatch(/^report: .*report\.html$/m);
    expect(code).toBe(1);
  });

  it("exits with 1 where the model does not fit, and names the log", async () => {
    const { code, stdout } = await say("scale", "--misbehave", "mismatch");
    expect(stdout).toMatch(/^log: .*engine\.log$/m);
    expect(code).toBe(1);
  });

  it.each([
    [
      "the model's folder",
      "scale/conversion.yaml",
      "version: 1\ntoy: { opset: 9 }\n",
    ],
    [
      "conversion.yaml here",
      "conversion.yaml",
      "version: 1\nmodels: { scale: { toy: { opset: 9 } } }\n",
    ],
  ])("takes options of %s", async (_, path, text) => {
    writeFileSync(join(cwd, path), text);
    await say("scale");
    expect(opset()).toBe(9);
  });

  it("takes options of a file, and those of the command line before them", async () => {
    writeFileSync(
      join(cwd, "conversion.yaml"),
      "version: 1\ndefaults: { toy: { opset: 7 } }\n",
    );
    writeFileSync(join(cwd, "options.yaml"), "opset: 9\n");
    await say("scale", "--options", "options.yaml");
    expect(opset()).toBe(9);

    await say("scale", "--options", "options.yaml", "--opset", "10");
    expect(opset()).toBe(10);
  });

  it("--json gives the conversion to stdout alone", async () => {
    const { stdout } = await say("scale", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "conversion",
      ships: true,
    });
  });

  it("never takes its own outputs for the model, nor their place", async () => {
    const inside = await say("scale", "--out", "scale");
    expect(inside.code).toBe(0);
    const again = await say("scale", "--out", "scale");
    expect(again.code).toBe(0);

    cpSync(join(cwd, "scale"), join(cwd, "models/scale"), { recursive: true });
    const { code, said } = await say("models/scale", "--out", ".");
    expect(said).toContain("would take the place of the model");
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "models/scale/toy.weights"))).toBe(true);
  });

  it.each([
    ["no model", [], /missing required argument/],
    ["nothing there", ["scala"], /scala does not exist/],
    ["no engine takes it", ["scale/samples"], /no engine accepts samples/],
    ["an unknown engine", ["scale", "--engine", "toi"], /did you mean "toy"/],
    ["an unknown flag", ["scale", "--enigne", "toy"], /did you mean "engine"/],
    ["a wrong value", ["scale", "--opset", "99"], /toy\.opset must be <= 21/],
    ["no value", ["scale", "--opset"], /--opset needs a value/],
    [
      "an option of another engine",
      ["scale", "--target_opset", "15"],
      /toy has no option "target_opset"/,
    ],
    [
      "no file of options",
      ["scale", "--options", "none.yaml"],
      /none\.yaml cannot be read/,
    ],
    [
      "a list for options",
      ["scale", "--options", "scale/samples/one.json"],
      /is not a mapping of options/,
    ],
    [
      "two files of one name",
      ["scale/toy.weights", "scale/toy.weights"],
      /two of the files are named toy\.weights/,
    ],
  ])("%s is an error of the user's", async (_, words, says) => {
    const { code, said } = await say(...words);
    expect(said).toMatch(says);
    expect(code).toBe(2);
  });

  it("trusts nothing because the model's own folder says so", async () => {
    writeFileSync(
      join(cwd, "scale/conversion.yaml"),
      "version: 1\nallow: { missing: [b] }\n",
    );
    const { code, said } = await say("scale");
    expect(said).toContain("only count from Git");
    expect(code).toBe(2);
  });

  it("follows no link out of the folder", async () => {
    rmSync(join(cwd, "scale/toy.weights"));
    put("elsewhere.weights", { w: [1, 2], b: [0, 1] });
    symlinkSync("../elsewhere.weights", join(cwd, "scale/toy.weights"));
    const { code, said } = await say("scale");
    expect(said).toContain("is a link that leaves its folder");
    expect(code).toBe(2);
  });
});

function opset(): number {
  const text = readFileSync(join(cwd, FILES, "contract.json"), "utf8");
  return (JSON.parse(text) as { opset: number }).opset;
}

describe("words for an engine", () => {
  const known = [
    { name: "opset_version", type: "integer" },
    { name: "trusted", type: "boolean" },
    { name: "input_names", type: "array" },
    { name: "name", type: "string" },
    { name: "args", type: "" },
  ];
  const read = (...words: string[]) => readEngineFlags(words, known, ["out"]);

  it.each([
    [["--opset_version", "17"], { opset_version: 17 }],
    [["--opset-version=17"], { opset_version: 17 }],
    [["--trusted"], { trusted: true }],
    [["--trusted", "false"], { trusted: false }],
    [["--input_names", "a,b"], { input_names: ["a", "b"] }],
    [["--input_names", "[a, b]"], { input_names: ["a", "b"] }],
    [["--name", "17"], { name: "17" }],
    [["--args", "[{shape: [1, 3]}]"], { args: [{ shape: [1, 3] }] }],
    [["--args", "-1"], { args: -1 }],
  ])("%j", (words, options) => {
    expect(read("m.pt", ...words)).toEqual({ paths: ["m.pt"], options });
  });

  it("a flag that stands alone takes no file for its value", () => {
    expect(read("--trusted", "m.pt").paths).toEqual(["m.pt"]);
  });

  it.each([
    [["--args", "{"], /cannot be used/],
    [["--arg", "1"], /no engine|flag --arg/],
    [["-x", "1"], /flag --x/],
    [["--args", "1", "--args", "2"], /twice/],
    [["--args", "--trusted"], /--args needs a value/],
  ])("%j is refused", (words, says) => {
    expect(() => read(...words)).toThrow(says);
  });
});
