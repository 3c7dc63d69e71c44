import { readFile, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { runChild } from "../child/run-child.ts";
import type { Context } from "../context.ts";
import { isBelow } from "../disk/is-below.ts";
import { toJson, writeWhole } from "../document/document.ts";
import { errorCode } from "../node-error.ts";
import {
  COMPLETE,
  type EngineEnvironment,
  installedEnvironment,
} from "./environment.ts";

type MoveContext = Pick<Context, "environment" | "log" | "now" | "signal">;

/**
 * Moves a complete environment, with its paths as they are written down, and leaves a link where it was. Where it cannot be
 * moved (another disk, a link already) it stays, and is used there.
 */
export async function moveEnvironment(
  ctx: MoveContext,
  from: string,
  to: string,
): Promise<EngineEnvironment> {
  try {
    await rename(from, to);
  } catch (error) {
    ctx.log.warn(
      `${from} was not moved (${errorCode(error)}): another user cannot read it there`,
    );
    return installedEnvironment(from);
  }

  await symlink(to, from);
  await openToRead(ctx, to);

  const file = join(to, COMPLETE);
  const text = await readFile(file, "utf8");
  const data: unknown = JSON.parse(text);
  await writeWhole(file, toJson(withPath(data, from, to)));

  ctx.log.info(`moved from ${from} to ${to}, where another user can read it`);

  return installedEnvironment(to);
}

/** It may have been made with a umask that keeps others out. */
async function openToRead(ctx: MoveContext, folder: string): Promise<void> {
  await runChild(ctx, {
    command: "/bin/chmod",
    args: ["-R", "go+rX", folder],
    cwd: "/",
    env: {},
    graceMs: 1000,
    maxLogBytes: 10_000,
    signal: ctx.signal,
  });
}

function withPath(data: unknown, from: string, to: string): unknown {
  if (typeof data === "string")
    return isBelow(data, from) ? to + data.slice(from.length) : data;
  if (Array.isArray(data)) return data.map((item) => withPath(item, from, to));
  if (typeof data !== "object" || data === null) return data;

  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      withPath(value, from, to),
    ]),
  );
}
