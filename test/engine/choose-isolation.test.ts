import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { tryAnotherUser } from "../../src/engine/another-user.ts";
import { bubblewrapView, tryBubblewrap } from "../../src/engine/bubblewrap.ts";
import { chooseIsolation } from "../../src/engine/isolation.ts";
import { leaks, lookAround } from "../../src/engine/self-test.ts";
import { temporaryFolder } from "../child/children.ts";
import { canReach } from "./rungs.ts";
import { testContext } from "./toy.ts";

/** A folder with programs that stand before the system's. */
function fakePrograms(programs: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

it.skipIf(!canReach("bubblewrap"))(
  "takes bubblewrap where it works, and says what it does",
  async () => {
    expect(await chooseIsolation(testContext(), "auto")).toMatchObject({
      level: "bubblewrap",
      says: expect.stringMatching(
        /no network.*measured: it cannot reach anything of the job$/,
      ),
    });
  },
);

it.skipIf(!canReach("uid"))(
  "takes Landlock and another user where bubblewrap is missing, or does not work",
  async () => {
    const broken = fakePrograms({
      bwrap: "echo bwrap: No permissions to create new namespace >&2; exit 1",
    });
    for (const PATH of ["/nowhere", broken]) {
      const reached = await chooseIsolation(testContext({ PATH }), "required");
      expect(reached).toMatchObject({
        level: "landlock",
        says: expect.stringMatching(
          /^Landlock and another user .*measured: it cannot reach anything of the job$/,
        ),
      });
    }
    expect(await tryBubblewrap(testContext({ PATH: broken }))).toEqual({
      because:
        "bubblewrap does not work here (bwrap: No permissions to create new namespace)",
    });
  },
);

it.skipIf(!canReach("uid"))(
  "says so where a container allows another user no namespaces",
  async () => {
    const reached = await tryAnotherUser(testContext(), [], "/nowhere/unshare");
    expect(reached).toMatchObject({
      level: "uid",
      says: expect.stringContaining("the network is reachable"),
    });
  },
);

it.skipIf(!canReach("uid"))(
  "takes Landlock alone where another user could not read the engine",
  async () => {
    const closed = temporaryFolder();
    expect(await tryAnotherUser(testContext(), [closed])).toEqual({
      because: `another user cannot read ${closed}`,
    });
    const reached = await chooseIsolation(
      testContext({ PATH: "/nowhere" }),
      "auto",
      [closed],
    );
    expect(reached).toMatchObject({
      level: "landlock",
      says: expect.stringMatching(/^Landlock \(/),
    });
  },
);

it.skipIf(!canReach("uid"))(
  "says which folder another user cannot reach",
  async () => {
    const work = join(temporaryFolder(), "work");
    mkdirSync(work);
    const reached = await chooseIsolation(
      testContext({ PATH: "/nowhere" }),
      "auto",
    );
    await expect(reached.prepare(work)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(work),
    });
  },
);

/** A machine without bubblewrap, and without Landlock: its program is not there. */
const POOR = () => ({ ...testContext({ PATH: "/nowhere" }), root: "/nowhere" });

it("refuses to run where isolation is required and none is reached", async () => {
  const closed = temporaryFolder();
  await expect(
    chooseIsolation(POOR(), "required", [closed]),
  ).rejects.toMatchObject({
    exitCode: 2,
    code: "isolation-unreachable",
    message: expect.stringMatching(
      /bubblewrap is not installed; Landlock does not work here/,
    ),
  });
});

it("falls to no isolation where nothing works, and says why", async () => {
  const closed = temporaryFolder();
  const reached = await chooseIsolation(POOR(), "auto", [closed]);
  expect(reached.level).toBe("none");
  expect(reached.says).toContain("Landlock does not work here");
  expect(reached.says).toContain(`another user cannot read ${closed}`);
});

it.skipIf(!canReach("uid"))(
  "does not take for required what was measured to reach the network",
  async () => {
    const ctx = testContext();
    const user = await tryAnotherUser(ctx, [], "/nowhere/unshare");
    if ("because" in user) throw new Error(user.because);
    const sight = await lookAround(ctx, user);
    expect(sight).toMatchObject({ tcp: true, udp: true, secret: false });
    expect(sight && leaks(sight)).toBe(true);
  },
);

it("has none where nobody wants it", async () => {
  const { level, wrap } = await chooseIsolation(testContext(), "none");
  expect(level).toBe("none");
  const access = { readable: [], writable: [], gpu: false };
  expect(await wrap("python", ["x"], access)).toEqual({
    command: "python",
    args: ["x"],
  });
});

it("shows a process of bubblewrap the system's programs and what it needs, the model read-only inside its work folder", async () => {
  const paths = { system: ["/usr", "/proc/stat", "/dev/zero"], gpu: ["/sys"] };
  const access = {
    readable: ["/usr/lib", "/tmp", "/work-not-there"],
    writable: ["/tmp"],
    gpu: false,
  };
  const expected = [
    "--ro-bind-try /usr /usr --dev /dev --proc /proc --tmpfs /tmp",
    "--bind /tmp /tmp --ro-bind /tmp /tmp --remount-ro /",
  ];
  expect(await bubblewrapView(paths, access)).toEqual(
    expected.join(" ").split(" "),
  );
});
