// Makes the lists of Python packages that pip installs, with the hash of every wheel and archive of each version:
//   node scripts/lock-requirements.mjs [LIST.in …]   default: all of them
// LIST.in is written by hand, LIST.txt is made from it by uv and installed with --require-hashes.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./parts/cache-folder.mjs";

const UV = "0.9.9";

/** `whole`: the list names every package itself, and is installed with --no-deps. */
const LISTS = [
  { list: "components/mmdeploy/requirements", whole: true },
  { list: "components/mmdeploy/requirements-build", whole: true },
  { list: "components/mmdeploy/requirements-mmcv", whole: true },
  { list: "components/mmdeploy/requirements-torch", whole: false },
  { list: "components/sklearn/requirements", whole: true },
  { list: "components/tensorflow/requirements", whole: true },
  { list: "components/torch/requirements", whole: true },
  { list: "components/torch/requirements-torch", whole: false },
  { list: "scripts/parts/ci-schema", whole: true },
  { list: "scripts/parts/hadolint", whole: true },
  { list: "test/python/mmdeploy-runtime", whole: true },
  { list: "test/python/requirements", whole: false },
  { list: "test/real/flyte", whole: true },
  { list: "test/real/mlflow", whole: false },
  { list: "test/real/model-signing", whole: false },
  { list: "test/real/s3-server", whole: false },
];

const wanted = process.argv.slice(2);
const uv = uvProgram();

for (const { list, whole } of LISTS) {
  if (wanted.length > 0 && !wanted.includes(`${list}.in`)) continue;

  const args = [
    ...["pip", "compile", "--quiet", "--universal", "--python-version", "3.11"],
    ...["--generate-hashes", "--no-annotate", "--no-header"],
    ...(whole ? ["--no-deps"] : []),
    ...[`${list}.in`, "--output-file", `${list}.txt`],
  ];
  execFileSync(uv, args, { stdio: ["ignore", "ignore", "inherit"] });
  console.log(`${list}.txt`);
}

/** uv of this version, in an environment of its own. */
function uvProgram() {
  const folder = join(cacheFolder(), `uv-${UV}`);
  const program = join(folder, "bin/uv");
  if (existsSync(program)) return program;

  const quiet = { stdio: ["ignore", "ignore", "inherit"] };
  execFileSync("python3", ["-m", "venv", "--clear", folder], quiet);
  const python = join(folder, "bin/python");
  execFileSync(python, ["-m", "pip", "install", "-q", `uv==${UV}`], quiet);

  return program;
}
