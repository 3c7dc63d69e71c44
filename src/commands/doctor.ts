import { loadTrust, PUBLIC_KEYS } from "../attest/trust.ts";
import { readSettings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { listEngines } from "../engine/catalogue.ts";
import { resolveDevice } from "../engine/device.ts";
import { engineEnvironment } from "../engine/environment.ts";
import { chooseIsolation } from "../engine/isolation.ts";
import { engineReads } from "../engine/run-engine.ts";
import { AppError } from "../errors.ts";
import { headOf } from "../gitlab/git.ts";
import { openStore } from "../store/open.ts";
import type { CommandIo, Flags } from "./command-io.ts";

interface Finding {
  what: string;
  state: "ok" | "note" | "missing";
  says: string;
  /** The command or setting that fixes it. */
  fix?: string;
}

/** What is there, what is missing, and the command that fixes it; 2 where a run could not work. */
export async function doctor(
  ctx: Context,
  io: CommandIo,
  flags: Flags,
): Promise<void> {
  const findings: Finding[] = [
    {
      what: "model-to-edge",
      state: "ok",
      says: `${ctx.version} on Node ${ctx.nodeVersion}`,
    },
    await runtimeFinding(),
    ...(await engineFindings(ctx)),
    await deviceFinding(ctx),
    await gitFinding(ctx),
    ...(await storeFindings(ctx, flags)),
    tokenFinding(ctx),
    await signingFinding(ctx),
    codeFinding(ctx),
  ];

  for (const { what, state, says, fix } of findings) {
    ctx.log.info(`${state.padEnd(7)} ${what}: ${says}`);
    if (fix) ctx.log.info(`        fix: ${fix}`);
  }

  io.exit(findings.some(({ state }) => state === "missing") ? 2 : 0);
}

async function runtimeFinding(): Promise<Finding> {
  const what = "ONNX Runtime";
  try {
    const { runtimeVersion } = await import(
      "../validate/runtime/onnx-runtime.ts"
    );
    return { what, state: "ok", says: runtimeVersion() };
  } catch (error) {
    const says =
      error instanceof Error
        ? (error.message.split("\n")[0] ?? "")
        : String(error);
    return {
      what,
      state: "missing",
      says,
      fix: "ONNXRUNTIME_NODE_INSTALL=skip npm ci",
    };
  }
}

async function engineFindings(ctx: Context): Promise<Finding[]> {
  const findings: Finding[] = [];
  const reads: string[] = [];

  for (const engine of await listEngines(ctx)) {
    const environment = await engineEnvironment(ctx, engine);
    reads.push(...engineReads(ctx.root, engine, environment));
    const versions = Object.entries(environment.versions).map(
      ([name, version]) => `${name} ${version}`,
    );

    findings.push(
      environment.installed
        ? {
            what: `engine ${engine.name}`,
            state: "ok",
            says: versions.join(", "),
          }
        : {
            what: `engine ${engine.name}`,
            state: "missing",
            says: "not installed",
            fix: `model-to-edge engine install ${engine.name}`,
          },
    );
  }

  const { level, says } = await chooseIsolation(ctx, "auto", reads);
  const weak = level === "none";
  const fix =
    "install bubblewrap on the runner, or run the job as root in its container";

  findings.push({
    what: "isolation",
    state: weak ? "note" : "ok",
    says,
    ...(weak ? { fix } : {}),
  });

  return findings;
}

/** The device that a run on this machine, with this environment, would take. */
async function deviceFinding(ctx: Context): Promise<Finding> {
  const what = "device";
  try {
    const { device } = readSettings({ store: "file:///" }, ctx.environment);
    return { what, state: "ok", says: await resolveDevice(ctx, device) };
  } catch (error) {
    return missing(what, error);
  }
}

/** A foreseen error as a finding; any other is thrown on. */
function missing(what: string, error: unknown): Finding {
  if (!(error instanceof AppError)) throw error;
  const { message: says, hint: fix = "" } = error;
  return { what, state: "missing", says, fix };
}

async function gitFinding(ctx: Context): Promise<Finding> {
  const { branch } = await headOf(ctx);
  return branch === null
    ? {
        what: "Git",
        state: "note",
        says: "no branch is checked out here: name the data branch with --model-branch",
      }
    : { what: "Git", state: "ok", says: `on branch ${branch}` };
}

async function storeFindings(ctx: Context, flags: Flags): Promise<Finding[]> {
  const url = flags.store ?? ctx.environment.option("store");
  if (!url)
    return [
      {
        what: "store",
        state: "note",
        says: "not checked",
        fix: "model-to-edge doctor --store URL",
      },
    ];

  try {
    const { store: checked, storeWebUrl } = readSettings(
      { store: url },
      ctx.environment,
    );

    const store = await openStore(ctx, checked, { webUrl: storeWebUrl });
    await store.verify({ transfers: true });
    await store.close();

    return [{ what: "store", state: "ok", says: `${checked} answers` }];
  } catch (error) {
    return [missing("store", error)];
  }
}

function tokenFinding(ctx: Context): Finding {
  const name =
    ctx.environment.option("token-variable") ?? "MODEL_TO_EDGE_TOKEN";
  if (ctx.environment.named(name))
    return { what: "note", state: "ok", says: `${name} is set` };

  const fix = `a masked CI variable ${name} with a project access token (scope api, role Reporter)`;

  return {
    what: "note",
    state: "note",
    says: `no token in ${name}: no note on the merge request`,
    fix,
  };
}

function codeFinding(ctx: Context): Finding {
  const what = "code";
  if (ctx.environment.option("code-from") === "git")
    return { what, state: "ok", says: "comes from Git: the store runs none" };

  return {
    what,
    state: "note",
    says: "comes from the store: whoever may write there runs code on this machine",
    fix: "code-from: git (docs/code-from-git.md)",
  };
}

async function signingFinding(ctx: Context): Promise<Finding> {
  const what = "signing";
  const fix = `model-to-edge keygen, commit ${PUBLIC_KEYS}, and a CI variable of type file with the private key`;
  try {
    const settings = readSettings({ store: "file:///" }, ctx.environment);
    const { keys, signer } = await loadTrust(ctx, settings);
    if (keys.length === 0)
      return {
        what,
        state: "note",
        says: "no key: greens are not signed",
        fix,
      };

    const says = `${keys.length} public key(s); ${signer ? "this machine can sign" : "no signing key here"}`;
    return { what, state: "ok", says };
  } catch (error) {
    return missing(what, error);
  }
}
