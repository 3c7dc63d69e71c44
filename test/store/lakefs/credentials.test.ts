import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnvironment } from "../../../src/environment/environment.ts";
import { readCredentials } from "../../../src/store/lakefs/credentials.ts";
import { warningsOf } from "../../support/warnings.ts";

const env = {
  LAKECTL_SERVER_ENDPOINT_URL: "https://lakefs.example.com",
  LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "KEY",
  LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: "SECRET",
};
let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "home-"));
  await writeFile(
    join(home, ".lakectl.yaml"),
    "credentials:\n  access_key_id: FILEKEY\n  secret_access_key: FILESECRET\nserver:\n  endpoint_url: http://127.0.0.1:8000/api/v1\n",
  );
});
afterAll(() => rm(home, { recursive: true }));

test("come from the variables of lakeFS's own tools", async () => {
  expect(
    await readCredentials({
      environment: readEnvironment(env),
      home: "/nonexistent",
    }),
  ).toEqual({
    endpoint: "https://lakefs.example.com",
    proof: { accessKeyId: "KEY", secretAccessKey: "SECRET" },
  });
});

test("come from ~/.lakectl.yaml where a variable is not set", async () => {
  expect(
    await readCredentials({
      environment: readEnvironment({
        LAKECTL_CREDENTIALS_ACCESS_KEY_ID: "KEY",
      }),
      home,
    }),
  ).toEqual({
    endpoint: "http://127.0.0.1:8000",
    proof: { accessKeyId: "KEY", secretAccessKey: "FILESECRET" },
  });
});

test("are the job's ID token where it has one for lakeFS", async () => {
  expect(
    await readCredentials({
      environment: readEnvironment({ ...env, LAKEFS_ID_TOKEN: "a.b.c" }),
      home: "/nonexistent",
    }),
  ).toEqual({
    endpoint: "https://lakefs.example.com",
    proof: { idToken: "a.b.c" },
  });
});

test.each([
  ["https://lakefs.example.com/api/v1/", "https://lakefs.example.com"],
  ["https://lakefs.example.com/api/v1", "https://lakefs.example.com"],
  [" http://10.0.0.1:8000/ ", "http://10.0.0.1:8000"],
  ["https://example.com/lakefs/", "https://example.com/lakefs"],
])("take %j for the server %s", async (url, endpoint) => {
  const read = readCredentials({
    environment: readEnvironment({ ...env, LAKECTL_SERVER_ENDPOINT_URL: url }),
    home: "/nonexistent",
  });
  expect((await read).endpoint).toBe(endpoint);
});

test.each([
  "lakefs.example.com",
  "127.0.0.1:8000",
  "ftp://x",
  "https://user:pass@x",
  "https://x?y",
])("refuse %s as an address, without repeating a password", async (url) => {
  const read = readCredentials({
    environment: readEnvironment({ ...env, LAKECTL_SERVER_ENDPOINT_URL: url }),
    home: "/nonexistent",
  });
  const error = await read.catch((thrown) => thrown);
  expect(error).toMatchObject({ exitCode: 2, code: "endpoint" });
  expect(JSON.stringify([error.message, error.hint])).not.toContain("pass@");
});

test.each(Object.keys(env))(
  "name the variable %s where it is missing",
  async (name) => {
    const read = readCredentials({
      environment: readEnvironment({ ...env, [name]: "" }),
      home: "/nonexistent",
    });
    await expect(read).rejects.toMatchObject({
      exitCode: 2,
      code: "credentials-missing",
      hint: expect.stringContaining(name),
    });
  },
);

test.each(Object.keys(env))(
  "say that the variable behind %s has no value, where GitLab left its name",
  async (name) => {
    const read = readCredentials({
      environment: readEnvironment({ ...env, [name]: "$FROM_THE_GROUP" }),
      home: "/nonexistent",
    });
    await expect(read).rejects.toMatchObject({
      exitCode: 2,
      code: "credentials-missing",
      hint: expect.stringContaining("FROM_THE_GROUP has no value"),
    });
  },
);

test("refuse a broken file without quoting it", async () => {
  const file = join(home, "broken.yaml");
  await writeFile(file, "credentials: [SECRET\n  x: {");
  const error = await readCredentials({
    environment: readEnvironment({ LAKECTL_CONFIG_FILE: file }),
    home,
  }).catch((thrown) => thrown);
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(file),
  });
  expect(String(error.message) + String(error.cause)).not.toContain("SECRET");
});

test("are never in a warning: a secret with ! is a tag to YAML, which its reader would quote on stderr", async () => {
  const file = join(home, "tag.yaml");
  const { LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY: _, ...others } = env;
  await writeFile(file, "credentials:\n  secret_access_key: !SECRET\n");
  const environment = readEnvironment({
    ...others,
    LAKECTL_CONFIG_FILE: file,
  });
  const read = () => readCredentials({ environment, home }).catch(() => null);

  expect(await warningsOf(read)).toEqual([]);
});
