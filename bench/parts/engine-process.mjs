// The engine mmdeploy on a model of the zoo, and beside it MMDeploy's bare export, each in the environment that it gets.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { typescript } from "./test-support.mjs";
import { measured } from "./watch-process.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const component = join(root, "components/mmdeploy");
const CLI = join(root, "dist/cli.js");

/** The engine's interpreter. Throws where it is not installed. */
export function enginePython() {
  const words = [CLI, "engine", "list", "--json"];
  const listed = JSON.parse(execFileSync(process.execPath, words));
  const python = listed.find(({ name }) => name === "mmdeploy")?.python;
  if (!python)
    throw new Error(
      "the engine mmdeploy is not installed: node dist/cli.js engine install mmdeploy",
    );

  return python;
}

/** Writes a row of test/zoo/models.json as a model's folder. */
export function makeModel(python, name, folder) {
  const script = join(root, "test/zoo/make_zoo_model.py");
  execFileSync(python, ["-W", "ignore", script, name, folder], {
    stdio: ["ignore", "ignore", "pipe"],
  });
}

/** MMDeploy's export alone, with the deployment configuration that the engine takes. `measured`'s numbers. */
export function runBare(python, { deploy, folder, work }) {
  const script = join(root, "bench/parts/bare_torch2onnx.py");
  const words = [join(component, "deploy", deploy), folder, work];
  return inFreshFolder(work, {}, [python, "-W", "ignore", script, ...words]);
}

/** The engine's process, as the runner starts it. `measured`'s numbers. */
export async function runEngine(python, { folder, work }) {
  const [{ scrubbedEnv }, { readEnvironment }] = await Promise.all(
    ["engine/scrubbed-env", "environment"].map((name) =>
      typescript(`src/${name}.ts`),
    ),
  );
  const environment = readEnvironment(process.env);
  const request = join(work, "request.json");
  const command = [python, join(component, "convert.py"), request];
  const env = scrubbedEnv({ environment, root }, work);

  return inFreshFolder(work, env, command, () => {
    mkdirSync(join(work, "home"));
    mkdirSync(join(work, "tmp"));
    writeFileSync(request, JSON.stringify(requestOf(folder, work)));
  });
}

/** `env -i`: nothing of this shell's settings reaches either of the two. */
function inFreshFolder(work, env, command, prepare) {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  prepare?.();

  const pairs = { PATH: process.env.PATH, HOME: work, ...env };
  const words = Object.entries(pairs).map(
    ([name, value]) => `${name}=${value}`,
  );
  return measured("env", ["-i", ...words, ...command]);
}

function requestOf(folder, work) {
  const samples = readdirSync(join(folder, "samples")).sort();
  return {
    protocol: 1,
    model: {
      name: "bench",
      dir: folder,
      files: [
        { role: "config", path: "config.py" },
        { role: "checkpoint", path: "epoch_1.pth" },
        ...samples.map((name) => ({ role: "sample", path: `samples/${name}` })),
      ],
    },
    options: {},
    allow: { missing: [], unexpected: [] },
    device: "cpu",
    samples: samples.map((name) => join(folder, "samples", name)),
    classes: null,
    seed: 0,
    references: { random: 3, fp64: true, shapes: {} },
    metadata: {},
    output_dir: join(work, "output"),
  };
}
