// The runs that the pictures show.
import { spawn, spawnSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { startServers } from "./stand-ins.mjs";

/** What the demos make: a detector and a table's classifier. */
const MODELS = {
  detector: "store/main/model/detector",
  buyers: "sklearn/store/main/model/sklearn",
};
const PROJECT = "https://gitlab.example.com/vision/models";

/**
 * A merge request whose models are right, and one whose detector has a configuration of another training. Leaves in
 * `work` for each: its log, its folder and the note that GitLab got.
 */
export async function playScenes(root, work) {
  makeModels(root);
  const models = join(work, "models");
  await cp(join(root, ".demo", MODELS.detector), `${models}/detector`, {
    recursive: true,
  });
  await cp(join(root, ".demo", MODELS.buyers), `${models}/buyers`, {
    recursive: true,
  });

  const servers = await startServers(root, work);
  try {
    await commit(servers.lakefs, "better-detector", models, "detector, 300");
    await play(root, work, servers, { name: "good", iid: 7 });
    makeCatalogue(root, work, servers);

    const config = `${models}/detector/config.py`;
    const text = await readFile(config, "utf8");
    const wrong = text.replace("num_classes=3", "num_classes=4");
    if (wrong === text) throw new Error(`${config} has no num_classes=3`);
    await writeFile(config, wrong);
    await commit(servers.lakefs, "four-classes", models, "four classes");
    await play(root, work, servers, { name: "bad", iid: 7 });
  } finally {
    await servers.stop();
  }
}

/** The demos make them once, and prove at the same time that the engines are there. */
function makeModels(root) {
  for (const args of [["demo"], ["demo", "--engine", "sklearn"]]) {
    const { status } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
      cwd: root,
      stdio: "inherit",
    });
    if (status !== 0) throw new Error(`model-to-edge ${args.join(" ")} failed`);
  }
}

/** Of what the good run published. */
function makeCatalogue(root, work, { lakefs }) {
  const words = ["catalogue", "--store", "lakefs://vision"];
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, "dist/cli.js"),
      ...words,
      ...["--model-branch", BRANCHES.good, "--out", "public"],
    ],
    {
      cwd: work,
      env: { ...engineVariables(), ...lakefs.env },
      stdio: "inherit",
    },
  );
  if (status !== 0) throw new Error("model-to-edge catalogue failed");
}

/** The folder's files as `model/` of a new branch. */
async function commit(lakefs, branch, folder, message) {
  const at = "/repositories/vision/branches";
  await lakefs.call("POST", at, { name: branch, source: "main" });
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    const object = `model/${relative(folder, path)}`;
    await lakefs.upload(
      `${at}/${branch}/objects?path=${encodeURIComponent(object)}`,
      await readFile(path),
    );
  }
  await lakefs.call("POST", `${at}/${branch}/commits`, { message });
}

const BRANCHES = { good: "better-detector", bad: "four-classes" };

/** One run as a job of a merge request has it. */
async function play(root, work, { lakefs, gitlab }, { name, iid }) {
  const branch = BRANCHES[name];
  const out = join(work, name, "model-to-edge-out");
  await mkdir(join(work, name), { recursive: true });
  const words = ["--store", "lakefs://vision", "--out", "model-to-edge-out"];
  const child = spawn(
    process.execPath,
    [
      join(root, "dist/cli.js"),
      ...["run", ...words],
      ...["--store-web-url", "https://lakefs.example.com"],
    ],
    {
      cwd: join(work, name),
      env: {
        ...engineVariables(),
        ...lakefs.env,
        ...jobVariables(branch, iid, gitlab.api, join(work, name)),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const log = createWriteStream(join(work, `${name}.log`));
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes) => log.write(bytes));
  const exitCode = await new Promise((done) => child.on("close", done));
  log.end();

  const expected = name === "good" ? 0 : 1;
  if (exitCode !== expected)
    throw new Error(`the ${name} run ended with ${exitCode}: ${work}`);
  const [note] = gitlab.notes.splice(0);
  await writeFile(join(work, `${name}.md`), note.body);
  console.log(`${name}: ${out}`);
}

/** What finds the programs and the installed engines. */
function engineVariables() {
  const names = ["PATH", "HOME", "TMPDIR", "MODEL_TO_EDGE_ENGINES"];
  return Object.fromEntries(
    names.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
}

function jobVariables(branch, iid, api, folder) {
  return {
    GITLAB_CI: "true",
    CI_API_V4_URL: api,
    CI_PROJECT_ID: "10",
    CI_PROJECT_PATH: "vision/models",
    CI_PROJECT_URL: PROJECT,
    CI_PROJECT_DIR: folder,
    CI_PIPELINE_SOURCE: "merge_request_event",
    CI_PIPELINE_IID: "31",
    CI_PIPELINE_URL: `${PROJECT}/-/pipelines/900`,
    CI_JOB_URL: `${PROJECT}/-/jobs/5001`,
    CI_JOB_NAME: "convert",
    CI_COMMIT_SHA: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
    CI_DEFAULT_BRANCH: "main",
    CI_COMMIT_REF_NAME: branch,
    CI_MERGE_REQUEST_IID: String(iid),
    CI_MERGE_REQUEST_PROJECT_ID: "10",
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: "10",
    CI_MERGE_REQUEST_PROJECT_URL: PROJECT,
    CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: branch,
    CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main",
    CI_MERGE_REQUEST_EVENT_TYPE: "detached",
    MODEL_TO_EDGE_TOKEN: "glpat-our-secret-token",
  };
}
