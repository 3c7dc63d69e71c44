import { readdir, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { hashBytes } from "../disk/hash-file.ts";
import { UsageError } from "../errors.ts";
import { packageFile } from "../package-file.ts";
import { suggestion } from "../text/nearest.ts";
import type { PolicyProfile } from "./policy.ts";
import type { Profile } from "./profile.ts";

let builtIn: Promise<Profile[]> | undefined;

/** The profiles of this package, sorted by id, with what they extend. */
export function builtInProfiles(): Promise<Profile[]> {
  builtIn ??= readBuiltIn();
  return builtIn;
}

async function readBuiltIn(): Promise<Profile[]> {
  const folder = packageFile("profiles/");
  const names = (await readdir(folder))
    .filter((name) => name.endsWith(".json"))
    .sort();

  // Tests hold them to their schema: here it would cost every validation a tenth of a second.
  const read = await Promise.all(
    names.map(
      async (name) =>
        JSON.parse(await readFile(new URL(name, folder), "utf8")) as Profile,
    ),
  );

  return read.map((profile) => resolveProfile(profile, read));
}

/** Whether a name in `profiles:` means a file of the team's own, and no built-in id. */
export function isProfileFile(name: string): boolean {
  return (
    name.startsWith("./") || name.startsWith("../") || name.endsWith(".json")
  );
}

/**
 * What the policy holds of the profiles that are named. A file is relative to `folder`; its content becomes part of the
 * policy, so that a plan and a verdict stand on their own. Throws `UsageError` for an unknown id or a wrong file.
 */
export async function policyProfiles(
  names: readonly string[],
  folder: string,
): Promise<Record<string, PolicyProfile>> {
  const known = await builtInProfiles();
  const found: Record<string, PolicyProfile> = {};

  for (const name of names) {
    if (!isProfileFile(name)) {
      found[name] = {
        id: name,
        sha256: sha256(findProfile(known, name)),
        own: null,
      };
      continue;
    }

    const table = await readProfile(resolve(folder, name), name);
    if (known.some(({ id }) => id === table.id))
      throw wrong(
        name,
        `the id ${table.id} belongs to a built-in profile: choose another one`,
      );

    found[name] = {
      id: table.id,
      sha256: sha256(resolveProfile(table, known)),
      own: { file: name, table },
    };
  }

  return found;
}

/** Throws `UsageError` with the nearest id. */
export function findProfile(known: readonly Profile[], id: string): Profile {
  const found = known.find((profile) => profile.id === id);
  if (found) return found;

  const ids = known.map((profile) => profile.id);
  throw new UsageError(`unknown profile "${id}": ${suggestion(id, ids)}`, {
    code: "profile-unknown",
    hint: "name one that `model-to-edge profiles` lists; for your own device, name a file, such as ./my-device.json",
  });
}

/** Fills in what a profile extends; its own keys win. */
export function resolveProfile(
  { extends: base, ...own }: Profile,
  known: readonly Profile[],
): Profile {
  if (base === undefined) return own;
  const { sources, ...rest } = resolveProfile(findProfile(known, base), known);
  return { ...rest, ...own, sources: [...own.sources, ...sources] };
}

async function readProfile(file: string, shown: string): Promise<Profile> {
  const text = await readFile(file, "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      throw wrong(shown, `it cannot be read (${error.code ?? "unknown"})`);
    },
  );

  let data: unknown;

  try {
    data = JSON.parse(text);
  } catch {
    throw wrong(shown, "it is not JSON");
  }

  const { checkAgainst } = await import("../document/schema.ts");
  const problems = await checkAgainst("profile", data);
  if (problems.length > 0) throw wrong(shown, problems.join("; "));

  return data as Profile;
}

function wrong(file: string, problem: string): UsageError {
  return new UsageError(`${file} does not describe a device: ${problem}`, {
    code: "profile-wrong",
    hint: "see the example in docs/profiles.md, and schemas/profile.schema.json",
  });
}

function sha256(profile: Profile): string {
  return hashBytes(JSON.stringify(profile));
}
