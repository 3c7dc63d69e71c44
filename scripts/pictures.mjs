// npm run pictures [-- scenes|shots]: docs/pictures/*.png, from runs of the product as it is: a real lakeFS, real engines,
// real ONNX Runtime; GitLab is the stand-in of the tests. `shots` takes them again from the runs that lie in .demo/pictures.
import { mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { playScenes } from "./pictures/scenes.mjs";
import { takeShots } from "./pictures/shots.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = `${root}.demo/pictures`;
const only = process.argv[2] ?? "all";
if (!["all", "scenes", "shots"].includes(only)) {
  console.error("usage: npm run pictures [-- scenes|shots]");
  process.exit(2);
}

if (only !== "shots") {
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  await playScenes(root, work);
}
if (only !== "scenes") await takeShots(work, `${root}docs/pictures`);
