// A branch of a folder store with as many published models as wished: one is really converted, the others are its copies.
import { createHash } from "node:crypto";
import {
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  convertFirst,
  FIRST,
  FIRST_FOLDER,
  namesOf,
  renamedManifest,
} from "./fleet-models.mjs";

/** A folder store below `work`: how commands reach it, and how it is filled. */
export function folderFleet(work) {
  const store = join(work, "store");
  const fleet = {
    ...{ out: join(work, "out"), env: {} },
    url: pathToFileURL(store).href,
    /** Fills a branch with `count` models, published and unchanged. */
    makeFleet: (branch, count) => fillBranch(fleet, store, branch, count),
    /** A branch without models, as `main` is before the first. */
    emptyBranch: (branch) =>
      mkdirSync(join(store, branch, "model"), { recursive: true }),
    /** Links of one file in each folder, which are made sooner than files. */
    addForeign(branch, count) {
      for (let made = 0; made < count; made++) {
        const folder = join(store, branch, "data", String(made % 100));
        const first = join(folder, "0");
        if (made < 100) {
          mkdirSync(folder, { recursive: true });
          writeFileSync(first, "foreign");
        } else linkSync(first, join(folder, String(made)));
      }
    },
    stop() {},
  };

  return fleet;
}

async function fillBranch(fleet, store, name, count) {
  const branch = join(store, name);
  cpSync(FIRST_FOLDER, join(branch, "model", FIRST), { recursive: true });
  await convertFirst(fleet, name);

  for (const place of ["model", "edge", "evidence"])
    copyFirst(realpathSync(join(branch, place)), branch, namesOf(count));

  const publication = dirname(realpathSync(join(branch, "edge")));
  writeFileSync(
    join(publication, "index.json"),
    JSON.stringify(indexOf(publication)),
  );
}

/** Copies one folder of the first model for each name, and removes it. */
function copyFirst(all, branch, names) {
  const from = join(all, FIRST);
  const files = readdirSync(from, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(from, name)).isFile())
    .map((name) => [name, readFileSync(join(from, name))]);
  const tokenOf = ({ path }) => statToken(join(branch, path));

  for (const name of names) {
    mkdirSync(join(all, name), { recursive: true });
    for (const [file, bytes] of files)
      writeFileSync(
        join(all, name, file),
        file === "manifest.json"
          ? renamedManifest(bytes, name, tokenOf)
          : bytes,
      );
  }

  rmSync(from, { recursive: true });
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
      return [path, { sha256: sha256.digest("hex"), stat: statToken(file) }];
    }),
  );
}

/** As the folder store knows a file: src/store/file/token.ts. */
function statToken(file) {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return `stat:${ino}-${size}-${mtimeNs}-${ctimeNs}`;
}
