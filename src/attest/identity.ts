import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { checkAgainst } from "../document/schema.ts";
import { serverUrl } from "../environment/server-url.ts";
import { UsageError } from "../errors.ts";
import { errorCode } from "../node-error.ts";

/** Name of the file in Git that says whose certificates are trusted, beside the public keys. */
export const IDENTITY = "model-to-edge.identity.json";

/** Pipelines that are trusted without a key: whom Sigstore certified, and which Sigstore. */
export interface TrustedIdentity {
  /** Its first subject, for people and as a name. */
  id: string;
  /** Address of the GitLab that issues the tokens, as in the certificate. */
  issuer: string;
  /** Project path and ref as in the certificate; `*` stands for any text. */
  subjects: readonly string[];
  /** Addresses of the certificate authority and of the log. */
  fulcio: string;
  rekor: string;
  /** Sigstore's `trusted_root.json`, parsed. */
  trustedRoot: unknown;
}

interface IdentityFile extends Omit<TrustedIdentity, "id" | "trustedRoot"> {
  trusted_root: string;
}

/**
 * The identity that a folder's file names; null where there is no file. Throws `UsageError` for one that cannot be used.
 * `trusted_root` is a path from the file.
 */
export async function readIdentity(
  folder: string,
): Promise<TrustedIdentity | null> {
  const file = resolve(folder, IDENTITY);
  if (!existsSync(file)) return null;

  const data = (await readJson(file, IDENTITY)) as IdentityFile;
  const problems = await checkAgainst("identity", data);
  if (problems.length > 0) throw damaged(IDENTITY, problems.join("; "));

  for (const part of ["fulcio", "rekor"] as const)
    if (!serverUrl(data[part]))
      throw damaged(IDENTITY, `${part} is not the address of a server`);

  const { trusted_root: root, ...identity } = data;
  const trustedRoot = await readJson(resolve(dirname(file), root), root);

  return { ...identity, id: data.subjects[0] ?? "", trustedRoot };
}

/** Whether a certificate's subject is one of those that are trusted. */
export function isSubject(
  { subjects }: Pick<TrustedIdentity, "subjects">,
  subject: string,
): boolean {
  return subjects.some((pattern) => {
    const parts = pattern
      .split("*")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "s").test(subject);
  });
}

async function readJson(file: string, shown: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw damaged(shown, `it cannot be read (${errorCode(error)})`);
  }

  try {
    return JSON.parse(text);
  } catch {
    throw damaged(shown, "it is not JSON");
  }
}

function damaged(file: string, why: string): UsageError {
  return new UsageError(`${file} cannot be used: ${why}`, {
    code: "identity-damaged",
    hint: `correct it: docs/signing.md shows what ${IDENTITY} contains; trusted_root is the path of Sigstore's trusted_root.json, relative to that file`,
  });
}
