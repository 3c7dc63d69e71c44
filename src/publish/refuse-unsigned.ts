import { PUBLIC_KEYS, type Trust } from "../attest/trust.ts";
import type { Settings } from "../config/settings.ts";
import { UsageError } from "../errors.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * Where a public key is configured, what is published without the signing key would be trusted by nobody. Throws
 * `UsageError` before anything is converted for it; `--unsigned` is a person's wish to do so.
 */
export function refuseUnsigned(
  plan: Pick<Plan, "draft" | "models">,
  { keys, signer }: Trust,
  settings: Pick<Settings, "unsigned" | "requireSigned" | "signingKeyVariable">,
): void {
  const { unsigned, requireSigned, signingKeyVariable: variable } = settings;
  if (unsigned && requireSigned)
    throw new UsageError("--unsigned and --require-signed cannot be combined", {
      code: "setting",
      hint: "leave out one of them",
    });

  const isNew = plan.models.some(
    ({ decision }) => decision === "convert" || decision === "recheck",
  );
  const isWanted = plan.draft !== null && isNew;
  if (!isWanted || signer || keys.length === 0 || unsigned) return;

  throw new UsageError(
    `there is a public key or identity, but no signing key in ${variable}: nobody would trust a publication without a signature`,
    {
      code: "signing-key-missing",
      hint: `set the variable of type file ${variable} (a protected one is only available on protected branches); for a verdict alone: \`--publish none\` (input publish); to publish without a signature: \`--unsigned\` (\`land\` refuses it if ${PUBLIC_KEYS} exists)`,
    },
  );
}
