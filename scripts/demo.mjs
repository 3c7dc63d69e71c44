// `npm run demo`: from a fresh clone to a converted, checked and published detector.
import { spawnSync } from "node:child_process";
import { bootstrap, execute } from "./bootstrap.mjs";

console.log(
  "model-to-edge demo: trains a tiny real detector (OpenMMLab's RTMDet), converts it with MMDeploy, checks it against\n" +
    "PyTorch and publishes it in a file store below .demo/. The first time makes MMDeploy's environment: 4 to 6 minutes\n" +
    "in all on 2 cores. The second time takes seconds.",
);
bootstrap();
execute(process.execPath, ["dist/cli.js", "engine", "install", "mmdeploy"]);
const { status } = spawnSync(process.execPath, ["dist/cli.js", "demo"], {
  stdio: "inherit",
});
process.exitCode = status ?? 1;
