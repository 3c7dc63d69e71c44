import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { errorCode } from "../node-error.ts";
import {
  parsePublicKeys,
  parseSigningKey,
  type Signer,
  shortId,
  type TrustedKey,
} from "./keys.ts";

/** Name of the file in Git that holds the public keys. */
export const PUBLIC_KEYS = "model-to-edge.pub";

/** Whose signatures count, and who signs here. */
export interface Trust {
  /** The newest first; empty where no key is configured. */
  keys: readonly TrustedKey[];
  /** Null where this process has no signing key. */
  signer: Signer | null;
}

type TrustContext = Pick<Context, "cwd" | "environment">;
type TrustSettings = Pick<
  Settings,
  "key" | "signingKeyVariable" | "requireSigned" | "unsigned"
>;

/**
 * The public keys of `--key`, else of `model-to-edge.pub` in the checkout, else the public half of the signing key. Throws
 * `UsageError` for a key that cannot be used, a signing key that nobody would believe, and for `require-signed` without any.
 */
export async function loadTrust(
  ctx: TrustContext,
  settings: TrustSettings,
): Promise<Trust> {
  const signer = settings.unsigned
    ? null
    : await signingKey(ctx, settings.signingKeyVariable);
  const file = settings.key ?? publicKeysFile(ctx.cwd);

  if (file !== null) {
    const keys = await publicKeys(resolve(ctx.cwd, file), file);
    if (signer && !keys.some(({ id }) => id === signer.id))
      throw new UsageError(
        `the signing key of ${settings.signingKeyVariable} (${shortId(signer.id)}) is none of ${file}: nobody would believe what it signs`,
        {
          code: "key-unknown",
          hint: "commit the public half that belongs to it, or set the variable to the private half of one that is there",
        },
      );

    return { keys, signer };
  }

  if (settings.requireSigned && !signer)
    throw new UsageError(
      `require-signed is set, and there is neither ${PUBLIC_KEYS} nor a signing key`,
      {
        code: "key-missing",
        hint: `model-to-edge keygen makes a pair: commit ${PUBLIC_KEYS}, or name the public key's file with --key`,
      },
    );

  return { keys: signer ? [signer] : [], signer };
}

/** `model-to-edge.pub` of the current folder, or of the Git repository around it; null where there is none. */
function publicKeysFile(cwd: string): string | null {
  const folders = [cwd, repositoryOf(cwd)].filter((folder) => folder !== null);
  return (
    folders
      .map((folder) => join(folder, PUBLIC_KEYS))
      .find((file) => existsSync(file)) ?? null
  );
}

function repositoryOf(folder: string): string | null {
  if (existsSync(join(folder, ".git"))) return folder;
  const parent = dirname(folder);
  return parent === folder ? null : repositoryOf(parent);
}

/** The public keys of a file. Throws `UsageError` where it is missing or holds something else. */
async function publicKeys(path: string, shown: string): Promise<TrustedKey[]> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    nullUnlessPrevented(error);
    throw new UsageError(
      `the public key ${shown} cannot be read (${errorCode(error)})`,
      {
        code: "key-missing",
        hint: `correct --key (input key), or commit ${PUBLIC_KEYS}`,
      },
    );
  }

  return parsePublicKeys(text, shown);
}

/** The key that a variable holds: a file's path, as GitLab's variables of type file have it, or the PEM itself. */
async function signingKey(
  { cwd, environment }: TrustContext,
  variable: string,
): Promise<Signer | null> {
  const value = environment.named(variable);
  if (value === null) return null;
  if (value.includes("-----BEGIN"))
    return parseSigningKey(value, `the variable ${variable}`);

  let text: string;
  try {
    text = await readFile(resolve(cwd, value), "utf8");
  } catch (error) {
    nullUnlessPrevented(error);
    // Not with its value, which may be the key in some other form.
    throw new UsageError(
      `the variable ${variable} names no file that can be read (${errorCode(error)}), and holds no key`,
      {
        code: "signing-key-missing",
        hint: "make it a CI/CD variable of type file that holds the private key; model-to-edge keygen makes one",
      },
    );
  }

  return parseSigningKey(text, `the file of ${variable}`);
}
