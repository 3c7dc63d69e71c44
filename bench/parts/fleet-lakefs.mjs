// A branch of a real lakeFS with as many published models as wished: one is really converted, the others are its copies.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import { ensureLakefs } from "../../scripts/parts/lakefs.mjs";
import {
  convertFirst,
  FIRST,
  FIRST_FOLDER,
  namesOf,
  renamedManifest,
} from "./fleet-models.mjs";
import { testSupport } from "./test-support.mjs";

const UPLOADS_AT_ONCE = 16;
/** Paths that lakeFS takes in one call. */
const PAGE = 1000;

/** Starts a lakeFS whose data lie below `work`, with one repository: how commands reach it, and how it is filled. */
export async function lakefsFleet(work) {
  const parts = await ensureLakefs({ build: true });
  const { startLakefs } = await testSupport("lakefs-server");
  const foreign = join(work, "foreign");
  const server = await startLakefs(parts, {
    LAKEFS_BLOCKSTORE_LOCAL_PATH: join(work, "blocks"),
    LAKEFS_BLOCKSTORE_LOCAL_IMPORT_ENABLED: "true",
    LAKEFS_BLOCKSTORE_LOCAL_ALLOWED_EXTERNAL_PREFIXES: foreign,
  });
  const repository = await server.repository();
  const at = { server, place: `/repositories/${repository}` };

  const fleet = {
    ...{ out: join(work, "out"), env: server.env },
    url: `lakefs://${repository}`,
    /** Fills a branch with `count` models, published and unchanged: one commit. */
    makeFleet: (branch, count) => fillBranch(fleet, at, branch, count),
    /** `main` is there from the start: a branch of its own. */
    async emptyBranch() {},
    addForeign: (branch, count) => importForeign(at, branch, foreign, count),
    stop: () => server.stop(),
  };

  return fleet;
}

async function fillBranch(fleet, at, branch, count) {
  const { server, place } = at;
  if (branch !== "main")
    await server.call("POST", `${place}/branches`, {
      ...{ name: branch, source: "main" },
    });
  for (const file of readdirSync(FIRST_FOLDER))
    await upload(at, branch, [
      `model/${FIRST}/${file}`,
      readFileSync(join(FIRST_FOLDER, file)),
    ]);
  await commit(at, branch, "the first model");
  await convertFirst(fleet, branch);

  const first = await readFirst(at, branch);
  const uploads = namesOf(count).flatMap((name) =>
    first.map(([path, bytes]) => [
      path.replace(`/${FIRST}/`, `/${name}/`),
      copyFor(name, path, bytes),
    ]),
  );

  await inParallel(uploads, (each) => upload(at, branch, each));
  await server.call("POST", `${place}/branches/${branch}/objects/delete`, {
    paths: first.map(([path]) => path),
  });
  await commit(at, branch, `${count} models`);
}

/** Equal bytes have equal tokens here (src/store/lakefs/snapshot.ts): a manifest's stay as they are. */
function copyFor(name, path, bytes) {
  return path.endsWith("/manifest.json")
    ? renamedManifest(bytes, name, ({ token }) => token)
    : bytes;
}

/** The first model's inputs and what was published of it: path and bytes. */
async function readFirst({ server, place }, branch) {
  const { results } = await server.call(
    "GET",
    `${place}/refs/${branch}/objects/ls?amount=${PAGE}`,
  );
  const files = [];
  for (const { path } of results) {
    const answer = await fetch(
      `${server.endpoint}/api/v1${place}/refs/${branch}/objects?${new URLSearchParams({ path })}`,
      { headers: { authorization: basic(server.env) } },
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    files.push([path, Buffer.from(await answer.arrayBuffer())]);
  }

  return files;
}

function upload({ server, place }, branch, [path, bytes]) {
  const query = new URLSearchParams({ path });
  return server.upload(`${place}/branches/${branch}/objects?${query}`, bytes);
}

function commit({ server, place }, branch, message) {
  return server.call("POST", `${place}/branches/${branch}/commits`, {
    message,
  });
}

async function inParallel(items, work) {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: UPLOADS_AT_ONCE }, worker));
}

/** Small files beside the models, imported where they lie: one call for all of them, and a commit. */
async function importForeign({ server, place }, branch, folder, count) {
  for (let made = 0; made < count; made++) {
    const below = join(folder, String(made % 100));
    if (made < 100) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, String(made)), "foreign");
  }

  const address = `${place}/branches/${branch}/import`;
  const { id } = await server.call("POST", address, {
    paths: [
      {
        ...{ type: "common_prefix", path: `local://${folder}/` },
        destination: "data/",
      },
    ],
    commit: { message: "foreign objects" },
  });

  for (;;) {
    const state = await server.call("GET", `${address}?id=${id}`);
    if (state.error) throw new Error(`import: ${state.error.message}`);
    if (state.completed) return;
    await sleep(500);
  }
}

function basic({
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: key,
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: secret,
}) {
  return `Basic ${Buffer.from(`${key}:${secret}`).toString("base64")}`;
}
