// `npm run demo [-- --engine NAME]`: from a fresh clone to a converted, checked and published model.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { bootstrap, execute } from "./bootstrap.mjs";
import { pythonProblem } from "./parts/python-version.mjs";

const SAYS = {
  mmdeploy:
    "trains a tiny real detector (OpenMMLab's RTMDet), converts it with MMDeploy, checks it against\n" +
    "PyTorch and publishes it in a file store below .demo/. The first time makes MMDeploy's environment: 4 to 6 minutes\n" +
    "in all on 2 cores. The second time takes seconds.",
  sklearn:
    "fits a small scikit-learn pipeline on a table of people, converts it, checks it against scikit-learn and\n" +
    "publishes it in a file store below .demo/sklearn/. The first time makes the environment: about two minutes.",
  tensorflow:
    "trains a small Keras network on pictures of shapes, converts it, checks it against TensorFlow and\n" +
    "publishes it in a file store below .demo/tensorflow/. The first time makes the environment: about two minutes.",
  torch:
    "trains a small network on sound waves, converts it, checks it against PyTorch and publishes it in a file store\n" +
    "below .demo/torch/. The first time makes the environment, of 5 GB: some minutes. The second time takes one.",
};

const { engine } = parse();
const problem = pythonProblem();
if (problem) {
  console.error(problem);
  process.exit(2);
}
console.log(`model-to-edge demo: ${SAYS[engine ?? "mmdeploy"]}`);
bootstrap();
execute(process.execPath, [
  ...["dist/cli.js", "engine", "install", engine ?? "mmdeploy"],
]);
const { status } = spawnSync(
  process.execPath,
  ["dist/cli.js", "demo", ...(engine ? ["--engine", engine] : [])],
  { stdio: "inherit" },
);
if (status === 0)
  console.log(
    "\nIn this folder `model-to-edge` is `npx model-to-edge`; to have it everywhere: docs/install.md",
  );
process.exitCode = status ?? 1;

/** The engine that is named, undefined where none is. */
function parse() {
  const known = Object.keys(SAYS).join(", ");
  try {
    const { values } = parseArgs({ options: { engine: { type: "string" } } });
    if (values.engine === undefined || Object.hasOwn(SAYS, values.engine))
      return values;
    console.error(`there is no demo of ${values.engine}; engines: ${known}`);
  } catch (error) {
    console.error(`${error.message}\nusage: npm run demo [-- --engine NAME]`);
  }
  process.exit(2);
}
