import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Settings } from "../config/settings.ts";
import type { Context } from "../context.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";
import { errorCode } from "../node-error.ts";
import { IDENTITY, readIdentity, type TrustedIdentity } from "./identity.ts";
import { keylessSigner } from "./keyless-signer.ts";
import {
  type AnySigner,
  parsePublicKeys,
  parseSigningKey,
  type Signer,
  shortId,
  type Trusted,
  type TrustedKey,
} from "./keys.ts";

/** Name of the file in Git that holds the public keys. */
export const PUBLIC_KEYS = "model-to-edge.pub";

/** Name of the variable that GitLab's `id_tokens` fills, as Sigstore's own programs have it. */
export const ID_TOKEN = "SIGSTORE_ID_TOKEN";

/** Whose signatures count, and who signs here. */
export interface Trust {
  /** The newest first; empty where no key is configured. */
  keys: readonly Trusted[];
  /** Null where this process has no signing key. */
  signer: AnySigner | null;
}

type TrustContext = Pick<Context, "cwd" | "environment" | "fetch" | "signal">;
type TrustSettings = Pick<
  Settings,
  "key" | "signingKeyVariable" | "requireSigned" | "unsigned"
>;

/**
 * The public keys of `--key`, else of `model-to-edge.pub` in the checkout and the identity beside it, else the public half
 * of the signing key. Throws `UsageError` for a key that cannot be used, a signing key that nobody would trust, and for
 * `require-signed` without any.
 */
export async function loadTrust(
  ctx: TrustContext,
  settings: TrustSettings,
): Promise<Trust> {
  const own = settings.unsigned
    ? null
    : await signingKey(ctx, settings.signingKeyVariable);
  const file = settings.key ?? besideCheckout(ctx.cwd, PUBLIC_KEYS);
  const identity = settings.key === null ? await identityOf(ctx.cwd) : null;
  const keys =
    file === null
      ? own && [own]
      : await publicKeys(resolve(ctx.cwd, file), file);

  if (file !== null && own && !keys?.some(({ id }) => id === own.id))
    throw new UsageError(
      `the signing key of ${settings.signingKeyVariable} (${shortId(own.id)}) is not listed in ${file}: nobody would trust what it signs`,
      {
        code: "key-unknown",
        hint: "commit its public half, or set the variable to the private half of a key that is listed",
      },
    );

  const trusted = [...(keys ?? []), ...(identity ? [identity] : [])];
  if (settings.requireSigned && trusted.length === 0)
    throw new UsageError(
      `require-signed is set, but there is neither ${PUBLIC_KEYS} nor a signing key`,
      {
        code: "key-missing",
        hint: `\`model-to-edge keygen\` makes a pair: commit ${PUBLIC_KEYS}, or name the public key's file with \`--key\` (input key)`,
      },
    );

  const token = ctx.environment.named(ID_TOKEN);
  const keyless =
    identity && token !== null && !settings.unsigned
      ? keylessSigner(ctx, identity, token)
      : null;

  return { keys: trusted, signer: own ?? keyless };
}

async function identityOf(cwd: string): Promise<TrustedIdentity | null> {
  const file = besideCheckout(cwd, IDENTITY);
  return file === null ? null : readIdentity(dirname(file));
}

/** A file of the current folder, or of the Git repository around it; null where there is none. */
function besideCheckout(cwd: string, name: string): string | null {
  const folders = [cwd, repositoryOf(cwd)].filter((folder) => folder !== null);
  return (
    folders
      .map((folder) => join(folder, name))
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
        hint: `correct \`--key\` (input key), or commit ${PUBLIC_KEYS}`,
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
      `the variable ${variable} is neither a readable file (${errorCode(error)}) nor a key`,
      {
        code: "signing-key-missing",
        hint: "make it a CI/CD variable of type file that contains the private key; `model-to-edge keygen` makes one",
      },
    );
  }

  return parseSigningKey(text, `the file of ${variable}`);
}
