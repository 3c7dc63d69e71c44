import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeWhole } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import {
  addInclude,
  asFile,
  type IncludeLines,
} from "../gitlab/lint/add-include.ts";
import { ourIncludes } from "../gitlab/lint/our-includes.ts";
import { orMissing } from "../node-error.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { pipelineFileIn } from "./doctor/pipeline-file-in.ts";
import { pipelineFindings } from "./doctor/pipeline-findings.ts";
import { type Coordinates, coordinatesOf } from "./init/coordinates.ts";
import { lineDiff } from "./init/line-diff.ts";

const PIPELINE = ".gitlab-ci.yml";

/** By the scheme of the store's URL. */
const VARIABLES: Readonly<Record<string, string | undefined>> = {
  lakefs:
    "LAKECTL_SERVER_ENDPOINT_URL, LAKECTL_CREDENTIALS_ACCESS_KEY_ID, LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY",
  s3: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and AWS_ENDPOINT_URL_S3 for a server other than Amazon's (or a role instead of keys, see docs/publication.md)",
};

/** What a run leaves in a checkout, and the key that `keygen` makes. */
const IGNORED = ["model-to-edge-out/", "model-to-edge.key"];

/**
 * Writes the include into `.gitlab-ci.yml` (shown as a diff where the file was there), a `conversion.yaml` where there is
 * none, and the lines that `.gitignore` lacks. Throws `UsageError` for an engine that is not known.
 */
export async function init(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const coordinates = await coordinatesOf(ctx, flags);
  await writeConversion(ctx, coordinates);
  await writeIgnored(ctx);
  await writePipeline(ctx, io, includeLines(String(flags.store), coordinates));
  logVariables(ctx, String(flags.store));
}

/** The variables that the store's jobs need; none of a store in a folder. */
function logVariables({ log }: Context, store: string): void {
  const scheme = /^[a-z0-9]+(?=:)/.exec(store)?.[0] ?? "";
  const names = VARIABLES[scheme];
  if (names)
    log.info(
      `then set these CI/CD variables, masked and not protected: ${names}`,
    );
}

async function writeConversion(
  ctx: Context,
  coordinates: Coordinates,
): Promise<void> {
  const name = "conversion.yaml";
  const file = join(ctx.cwd, name);
  if (existsSync(file))
    return ctx.log.info(`${name} already exists and is kept as it is`);

  await writeWhole(file, conversionYaml(coordinates));
  ctx.log.info(`written: ${name} (most teams need no more)`);
}

async function writeIgnored({ cwd, log }: Context): Promise<void> {
  const file = join(cwd, ".gitignore");
  const text = (await orMissing(readFile(file, "utf8"))) ?? "";
  const there = text.split("\n").map((line) => line.trim());
  const added = IGNORED.filter((line) => !there.includes(line));
  if (added.length === 0) return;

  const start = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  await writeWhole(file, `${start}${added.join("\n")}\n`);
  log.info(`written: .gitignore (${added.join(", ")})`);
}

async function writePipeline(
  ctx: Context,
  io: CommandIo,
  entry: IncludeLines,
): Promise<void> {
  const file = join(ctx.cwd, PIPELINE);
  const text = await orMissing(readFile(file, "utf8"));

  if (text === null || text.trim() === "") {
    await writeWhole(file, asFile(entry));
    ctx.log.info(`written: ${PIPELINE}`);
    io.print(asFile(entry));
  } else await changePipeline(ctx, io, { file, text, entry });

  await warnOfPipeline(ctx);
}

async function changePipeline(
  ctx: Context,
  io: CommandIo,
  { file, text, entry }: { file: string; text: string; entry: IncludeLines },
): Promise<void> {
  const there = await pipelineFileIn(ctx.cwd);
  if (ourIncludes(there?.includes ?? []).length > 0)
    return ctx.log.info(`${PIPELINE} includes it already and stays as it is`);

  const changed = addInclude(text, entry);
  if (changed === null)
    throw new UsageError(
      `${PIPELINE} has no form to which an include can be added safely; it stays as it is`,
      {
        code: "pipeline-form",
        hint: `add these lines by hand:\n${asFile(entry)}`,
      },
    );

  await writeWhole(file, changed);
  ctx.log.info(`changed: ${PIPELINE}, and nothing but these lines of it:`);
  io.print(`${lineDiff(text, changed, 3).join("\n")}\n`);
}

/** What the pipeline now does to our job. */
async function warnOfPipeline(ctx: Context): Promise<void> {
  for (const { state, says, fix } of await pipelineFindings(ctx)) {
    if (state !== "wrong") continue;
    ctx.log.warn(
      `${PIPELINE} with these lines: ${says}`,
      "troubleshooting.md#gitlab",
    );
    if (fix) ctx.log.info(`fix: ${fix}`);
  }
}

function includeLines(
  store: string,
  { component, engine }: Coordinates,
): IncludeLines {
  return [
    `component: ${component}`,
    "inputs:",
    `  store: ${store}`,
    ...(engine === null ? [] : [`  engine: ${engine}`]),
  ];
}

function conversionYaml({ schema, engine, engines }: Coordinates): string {
  const line = engine === null ? "# " : "";

  return `# yaml-language-server: $schema=${schema}
# What model-to-edge should know about the models of the data branch. docs/configuration.md lists all keys.
version: 1
${line}defaults:
${line}  engine: ${engine ?? engines[0] ?? "NAME"} # without it: the engine that accepts the files (${engines.join(", ")})
# models:
#   detector:
#     samples: samples/*.jpg
`;
}
