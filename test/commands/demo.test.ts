import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../child/children.ts";
import { commandLine } from "../support/command-line.ts";

/** Trains nothing: writes a checkpoint, and a cache at home as frameworks do; then it fails, so that nothing is converted. */
const MAKE_MODEL = `
import os, pathlib, sys
cache = pathlib.Path(os.environ["HOME"], ".cache")
cache.mkdir(parents=True)
(cache / "fonts").write_text("a cache")
model = pathlib.Path(sys.argv[1])
model.mkdir(parents=True, exist_ok=True)
(model / "scale.weights").write_text(str(cache))
sys.exit(1)
`;

it("leaves nothing in the model's folder but the model, and no home anywhere", async () => {
  const cwd = temporaryFolder();
  const engine = join(cwd, "a-demo");
  cpSync("test/fixtures/engines/toy", engine, { recursive: true });
  const description = JSON.parse(
    readFileSync(join(engine, "engine.json"), "utf8"),
  );
  writeFileSync(
    join(engine, "engine.json"),
    JSON.stringify({ ...description, name: "a-demo", demo: ["make.py"] }),
  );
  writeFileSync(join(engine, "make.py"), MAKE_MODEL);

  const { code } = await commandLine(["demo", "--dir", "made"], {
    cwd,
    env: { MODEL_TO_EDGE_ENGINES: engine },
  });

  const model = join(cwd, "made/store/main/model/detector");
  const cache = readFileSync(join(model, "scale.weights"), "utf8");
  expect(code).toBe(3);
  expect(await readdir(model)).toEqual(["scale.weights"]);
  await expect(readdir(cache)).rejects.toThrow("ENOENT");
});
