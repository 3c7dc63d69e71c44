import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { keyIdOf, parsePublicKeys, shortId } from "../attest/keys.ts";
import { PUBLIC_KEYS } from "../attest/trust.ts";
import type { Context } from "../context.ts";
import { notWritable, writtenBelow } from "../disk/not-writable.ts";
import { writeWhole } from "../document/document.ts";
import { UsageError } from "../errors.ts";
import { errorCode, orMissing } from "../node-error.ts";
import type { CommandIo, Flags } from "./command-io.ts";

/**
 * Makes a pair, Ed25519 or ECDSA over P-256: the private half into a new file that only its owner may read, the public half as the first of
 * `model-to-edge.pub`, whose older keys stay. Throws `UsageError` where the private file is there already.
 */
export async function keygen(
  ctx: Context,
  _io: CommandIo,
  flags: Flags,
): Promise<void> {
  const secret = resolve(ctx.cwd, String(flags.out));
  const open = resolve(ctx.cwd, PUBLIC_KEYS);
  const earlier = (await orMissing(readFile(open, "utf8"))) ?? "";
  if (earlier !== "") parsePublicKeys(earlier, PUBLIC_KEYS);

  const { publicKey, privateKey } = generated(String(flags.type));
  const shown = relative(ctx.cwd, secret) || secret;

  await writeSecret(
    secret,
    shown,
    privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  );
  await writtenBelow(
    { folder: open, other: "another folder to run this in" },
    () =>
      writeWhole(
        open,
        publicKey.export({ type: "spki", format: "pem" }).toString() + earlier,
      ),
  );

  ctx.log.info(
    `new key ${shortId(keyIdOf(publicKey))}: ${PUBLIC_KEYS} belongs in Git: commit it${earlier === "" ? "" : "; the older keys in it are still trusted"}`,
  );
  ctx.log.info(
    `${shown} is the private key: put its content into a CI/CD variable of type file, MODEL_TO_EDGE_SIGNING_KEY, then delete the file; never commit it`,
  );
}

/** Throws `UsageError` for another type. */
function generated(type: string) {
  if (type === "ed25519") return generateKeyPairSync("ed25519");
  if (type === "p256")
    return generateKeyPairSync("ec", { namedCurve: "P-256" });

  throw new UsageError(`--type cannot be ${JSON.stringify(type)}`, {
    code: "setting",
    hint: "use ed25519, or p256, which OpenSSF's model-signing can also verify",
  });
}

async function writeSecret(
  file: string,
  shown: string,
  pem: string,
): Promise<void> {
  try {
    await writeFile(file, pem, { flag: "wx", mode: 0o600, flush: true });
  } catch (error) {
    if (errorCode(error) !== "EEXIST")
      throw notWritable(shown, error, "another file with `--out`");
    throw new UsageError(`${shown} already exists and is kept as it is`, {
      code: "key-exists",
      hint: "move it away if it is no longer needed, or name another file with `--out`",
    });
  }
}
