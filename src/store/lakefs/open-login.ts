import type { Network } from "../../network/network.ts";
import type { Timing } from "../transfer/timing.ts";
import type { Credentials } from "./credentials.ts";
import { identityLogin, type Machine } from "./identity-login.ts";
import { keyLogin, type Login } from "./login.ts";

interface Way {
  credentials: Credentials;
  timing: Timing;
  network: Network;
}

/** By keys, or by the job's ID token. */
export function openLogin(
  ctx: Machine,
  { credentials, timing, network }: Way,
): Login {
  const { endpoint, proof } = credentials;

  return "idToken" in proof
    ? identityLogin(ctx, { endpoint, ...proof, timing, network })
    : keyLogin(credentials, proof);
}
