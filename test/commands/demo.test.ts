import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../child/children.ts";
import { commandLine } from "../support/command-line.ts";

/** Trains nothing: writes a model of the toy engine, and a cache at home as frameworks do. */
const MAKE_MODEL = `
import os, pathlib, sys
cache = pathlib.Path(os.environ["HOME"], ".cache")
cache.mkdir(parents=True)
(cache / "fonts").write_text("a cache")
model = pathlib.Path(sys.argv[1])
model.mkdir(parents=True, exist_ok=True)
(model / "model.json").write_text('{"channels": 1}')
(model / "scale.weights").write_text('{"w": [1], "b": [0]}')
print(cache)
sys.exit(EXIT)
`;

function engineWithDemo(cwd: string, exit: number): string {
  const engine = join(cwd, "a-demo");
  cpSync("test/fixtures/engines/toy", engine, { recursive: true });
  const description = JSON.parse(
    readFileSync(join(engine, "engine.json"), "utf8"),
  );
  writeFileSync(
    join(engine, "engine.json"),
    JSON.stringify({ ...description, name: "a-demo", demo: ["make.py"] }),
  );
  writeFileSync(
    join(engine, "make.py"),
    MAKE_MODEL.replace("EXIT", String(exit)),
  );

  return engine;
}

it("leaves nothing in the model's folder but the model, and leads to the model's own report", async () => {
  const cwd = temporaryFolder();
  const engine = engineWithDemo(cwd, 0);
  const { code, stdout } = await commandLine(["demo", "--dir", "made"], {
    cwd,
    env: { MODEL_TO_EDGE_ENGINES: engine },
  });

  const model = join(cwd, "made/store/main/model/detector");
  expect(await readdir(model)).toEqual(["model.json", "scale.weights"]);

  const [, page = ""] = /in a browser: (file:\S+)\n$/.exec(stdout) ?? [];
  expect(code).toBe(0);
  expect(readFileSync(new URL(page), "utf8")).toContain("detector may ship");
});

it("keeps nothing of a model that could not be made, so that it is made again", async () => {
  const cwd = temporaryFolder();
  const engine = engineWithDemo(cwd, 1);
  const { code, stdout } = await commandLine(
    ["demo", "--dir", "made", "--engine", "a-demo"],
    { cwd, env: { MODEL_TO_EDGE_ENGINES: engine } },
  );

  const [cache = ""] = /\/\S+\/\.cache/.exec(stdout) ?? [];
  expect(code).toBe(3);
  expect(await readdir(join(cwd, "made/a-demo/store/main/model"))).toEqual([]);
  await expect(readdir(cache)).rejects.toThrow("ENOENT");
});

it("names the engines that have a demo where the named one has none", async () => {
  const cwd = temporaryFolder();
  const { code, stdout } = await commandLine(["demo", "--engine", "toy"], {
    cwd,
  });

  expect(code).toBe(2);
  expect(stdout).toMatch(/toy has no demo[\s\S]*mmdeploy, sklearn, tensorflow/);
});
