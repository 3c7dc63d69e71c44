// One archive with all that a GitLab without internet needs, made on a machine with it:
//   node scripts/bundle.mjs --out FILE.tar [--ref TAG] [--project GROUP/PROJECT] [--image NAME=FILE|REFERENCE …]
//     [--engines mmdeploy,sklearn] [--python python3.11 …] [--torch]
// docs/install.md says how it is used. import.sh in the archive brings it in.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bootstrap } from "./bootstrap.mjs";
import { saveImages } from "./bundle/images.mjs";
import { buildClone, cloneAt, writeGitBundle } from "./bundle/repository.mjs";
import { downloadWheels } from "./bundle/wheels.mjs";
import { makePackage } from "./package.mjs";
import { imagesOf } from "./release-stamps.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const say = (line) => console.log(`bundle: ${line}`);

const { values } = parse();
const work = mkdtempSync(join(dirname(resolve(values.out)), ".bundle-"));
try {
  await makeBundle();
} catch (error) {
  console.error(`bundle: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function makeBundle() {
  bootstrap();
  const clone = mkdtempSync(join(tmpdir(), "model-to-edge-bundle-"));
  try {
    const { version, project } = cloneAt(root, {
      ref: values.ref,
      project: values.project,
      folder: clone,
    });
    const folder = join(work, `model-to-edge-${version}`);
    mkdirSync(folder);

    say(`the repository at ${version}, for ${project}`);
    writeGitBundle(clone, join(folder, "repository.bundle"), version);

    say("the package of the command line");
    buildClone(root, clone);
    makePackage(clone, join(folder, "npm"));

    const names = saveImages(values.image, folder);
    say(`images: ${names.join(", ") || "none"}`);
    for (const missing of imagesOf(templatesOf(clone)).filter(
      (name) => !names.includes(name),
    ))
      say(`not in it: the image ${missing}, which the templates name`);

    for (const engine of values.engines.split(",").filter(Boolean)) {
      say(`Python packages of ${engine}, for ${values.python.join(", ")}`);
      downloadWheels(clone, folder, {
        engine,
        pythons: values.python,
        torch: values.torch,
      });
    }

    copyFileSync(join(clone, "scripts/import.sh"), join(folder, "import.sh"));
    copyFileSync(join(clone, "docs/install.md"), join(folder, "install.md"));
    writeFileSync(
      join(folder, "bundle.env"),
      `VERSION=${version}\nPROJECT=${project}\nIMAGES="${names.join(" ")}"\n`,
    );
    await writeSums(folder);
    execFileSync("tar", [
      "-cf",
      resolve(values.out),
      "-C",
      work,
      basename(folder),
    ]);
    say(`written: ${values.out}; inside: tar -xf, then sh import.sh`);
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

function templatesOf(clone) {
  return readdirSync(join(clone, "templates")).map((name) =>
    readFileSync(join(clone, "templates", name), "utf8"),
  );
}

/** As `sha256sum -c` reads it. */
async function writeSums(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

  const lines = [];
  for (const file of files) {
    const sum = createHash("sha256");
    await pipeline(createReadStream(join(folder, file)), sum);
    lines.push(`${sum.digest("hex")}  ${file}\n`);
  }
  writeFileSync(join(folder, "SHA256SUMS"), lines.join(""));
}

function parse() {
  const text = { type: "string" };
  try {
    const parsed = parseArgs({
      options: {
        out: { ...text, default: "model-to-edge-bundle.tar" },
        ref: { ...text, default: "HEAD" },
        project: text,
        image: { ...text, multiple: true, default: [] },
        engines: { ...text, default: "mmdeploy,sklearn" },
        python: { ...text, multiple: true, default: ["python3"] },
        torch: { type: "boolean", default: false },
      },
    });
    return parsed;
  } catch (error) {
    console.error(
      `${error.message}\nusage: see the head of scripts/bundle.mjs`,
    );
    process.exit(2);
  }
}
