import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type CommandOptions, commandLine } from "../support/command-line.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "model-to-edge-small-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}
const say = (args: string[], options: Partial<CommandOptions> = {}) =>
  commandLine(args, { cwd: folder(), ...options });

describe("the smaller commands", () => {
  it("--help, written when the product is built, is what the commands themselves would say", async () => {
    // The words `help` take the long way, through the commands.
    const [written, made] = [await say(["--help"]), await say(["help"])];
    expect([written.code, made.code]).toEqual([0, 0]);
    expect(written.stdout).toMatch(/^Usage: model-to-edge /);
    expect(written.stdout).toBe(made.stdout);
  });

  it("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as {
      version: string;
    };
    expect((await say(["--version"])).stdout).toBe(`${version}\n`);
  });

  it("branch prints the name alone, for $(…)", async () => {
    expect((await say(["branch", "feature/foo"])).stdout).toBe(
      "feature--foo\n",
    );
    const pipeline = {
      CI: "true",
      GITLAB_CI: "true",
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "dev",
      CI_COMMIT_REF_NAME: "dev",
    };
    expect(
      (
        await say(["branch"], {
          env: {
            ...pipeline,
            CI_COMMIT_SHA: "a".repeat(40),
            CI_PROJECT_ID: "7",
          },
        })
      ).stdout,
    ).toBe("dev\n");
  });

  it("branch asks for a name where Git has none to give", async () => {
    const asked = await say(["branch"]);
    expect([asked.code, asked.stdout]).toEqual([
      2,
      expect.stringMatching(/hint: /),
    ]);
  });

  it("config says where each value came from", async () => {
    const told = await say(["config", "--device", "cpu"], {
      env: { MODEL_TO_EDGE_STORE: "lakefs://vision" },
    });
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(
      /store +lakefs:\/\/vision +\(MODEL_TO_EDGE_STORE\)/,
    );
    expect(told.stdout).toMatch(/device +cpu +\(--device\)/);
    expect(told.stdout).toMatch(/publish +all +\(default\)/);
  });

  it("engine list tells names, interpreters and versions", async () => {
    const { code, stdout } = await say(["engine", "list", "--json"]);
    const engines = JSON.parse(stdout) as Record<string, unknown>[];
    expect([code, engines.map(({ name }) => name)]).toEqual([
      0,
      expect.arrayContaining(["mmdeploy", "toy"]),
    ]);
    for (const engine of engines)
      expect(Object.keys(engine)).toEqual([
        "name",
        "title",
        "installed",
        "python",
        "versions",
      ]);
  });

  it("engine install knows what it can install", async () => {
    const unknown = await say(["engine", "install", "mmdeplyo"]);
    expect([unknown.code, unknown.stdout]).toEqual([
      2,
      expect.stringMatching(/mmdeplyo[\s\S]*did you mean "mmdeploy"/),
    ]);
  });

  it("init keeps a conversion.yaml that is there", async () => {
    const cwd = folder();
    writeFileSync(join(cwd, "conversion.yaml"), "mine");
    await commandLine(["init"], { cwd });
    expect(readFileSync(join(cwd, "conversion.yaml"), "utf8")).toBe("mine");
  });

  it("doctor says what is missing and the command that fixes it", async () => {
    const { code, stdout } = await say(["doctor", "--store", "lakfs://x"], {
      env: { MODEL_TO_EDGE_CACHE: folder() },
    });
    expect(code).toBe(2);
    expect(stdout).toMatch(/ok +ONNX Runtime: \d/);
    expect(stdout).toMatch(/missing +store: .*lakfs/);
    expect(stdout).toMatch(/fix: /);
  });

  it("a word that is not a command, and a flag that does not exist, end with 2 and the way to the help", async () => {
    for (const args of [["rum"], ["run", "--stoer", "x"]]) {
      const { code, stderr } = await say(args);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(/unknown[\s\S]*--help/),
      ]);
    }
  });
});
