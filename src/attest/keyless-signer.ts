import type { Context } from "../context.ts";
import type { TrustedIdentity } from "./identity.ts";
import type { KeylessSigner } from "./keys.ts";

/** Signs as the pipeline that a token of GitLab names; Sigstore is asked once for each model. */
export function keylessSigner(
  ctx: Pick<Context, "fetch" | "signal">,
  identity: TrustedIdentity,
  token: string,
): KeylessSigner {
  return {
    id: identity.id,
    async seal(payload) {
      const { signKeyless } = await import("./keyless-sign.ts");
      return signKeyless(ctx, payload, identity, token);
    },
  };
}
