import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HOST = "gitlab.example.org";
const COMPONENT = "acme/edge/model-to-edge";
const TAG = "1.0.0";

/** A team's project that includes the component by `@1`, and the component's repository with a tag. */
export interface ConsumerProject {
  folder: string;
  git(...words: string[]): string;
  /** Runs a pipeline as gitlab-ci-local understands it. */
  pipeline(options?: PipelineOptions): Promise<PipelineResult>;
  remove(): void;
}

export interface PipelineOptions {
  file?: string;
  /** The pipeline's kind; default: a push to a branch. */
  kind?: Record<string, string | null>;
  variables?: Record<string, string>;
  /** A job to start by hand. */
  manual?: string;
  /** More arguments, such as `--preview`. */
  words?: string[];
}

export interface PipelineResult {
  code: number | null;
  log: string;
  /** Reads a file from the artifacts of a job. */
  artifact(job: string, path: string): string;
}

/** Why no pipeline can run here, printed, or null; throws where MODEL_TO_EDGE_TEST_REAL=required. */
export function whyNoPipeline(): string | null {
  const missing = ["git", "bash", "rsync"].filter(
    (tool) => spawnSync(tool, ["--version"]).error,
  );
  if (missing.length === 0) return null;
  const reason = `gitlab-ci-local needs ${missing.join(", ")}`;
  if (process.env.MODEL_TO_EDGE_TEST_REAL === "required")
    throw new Error(reason);
  console.log(`skipped: ${reason}`);
  return reason;
}

/** Makes both repositories; `stub` is a shell script that jobs find as `model-to-edge`, null the real command line. */
export function makeConsumer(
  stub: string | null,
  edit: (pipeline: string) => string = (text) => text,
): ConsumerProject {
  const work = mkdtempSync(join(tmpdir(), "model-to-edge-consumer-"));
  // An engine may run as another user, who has to reach its files.
  chmodSync(work, 0o755);
  const bare = publishComponent(join(work, "component"));
  const folder = join(work, "consumer");
  cpSync(join(ROOT, "test/fixtures/consumer"), folder, { recursive: true });
  for (const file of readdirSync(folder).filter((name) =>
    name.endsWith(".gitlab-ci.yml"),
  ))
    writeFileSync(
      join(folder, file),
      edit(readFileSync(join(folder, file), "utf8")),
    );
  const bin = join(work, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "model-to-edge"),
    stub ?? installPackage(join(work, "package")),
  );
  chmodSync(join(bin, "model-to-edge"), 0o755);
  const git = gitIn(folder);
  git("init", "-q", "-b", "main");
  git("remote", "add", "origin", `https://${HOST}/acme/vision/models.git`);
  git("add", ".");
  git("commit", "-q", "-m", "The models' project");
  git("update-ref", "refs/remotes/origin/main", "HEAD");
  git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
  const env = {
    ...gitRewrite(bare),
    PATH: `${bin}:${process.env.PATH}`,
    HOME: process.env.HOME ?? work,
  };
  return {
    folder,
    git,
    pipeline: (options = {}) => runPipeline(folder, bare, env, options),
    remove: () => rmSync(work, { recursive: true, force: true }),
  };
}

/** The built package with what it ships, as npm would install it; returns the script that starts it. */
function installPackage(folder: string): string {
  const { files } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  ) as { files: string[] };
  for (const part of [...files, "package.json"])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return `#!/bin/sh\nexec "${process.execPath}" "${folder}/dist/cli.js" "$@"\n`;
}

/** A bare repository with this working tree's templates, tagged, as the catalog would serve it. */
function publishComponent(folder: string): string {
  cpSync(join(ROOT, "templates"), join(folder, "templates"), {
    recursive: true,
  });
  const git = gitIn(folder);
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-q", "-m", `Release ${TAG}`);
  git("tag", TAG);
  const bare = `${folder}.git`;
  git("clone", "-q", "--bare", ".", bare);
  for (const key of ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"])
    gitIn(bare)("config", key, "true");
  return bare;
}

/** Both addresses under which gitlab-ci-local asks for the component lead to the bare repository. */
export function gitRewrite(bare: string): Record<string, string> {
  const key = `url.file://${bare}.insteadOf`;
  const addresses = [
    `https://${HOST}:443/${COMPONENT}.git`,
    `https://${HOST}/${COMPONENT}.git`,
  ];
  const pairs = addresses.map((address, i) => ({
    [`GIT_CONFIG_KEY_${i}`]: key,
    [`GIT_CONFIG_VALUE_${i}`]: address,
  }));
  return Object.assign(
    { GIT_CONFIG_COUNT: String(addresses.length) },
    ...pairs,
  );
}

export function gitIn(folder: string): ConsumerProject["git"] {
  const who = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  return (...words) =>
    execFileSync("git", [...who, ...words], {
      cwd: folder,
      encoding: "utf8",
    }).trim();
}

/**
 * Puts the tag's templates where gitlab-ci-local keeps what it has downloaded: it downloads all includes of
 * one component at once, and then one `cp -r` may find a folder that another has just made, and fail.
 */
function downloadComponent(bare: string, state: string): void {
  const includes = join(state, "includes", HOST, COMPONENT, TAG);
  const quiet = ["-c", "advice.detachedHead=false"];
  gitIn(bare)("clone", "-q", ...quiet, "--branch", TAG, bare, includes);
}

function runPipeline(
  folder: string,
  bare: string,
  env: NodeJS.ProcessEnv,
  options: PipelineOptions,
): Promise<PipelineResult> {
  const state = basename(mkdtempSync(join(folder, ".state-")));
  downloadComponent(bare, join(folder, state));
  const child = spawn(
    process.execPath,
    [gitlabCiLocal(), ...wordsOf(state, options)],
    { cwd: folder, env },
  );
  let log = "";
  const collect = (chunk: Buffer) => {
    log += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  const artifact = (job: string, path: string) =>
    readFileSync(join(folder, state, "artifacts", job, path), "utf8");
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, log, artifact }));
  });
}

export function wordsOf(
  state: string,
  { file, kind = {}, variables = {}, manual, words = [] }: PipelineOptions,
): string[] {
  const set = Object.entries({ ...kind, ...variables });
  const predefined = Object.keys(kind).filter((name) =>
    /^CI_(PIPELINE_SOURCE|COMMIT_|PROJECT_ID)/.test(name),
  );
  return [
    ...[
      "--state-dir",
      state,
      "--force-shell-executor",
      "--shell-isolation",
      "--no-artifacts-to-source",
      "--no-color",
    ],
    // The schema that gitlab-ci-local carries is older than GitLab's: it wants at least one tag.
    ...["--ignore-schema-paths", "#/definitions/tags/minItems"],
    ...set.flatMap(([name, value]) =>
      value === null
        ? ["--unset-variable", name]
        : ["--variable", `${name}=${value}`],
    ),
    ...(predefined.length > 0
      ? ["--ignore-predefined-vars", predefined.join(",")]
      : []),
    ...(file ? ["--file", file] : []),
    ...(manual ? ["--manual", manual] : []),
    ...words,
  ];
}

/** By path: `.bin` may hold another version. */
export function gitlabCiLocal(): string {
  const require = createRequire(import.meta.url);
  return join(
    dirname(require.resolve("gitlab-ci-local/package.json")),
    "dist/index.js",
  );
}
