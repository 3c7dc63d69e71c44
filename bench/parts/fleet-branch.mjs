// A branch of a folder store with as many published models as wished: one is really converted, the others are its copies.
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { measured } from "./watch-process.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "dist/cli.js");
const FIRST = "scale";

/** The words of a command of the toy engine on the store in a folder. */
export function fleetCommand(folder, command) {
  return [
    cli,
    command,
    ...["--store", pathToFileURL(join(folder, "store")).href],
    ...["--model-branch", "main", "--engine", "toy"],
    ...["--out", join(folder, "out")],
  ];
}

export const fleetEnv = {
  MODEL_TO_EDGE_ENGINES: join(root, "test/fixtures/engines/toy"),
};

/** Fills `folder/store` with `count` models, published and unchanged. */
export async function makeFleet(folder, count) {
  const branch = join(folder, "store/main");
  const fixture = join(root, "test/fixtures/consumer/store/main/model");
  cpSync(join(fixture, FIRST), join(branch, "model", FIRST), {
    recursive: true,
  });
  await measured(process.execPath, fleetCommand(folder, "run"), fleetEnv);

  const names = Array.from(
    { length: count },
    (_, index) => `m${String(index).padStart(5, "0")}`,
  );
  for (const place of ["model", "edge", "evidence"]) {
    const all = realpathSync(join(branch, place));
    const from = join(all, FIRST);
    const files = readdirSync(from, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(from, name)).isFile())
      .map((name) => [name, readFileSync(join(from, name))]);

    for (const name of names) {
      mkdirSync(join(all, name), { recursive: true });
      for (const [file, bytes] of files)
        writeFileSync(
          join(all, name, file),
          renamed(file, bytes, { name, branch }),
        );
    }

    rmSync(from, { recursive: true });
  }

  const publication = dirname(realpathSync(join(branch, "edge")));
  writeFileSync(
    join(publication, "index.json"),
    JSON.stringify(indexOf(publication)),
  );
}

/** What a publication notes of its files, so that nobody hashes them again. */
function indexOf(publication) {
  const files = ["edge", "evidence"].flatMap((place) =>
    readdirSync(join(publication, place), { recursive: true, encoding: "utf8" })
      .map((name) => `${place}/${name}`)
      .filter((path) => statSync(join(publication, path)).isFile()),
  );

  return Object.fromEntries(
    files.map((path) => {
      const file = join(publication, path);
      const sha256 = createHash("sha256").update(readFileSync(file));
      return [path, { sha256: sha256.digest("hex"), stat: tokenOf(file) }];
    }),
  );
}

/** The manifest says whose it is, where its files lie, and which inputs it is for. */
function renamed(file, bytes, { name, branch }) {
  if (file !== "manifest.json") return bytes;

  const text = bytes
    .toString("utf8")
    .replaceAll(`/${FIRST}/`, `/${name}/`)
    .replaceAll(`"name": "${FIRST}"`, `"name": "${name}"`);
  const manifest = JSON.parse(text);
  for (const input of manifest.inputs)
    input.token = tokenOf(join(branch, input.path));

  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** As the folder store knows a file: src/store/file/token.ts. */
function tokenOf(file) {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return `stat:${ino}-${size}-${mtimeNs}-${ctimeNs}`;
}
