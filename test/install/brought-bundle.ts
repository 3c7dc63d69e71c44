import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gitIn } from "../real/consumer-project.ts";
import { writeOciArchive } from "./oci-archive.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const PROJECT = "acme/edge/model-to-edge";
export const { version } = JSON.parse(
  readFileSync(join(ROOT, "package.json"), "utf8"),
) as { version: string };

/** An unpacked bundle, and the Git server that it is for. */
export interface BroughtBundle {
  unpacked: string;
  /** A bare repository for the component's project, which writes each push and its first option into `pushes`. */
  bare: string;
  /** Of each image, by name. */
  digests: Record<string, string>;
}

/**
 * What a person with internet made and carried over, below `work`; `whole`: with the Python packages of an engine, and an
 * image that holds the command line.
 */
export function bringBundle(work: string, whole: boolean): BroughtBundle {
  const digests: Record<string, string> = {};
  const image = (name: string) => {
    const content = join(work, `content-${name}`);
    mkdirSync(content);
    if (whole && name === "runner") commandLineIn(content);
    else writeFileSync(join(content, name), `the image ${name}\n`);
    const file = join(work, `${name}.oci.tar`);
    const made = mkdtempSync(join(work, "oci-"));
    digests[name] = writeOciArchive(file, { content, work: made });
    return ["--image", `${name}=${file}`];
  };

  execFileSync(
    process.execPath,
    [
      ...["scripts/bundle.mjs", "--out", join(work, "bundle.tar")],
      ...["--project", PROJECT, ...image("runner"), ...image("mmdeploy")],
      ...["--engines", whole ? "sklearn" : ""],
    ],
    {
      cwd: checkout(join(work, "checkout")),
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  execFileSync("tar", ["-xf", "bundle.tar"], { cwd: work });
  const unpacked = join(work, `model-to-edge-${version}`);

  const bare = join(work, "gitlab", `${PROJECT}.git`);
  mkdirSync(bare, { recursive: true });
  gitIn(bare)("init", "-q", "--bare");
  for (const key of [
    ...["receive.advertisePushOptions", "uploadpack.allowFilter"],
    "uploadpack.allowAnySHA1InWant",
  ])
    gitIn(bare)("config", key, "true");
  writeFileSync(
    join(bare, "hooks/post-receive"),
    `#!/bin/sh\nread -r _ _ ref; echo "$ref $GIT_PUSH_OPTION_0" >> ${work}/pushes\n`,
    { mode: 0o755 },
  );

  return { unpacked, bare, digests };
}

/** The commit of this checkout, and what is not committed, as a repository of its own. */
function checkout(folder: string): string {
  execFileSync("git", ["clone", "-q", "--no-local", ROOT, folder]);
  const changed = spawnSync("git", ["ls-files", "-mo", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  }).stdout;
  for (const path of changed.split("\n").filter(Boolean))
    if (existsSync(join(ROOT, path)))
      cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  gitIn(folder)("add", "-A");
  gitIn(folder)("commit", "-q", "--allow-empty", "-m", "as it lies here");
  execFileSync("ln", ["-s", join(ROOT, "node_modules"), "node_modules"], {
    cwd: folder,
  });
  return folder;
}

/** Node, its libraries, and what npm installs of the package: an image's content, as the Dockerfile's is. */
function commandLineIn(content: string): void {
  const libraries = execFileSync("ldd", [process.execPath], {
    encoding: "utf8",
  }).matchAll(/(\/\S+\.so\S*)/g);
  for (const [, file = ""] of libraries)
    execFileSync("cp", ["-L", "--parents", file, content]);
  mkdirSync(join(content, "opt"));
  cpSync(process.execPath, join(content, "opt/node"));
  for (const part of [
    "dist",
    "package.json",
    "components",
    "schemas",
    "templates",
    "profiles",
    "parameters",
  ])
    cpSync(join(ROOT, part), join(content, "opt/model-to-edge", part), {
      recursive: true,
    });
}
