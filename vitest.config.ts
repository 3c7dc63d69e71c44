import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/global-setup.ts"],
    // Real servers and engines take their time on two cores, and more on a busy machine: the limits only end what hangs.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // Its tests start processes and servers, and wait for them half of their time.
    maxWorkers: 3,
    // The built command line is loaded as it ships.
    server: { deps: { external: [/\/dist\//] } },
  },
});
