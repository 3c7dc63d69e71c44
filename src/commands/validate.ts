import { existsSync } from "node:fs";
import { basename, relative, resolve } from "node:path";
import {
  addProfile,
  type ConfigLayer,
  settingsOf,
} from "../config/model-settings.ts";
import type { Policy } from "../config/policy.ts";
import { policyProfiles } from "../config/read-profiles.ts";
import type { Context } from "../context.ts";
import { decide, decisionWords } from "../decision.ts";
import { UsageError } from "../errors.ts";
import type { Log } from "../log/log.ts";
import { exitCodeOf } from "../report/exit-code.ts";
import { pageOfCheck } from "../report/note-links.ts";
import { plainExplanation } from "../text/explanation.ts";
import { plain } from "../text/message.ts";
import { shellQuote } from "../text/shell-quote.ts";
import {
  type ValidateRequest,
  validateFolder,
} from "../validate/validate-folder.ts";
import type { Verdict } from "../validate/verdict.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** The same checks as in a run, on any folder: 0 only when it could be published. */
export async function validate(
  ctx: Context,
  io: CommandIo,
  folder: string,
  flags: Flags,
): Promise<void> {
  const request = await requestOf(ctx, folder, flags);
  const { verdict, performance } = await validateFolder(ctx, request);

  if (flags.json) io.print(`${JSON.stringify(verdict, null, 2)}\n`);
  logVerdict(ctx, verdict);
  if (performance)
    ctx.log.info(`on this machine, one thread: ${performance.sentence}`);

  const decision = decide({
    found: verdict,
    failure: null,
    failOn: "fail",
    exceptions: request.policy.loosened,
  });
  const line = `${verdict.name} ${decisionWords(decision)}. ${plainExplanation(verdict)}`;

  LEVEL[verdict.outcome](ctx.log, line, pageOf(verdict));
  io.exit(exitCodeOf([{ failure: null, ships: decision.ships }]));
}

/** About the first check that failed, else the first that warns. */
function pageOf({ checks }: Verdict): string | undefined {
  const found =
    checks.find(({ status }) => status === "fail") ??
    checks.find(({ status }) => status === "warn");

  return found && pageOfCheck(found.check);
}

const LEVEL: Record<
  Verdict["outcome"],
  (log: Log, line: string, page: string | undefined) => void
> = {
  fail: (log, line, page) => log.error(line, page),
  warn: (log, line, page) => log.warn(line, page),
  pass: (log, line) => log.info(line),
};

async function requestOf(
  ctx: Context,
  folder: string,
  flags: Flags,
): Promise<ValidateRequest> {
  const path = existing(
    ctx,
    folder,
    folder,
    "name a folder with an .onnx file",
  );
  const evidence = textOf(flags.evidence);
  const evidenceFolder =
    evidence === null
      ? null
      : existing(
          ctx,
          evidence,
          `--evidence ${evidence}`,
          "name the folder with references.safetensors",
        );

  const name = String(flags.name ?? basename(path));
  const profiles = (textOf(flags.profile) ?? "")
    .split(",")
    .filter((id) => id !== "");

  return {
    name,
    folder: path,
    evidence: evidenceFolder,
    policy: await policyOf(ctx, name, textOf(flags.config), profiles),
    reproduce: commandOf(ctx, path, evidenceFolder, profiles),
    performance: flags.performance ? { published: async () => null } : null,
  };
}

async function policyOf(
  ctx: Context,
  name: string,
  file: string | null,
  profiles: readonly string[],
): Promise<Policy> {
  const repository = file === null ? null : await readConfig(ctx, file);
  const { policy } = settingsOf(name, repository ? [repository] : []);
  const known = await policyProfiles(profiles, ctx.cwd);

  for (const profile of Object.values(known)) addProfile(policy, profile);

  return policy;
}

/** The command that does the same again from here. */
function commandOf(
  { cwd }: Pick<Context, "cwd">,
  folder: string,
  evidence: string | null,
  profiles: readonly string[],
): string {
  const shown = (path: string) => shellQuote(relative(cwd, path) || ".");

  return [
    `model-to-edge validate ${shown(folder)}`,
    ...(evidence === null ? [] : [`--evidence ${shown(evidence)}`]),
    ...profiles.map((id) => `--profile ${shellQuote(id)}`),
  ].join(" ");
}

/** Its absolute path; throws `UsageError` where it is not there. */
function existing(
  { cwd }: Pick<Context, "cwd">,
  folder: string,
  what: string,
  hint: string,
): string {
  const path = resolve(cwd, folder);
  if (existsSync(path)) return path;

  throw new UsageError(`${what} does not exist`, {
    code: "path-missing",
    hint,
  });
}

function textOf(flag: Flags[string]): string | null {
  return typeof flag === "string" ? flag : null;
}

function logVerdict({ log }: Pick<Context, "log">, { checks }: Verdict): void {
  for (const { check, status, message } of checks)
    log.info(`${status.padEnd(4)} ${check}: ${plain(message)}`);
}

/** The reader of YAML is loaded only here: it takes as long as the checks of a small model. */
async function readConfig(
  ctx: Context,
  file: string,
): Promise<ConfigLayer | null> {
  const { planEngines, repositoryConfig } = await import(
    "../plan/plan-inputs.ts"
  );
  return repositoryConfig(ctx, file, await planEngines(ctx));
}
