import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { writeWhole } from "../document.ts";
import { listEngines } from "../engine/catalogue.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { pipelineFindings } from "./pipeline-findings.ts";

/** Prints the lines for `.gitlab-ci.yml` and writes a `conversion.yaml` where there is none. */
export async function init(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const [engine] = await listEngines(ctx);
  const file = join(ctx.cwd, "conversion.yaml");

  if (existsSync(file))
    ctx.log.info("conversion.yaml is there already and stays as it is");
  else {
    await writeWhole(file, conversionYaml(engine?.name ?? "mmdeploy"));
    ctx.log.info(
      "written: conversion.yaml (most teams need no more than its first lines)",
    );
  }

  ctx.log.info("put these lines into .gitlab-ci.yml:");
  io.print(
    `${includeLines(String(flags.store), engine?.name ?? "mmdeploy")}\n`,
  );
  await warnOfPipeline(ctx, String(flags.store));
}

/** What the pipeline that is here would do to the job of these lines. */
async function warnOfPipeline(ctx: Context, store: string): Promise<void> {
  const added = { component: COMPONENT, inputs: { store } };

  for (const { state, says, fix } of await pipelineFindings(ctx, added)) {
    if (state !== "wrong") continue;
    ctx.log.warn(`.gitlab-ci.yml with these lines: ${says}`);
    if (fix) ctx.log.info(`fix: ${fix}`);
  }
}

const COMPONENT = "$CI_SERVER_FQDN/ml/model-to-edge/convert@1";

function includeLines(store: string, engine: string): string {
  return [
    "include:",
    `  - component: ${COMPONENT}`,
    "    inputs:",
    `      store: ${store}`,
    `      engine: ${engine}`,
  ].join("\n");
}

function conversionYaml(engine: string): string {
  return `# What model-to-edge should know about the models of the data branch. docs/configuration.md lists all keys.
version: 1
defaults:
  engine: ${engine}
# models:
#   detector:
#     samples: samples/*.jpg
`;
}
