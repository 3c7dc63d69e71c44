import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { mapBranchName } from "../gitlab/branch-name.ts";
import { currentPipeline } from "../gitlab/current-pipeline.ts";
import { gitBranches, pairBranches } from "../land/data-branches.ts";
import { renderBranchTable } from "../report/branch-table.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { errorPage } from "../text/docs-address.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/** Prints the name alone, so that it can stand inside `$(…)`; with a store it also makes the branch, or lists all. */
export async function branch(
  ctx: Context,
  io: CommandIo,
  ref: string | undefined,
  flags: Flags,
): Promise<void> {
  if (flags.all)
    return withStore(ctx, flags, (store) => listAll(ctx, io, store));

  const name = ref === undefined ? await nameHere(ctx) : mapBranchName(ref);
  if (flags.create)
    await withStore(ctx, flags, (store) =>
      create(store, name, String(flags.from ?? "main")),
    );

  io.print(`${name}\n`);
}

async function nameHere(ctx: Context): Promise<string> {
  const modelBranch = ctx.environment.option("model-branch");
  const pipeline = await currentPipeline(ctx, modelBranch);
  if (pipeline.branch !== null) return pipeline.branch;

  throw new UsageError(
    pipeline.reason ?? "no branch of the store belongs to this Git ref",
    {
      code: "branch-unknown",
      hint: "name the Git branch: `model-to-edge branch feature/x`",
    },
  );
}

/** Says nothing: standard output is for the name. */
async function create(store: Store, name: string, from: string): Promise<void> {
  await store.verify();
  if ((await store.head(name)) === null) await store.createBranch(name, from);
}

async function listAll(
  ctx: Context,
  io: CommandIo,
  store: Store,
): Promise<void> {
  await store.verify();

  const git = await gitBranches(ctx);
  if (git === null)
    ctx.log.warn(
      "no Git clone here, so the Git branches are unknown",
      errorPage("git-missing"),
    );

  const rows = await pairBranches(store, git ?? [], {
    modelPath: ctx.environment.option("model-path") ?? "model",
    edgePath: ctx.environment.option("edge-path") ?? "edge",
  });

  io.print(renderBranchTable(rows, ctx.now()));
}

async function withStore(
  ctx: Context,
  flags: Flags,
  work: (store: Store) => Promise<void>,
): Promise<void> {
  const url = flags.store || ctx.environment.option("store");
  if (typeof url !== "string" || url === "")
    throw new UsageError(
      "--store (or MODEL_TO_EDGE_STORE) is needed, such as lakefs://vision",
      {
        code: "setting",
        hint: "use the same address as the pipeline's input store",
      },
    );

  const store = await openStore(ctx, url, { webUrl: null });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
