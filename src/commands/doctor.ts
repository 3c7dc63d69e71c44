import { loadTrust, PUBLIC_KEYS } from "../attest/trust.ts";
import { readSettings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { openStore } from "../store/open.ts";
import type { StoreWord } from "../store/word.ts";
import type { CommandIo, Flags } from "./command-io.ts";
import { actionFindings } from "./doctor/action-finding.ts";
import { type Finding, missing } from "./doctor/finding.ts";
import { machineFindings } from "./doctor/machine-findings.ts";
import { pipelineFindings } from "./doctor/pipeline-findings.ts";

/** Somebody sits before it: a server that has gone away is told soon. */
const PATIENCE_MS = 20_000;

const STOPS: ReadonlySet<Finding["state"]> = new Set(["missing", "wrong"]);

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
    ...(await machineFindings(ctx)),
    ...(await pipelineFindings(ctx)),
    ...(await storeFindings(ctx, flags)),
    tokenFinding(ctx),
    await signingFinding(ctx),
    codeFinding(ctx),
  ];

  for (const { what, state, says, fix } of findings) {
    ctx.log.info(`${state.padEnd(7)} ${what}: ${says}`);
    if (fix) ctx.log.info(`        fix: ${fix}`);
  }

  io.exit(findings.some(({ state }) => STOPS.has(state)) ? 2 : 0);
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

    const store = await openStore(ctx, checked, {
      ...{ webUrl: storeWebUrl, patienceMs: PATIENCE_MS },
    });
    await store.verify({ transfers: true });
    const word = await store.word();
    const push = await actionFindings(ctx, store);
    await store.close();

    return [
      { what: "store", state: "ok", says: `${checked} answers` },
      usersFinding(word),
      ...push,
    ];
  } catch (error) {
    return [missing("store", error)];
  }
}

/** Whether the store can say who published, where no key does. */
function usersFinding(word: StoreWord | null): Finding {
  const what = "users";
  if (word)
    return {
      what,
      state: "ok",
      says: `the store knows its users: without a key, only what ${word.self} (these credentials) publishes is trusted`,
    };

  return {
    what,
    state: "note",
    says: "the store cannot tell users apart: without a key, anyone who can write can forge a passing verdict",
    fix: "a signing key: docs/signing.md",
  };
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
    return {
      what,
      state: "ok",
      says: "comes from Git: no code from the store is run",
    };

  return {
    what,
    state: "note",
    says: "comes from the store: anyone who can write there can run code on this machine",
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
        says: "no key: verdicts are not signed",
        fix,
      };

    const says = `${keys.length} public key(s); ${signer ? "this machine can sign" : "no signing key here"}`;
    return { what, state: "ok", says };
  } catch (error) {
    return missing(what, error);
  }
}
