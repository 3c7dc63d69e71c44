import { onTestFinished } from "vitest";
import {
  type FakePackages,
  PACKAGE_JOB_TOKEN,
  startFakePackages,
} from "../support/fake-packages.ts";
import {
  type Killed,
  type RegistryHere,
  registryConformance,
} from "./conformance.ts";
import { gitlabTargetOf } from "./gitlab-target.ts";
import { notesConformance } from "./notes-conformance.ts";

for (const [kind, setting] of [
  ["GitLab", {}],
  ["GitLab, slow", { transactionMs: 4, pageSize: 3 }],
  ["GitLab without duplicates", { duplicates: false, objectStore: true }],
] as const) {
  const open = async () => {
    const fake = await startFakePackages();
    onTestFinished(() => fake.close());
    Object.assign(fake, setting);

    return registryOf(fake);
  };

  registryConformance(kind, open);
  notesConformance(kind, open);
}

function registryOf(fake: FakePackages): RegistryHere {
  return {
    target: gitlabTargetOf(fake),
    dying: (killed) => {
      const { calls, guarded } = dyingFetch(killed);
      return { target: gitlabTargetOf(fake, { fetch: guarded }), calls };
    },
    files: async ({ algorithm, name }, version) => {
      const at = fake.packages.find(
        (each) =>
          each.name === `${algorithm}.${name}` && each.version === version,
      );
      const found = new Map<string, string[]>();
      for (const file of at?.files ?? [])
        if (!file.name.startsWith("claim."))
          found.set(file.name, [...(found.get(file.name) ?? []), file.sha256]);
      return found;
    },
    plant: ({ model, version, name }, bytes) =>
      fetch(
        `${fake.api}/projects/10/packages/generic/${model.algorithm}.${model.name}/${version}/${name}`,
        {
          ...{ method: "PUT", body: bytes },
          headers: { "JOB-TOKEN": PACKAGE_JOB_TOKEN },
        },
      ),
  };
}

/** As of a killed process: nothing that comes after has an effect. */
function dyingFetch({ at, effect }: Killed) {
  let calls = 0;
  const guarded: typeof fetch = async (...args) => {
    calls += 1;
    // An error of ours is not tried again.
    const killed = new TypeError("killed");
    if (calls > at || (calls === at && effect === "before")) throw killed;
    const response = await fetch(...args);
    if (calls === at) throw killed;
    return response;
  };

  return { guarded, calls: () => calls };
}
