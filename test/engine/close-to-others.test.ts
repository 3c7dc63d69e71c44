import {
  chmodSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closeToOthers } from "../../src/engine/close-to-others.ts";
import { temporaryFolder } from "../child/children.ts";

/** A checkout as GitLab's helper leaves it. */
function checkout(): string {
  const folder = join(temporaryFolder(), "checkout");
  for (const path of ["engine/code", "secrets", "tmp"])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ["a", "engine/b", "engine/code/c", "secrets/d"])
    writeFileSync(join(folder, path), "");
  for (const path of readdirSync(folder, { recursive: true }))
    chmodSync(join(folder, String(path)), 0o777);
  chmodSync(folder, 0o777);
  mkdirSync(join(folder, "../beside"), { mode: 0o755 });
  symlinkSync("../beside", join(folder, "link"));
  return folder;
}

const modes = (folder: string) =>
  Object.fromEntries(
    ["", ...readdirSync(folder, { recursive: true }).map(String)].map(
      (path) => [path, (statSync(join(folder, path)).mode & 0o777).toString(8)],
    ),
  );

describe("a checkout that everybody may write to", () => {
  it("is closed, and opened again as it was", async () => {
    const folder = checkout();
    const before = modes(folder);
    const reopen = await closeToOthers([folder, "/not/there"], []);
    expect(modes(folder)).toEqual({ ...before, "": "700" });
    await reopen();
    expect(modes(folder)).toEqual(before);
  });

  it("keeps the way to what is needed, and closes what lies beside it", async () => {
    const folder = checkout();
    const before = modes(folder);
    const needed = [join(folder, "engine/code")];
    const reopen = await closeToOthers([folder], needed);
    expect(modes(folder)).toEqual({
      ...before,
      "": "711",
      a: "700",
      engine: "711",
      "engine/b": "700",
      secrets: "700",
      tmp: "700",
    });
    await reopen();
    expect(modes(folder)).toEqual(before);
  });

  it("leaves a folder of all users, such as the temporary one", async () => {
    const folder = checkout();
    chmodSync(folder, 0o1777);
    await closeToOthers([folder], []);
    expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  });
});
