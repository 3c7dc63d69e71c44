import { bundleFromJSON, isBundleWithDsseEnvelope } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import {
  type TrustMaterial,
  toSignedEntity,
  toTrustMaterial,
  Verifier,
} from "@sigstore/verify";
import { UsageError } from "../errors.ts";
import { PAYLOAD_TYPE } from "./dsse.ts";
import { IDENTITY, isSubject, type TrustedIdentity } from "./identity.ts";

/** What a Sigstore bundle proves of its payload, or why it proves nothing. */
export type KeylessProof =
  | { identity: TrustedIdentity; payload: Buffer; doubt: null }
  | { identity: null; payload: null; doubt: string };

/**
 * Is a bundle's envelope signed with a certificate of one of the identities, by the authorities of its trusted root, and
 * logged while the certificate was valid? No clock of this machine decides. Never throws for what the bundle holds.
 */
export function proofOfBundle(
  data: unknown,
  identities: readonly TrustedIdentity[],
): KeylessProof {
  if (identities.length === 0)
    return doubted(
      "it is signed by a certificate, but no identity is trusted here",
    );

  let why = "";
  for (const identity of identities) {
    const trust = trustOf(identity);
    try {
      const bundle = bundleFromJSON(data);
      if (
        !isBundleWithDsseEnvelope(bundle) ||
        bundle.content.dsseEnvelope.payloadType !== PAYLOAD_TYPE
      )
        return doubted("its attestation.json is of an unknown kind");

      const verifier = new Verifier(trust, {
        tlogThreshold: 1,
        ctlogThreshold: 1,
        timestampThreshold: 1,
      });
      const signer = verifier.verify(toSignedEntity(bundle)).identity;
      const subject = signer?.subjectAlternativeName ?? "";

      if (signer?.extensions?.issuer !== identity.issuer)
        why = `it is signed by an identity of the issuer ${JSON.stringify(signer?.extensions?.issuer ?? "unknown")}`;
      else if (!isSubject(identity, subject))
        why = `it is signed by ${JSON.stringify(subject)}, who is not trusted here`;
      else
        return {
          identity,
          payload: bundle.content.dsseEnvelope.payload,
          doubt: null,
        };
    } catch {
      // Whoever may write to the branch chose these bytes: all that they can cause is that nothing is proved.
      why =
        "the trusted Sigstore did not certify and log the signature of its attestation";
    }
  }

  return doubted(why);
}

function trustOf({ trustedRoot }: TrustedIdentity): TrustMaterial {
  try {
    return toTrustMaterial(TrustedRoot.fromJSON(trustedRoot));
  } catch (error) {
    throw new UsageError(
      `the trusted root of ${IDENTITY} cannot be used: ${(error as Error).message}`,
      {
        code: "identity-damaged",
        hint: "let trusted_root be the path of Sigstore's trusted_root.json, as its TUF repository has it",
      },
    );
  }
}

function doubted(doubt: string): KeylessProof {
  return { identity: null, payload: null, doubt };
}
