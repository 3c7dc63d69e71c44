import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
// biome-ignore lint/correctness/useImportExtensions: its types are in the .d.mts beside it
import type { LakefsParts } from "../../scripts/parts/lakefs.mjs";
import { freePort } from "./free-port.ts";
import { clientOf, type LakefsServer, startLakefs } from "./lakefs-server.ts";

/** A lakeFS with access control: its open-source server beside its own server of users and groups. */
export interface LakefsWithUsers {
  /** With the credentials of the administrator. */
  admin: LakefsServer;
  /** A new user who may write to every repository. */
  writer(name: string): Promise<LakefsServer>;
  stop(): Promise<void>;
}

export async function startLakefsWithUsers(
  parts: LakefsParts,
): Promise<LakefsWithUsers> {
  const folder = await mkdtemp(join(tmpdir(), "lakefs-acl-"));
  const port = await freePort();
  const secret = randomBytes(24).toString("hex");
  const acl = spawn(parts.acl ?? "lakefs-acl", ["run"], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      ACLSERVER_DATABASE_TYPE: "local",
      ACLSERVER_DATABASE_LOCAL_PATH: join(folder, "kv"),
      ACLSERVER_ENCRYPT_SECRET_KEY: secret,
      ACLSERVER_LISTEN_ADDRESS: `127.0.0.1:${port}`,
    },
    stdio: "ignore",
  });
  const stopAcl = async () => {
    if (acl.exitCode === null && acl.signalCode === null) {
      const exited = once(acl, "exit");
      acl.kill("SIGKILL");
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answers(`http://127.0.0.1:${port}/api/v1/healthcheck`);
    const admin = await startLakefs(parts, {
      LAKEFS_AUTH_ENCRYPT_SECRET_KEY: secret,
      LAKEFS_AUTH_API_ENDPOINT: `http://127.0.0.1:${port}/api/v1`,
      LAKEFS_AUTH_UI_CONFIG_RBAC: "simplified",
    });
    return {
      admin,
      async writer(name) {
        await admin.call("POST", "/auth/users", { id: name });
        await admin.call("PUT", `/auth/groups/Writers/members/${name}`);
        const made = await admin.call<{
          access_key_id: string;
          secret_access_key: string;
        }>("POST", `/auth/users/${name}/credentials`);
        return clientOf(
          admin.endpoint,
          made.access_key_id,
          made.secret_access_key,
        );
      },
      async stop() {
        await admin.stop();
        await stopAcl();
      },
    };
  } catch (error) {
    await stopAcl();
    throw error;
  }
}

async function answers(url: string): Promise<void> {
  for (
    const deadline = Date.now() + 60_000;
    Date.now() < deadline;
    await sleep(50)
  )
    if (await fetch(url).catch(() => null)) return;
  throw new Error(`nothing answers at ${url} after 60 s`);
}
