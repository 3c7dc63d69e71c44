import type { Environment } from "../environment/environment.ts";

/** As a job's `id_tokens` has it: for whom GitLab makes the token. */
export interface IdToken {
  aud: string | string[];
}

/** Which tokens the jobs of a child pipeline ask GitLab for, by the name of their variable. */
export interface ChildTokens {
  /** Of every job: all of them reach the store. */
  store: Record<string, IdToken>;
  /** Of the job that publishes, and signs. */
  signing: Record<string, IdToken>;
}

const STORE = "LAKEFS_ID_TOKEN";
const SIGNING = "SIGSTORE_ID_TOKEN";

/**
 * GitLab gives an ID token to the job that asks for it, and to no job of its child pipeline: those ask for one with the
 * audience of the token that the parent's job was given. What is no JWT with an audience is a variable of the project,
 * which reaches them as it is.
 */
export function childTokens({
  named,
}: Pick<Environment, "named">): ChildTokens {
  return { store: tokenOf(STORE, named), signing: tokenOf(SIGNING, named) };
}

function tokenOf(
  name: string,
  named: Environment["named"],
): Record<string, IdToken> {
  const aud = audienceOf(named(name) ?? "");
  return aud === null ? {} : { [name]: { aud } };
}

/** Null where the text is no JWT that names one. */
function audienceOf(token: string): IdToken["aud"] | null {
  const aud = payloadOf(token)?.aud;
  if (typeof aud === "string" && aud !== "") return aud;

  const isList =
    Array.isArray(aud) &&
    aud.length > 0 &&
    aud.every((entry) => typeof entry === "string");

  return isList ? aud : null;
}

function payloadOf(token: string): Record<string, unknown> | null {
  const [, payload, signature] = token.split(".");
  if (!payload || !signature) return null;

  try {
    const text = Buffer.from(payload, "base64url").toString();
    return JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    // Not a JWT.
    return null;
  }
}
