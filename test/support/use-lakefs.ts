import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type FaultProxy, faultProxy } from "./fault-proxy.ts";
import { type LakefsServer, startLakefs } from "./lakefs-server.ts";

type Parts = Parameters<typeof startLakefs>[0] | null;

/** Registers the hooks: one server for the tests of the block, none where its parts are missing. */
export function useLakefs(parts: Parts): { readonly server: LakefsServer } {
  const at = {} as { server: LakefsServer };
  beforeAll(async () => {
    if (parts) at.server = await startLakefs(parts);
  });
  afterAll(async () => {
    await at.server?.stop();
  });
  return at;
}

/** Registers the hooks: a fresh proxy before that server for each test. */
export function useFaultProxy(lakefs: { readonly server: LakefsServer }): {
  readonly proxy: FaultProxy;
} {
  const at = {} as { proxy: FaultProxy };
  beforeEach(async () => {
    at.proxy = await faultProxy(lakefs.server.endpoint);
  });
  afterEach(() => at.proxy.close());
  return at;
}
