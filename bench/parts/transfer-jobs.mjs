// What each program is told for one transfer between a folder and a lakeFS server; each makes the same files.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Amazon's client in Node with nothing of ours around it: no user's tool, but what ours cannot go below by much. */
export const BARE = "Amazon's client, bare";

/**
 * Cases `{name, tool, checks, command, words, env}` of one transfer. `checks`: compares what arrived with a checksum.
 * `place`: `{repository, prefix, folder, files, round}`; `files` are the names below both.
 */
export function casesOf(way, tools, place) {
  const all = [
    ...ours(way, tools, place),
    ...(way === "down" ? [bareClient(tools, place)] : []),
    ...peers(way, tools, place),
  ];
  return all.filter(({ tool }) => tool === "ours" || tools[tool]);
}

function ours(way, { program, server }, place) {
  const { repository, prefix, folder, unique } = place;
  return [
    {
      ...{ name: "model-to-edge", tool: "ours", checks: true },
      ...{ command: process.execPath, env: server.env },
      words: [
        ...[program, way, repository],
        ...[way === "up" ? unique : prefix, folder],
      ],
    },
  ];
}

function bareClient({ bare, server }, { repository, prefix, folder }) {
  return {
    ...{ name: BARE, tool: "bare", checks: true },
    ...{ command: process.execPath, env: server.env },
    words: [bare, repository, prefix, folder],
  };
}

function peers(way, tools, place) {
  return [
    curl(way, tools, place),
    s5cmd(way, tools, place),
    lakectl(way, tools, place),
    rclone(way, tools, place, true),
    rclone(way, tools, place, false),
  ];
}

function s5cmd(way, { s5cmd: command, server }, place) {
  const { repository, prefix, folder } = place;
  const remote = `s3://${repository}/main/${prefix}`;
  const both =
    way === "up"
      ? [`${folder}/*`, `${remote}s5cmd/`]
      : [`${remote}*`, `${folder}/`];
  const words = ["--endpoint-url", server.endpoint, "cp", ...both];
  return {
    ...{ name: "s5cmd", tool: "s5cmd", checks: false, command, words },
    env: awsEnv(server),
  };
}

function lakectl(way, { lakectl: command, server }, place) {
  const { repository, prefix, folder } = place;
  const remote = `lakefs://${repository}/main/${prefix}`;
  const words =
    way === "up"
      ? ["fs", "upload", "-r", "--no-progress", "-s", `${folder}/`]
      : ["fs", "download", "-r", "--no-progress"];
  const both = way === "up" ? [`${remote}lakectl/`] : [remote, folder];
  return {
    ...{ name: "lakectl", tool: "lakectl", checks: false, command },
    words: [...words, ...both],
    env: server.env,
  };
}

function rclone(way, { rclone: command, server }, place, checks) {
  const { repository, prefix, folder } = place;
  const remote = `lake:${repository}/main/${prefix}`;
  const both =
    way === "up" ? [folder, `${remote}rclone-${checks}`] : [remote, folder];
  const without =
    way === "up"
      ? ["--s3-disable-checksum", "--ignore-checksum"]
      : ["--ignore-checksum"];
  return {
    name: checks ? "rclone, with checksums" : "rclone, without",
    ...{ tool: "rclone", checks, command },
    words: ["copy", ...(checks ? [] : without), ...both],
    env: {
      ...awsEnv(server),
      RCLONE_CONFIG_LAKE_TYPE: "s3",
      RCLONE_CONFIG_LAKE_PROVIDER: "Other",
      RCLONE_CONFIG_LAKE_ENV_AUTH: "true",
      RCLONE_CONFIG_LAKE_ENDPOINT: server.endpoint,
    },
  };
}

/** Several files in one call, over kept connections; the keys lie in a file. */
function curl(way, { curl: command, server, work }, place) {
  const { repository, prefix, folder, files } = place;
  const at = `${server.endpoint}/${repository}/main/${prefix}`;
  const [user, secret] = keysOf(server);
  const head = [
    "fail",
    "silent",
    "show-error",
    'aws-sigv4 = "aws:amz:us-east-1:s3"',
    `user = "${user}:${secret}"`,
    'header = "x-amz-content-sha256: UNSIGNED-PAYLOAD"',
  ];
  const each = files.map((name) =>
    (way === "up"
      ? [`upload-file = "${join(folder, name)}"`, `url = "${at}curl/${name}"`]
      : [`output = "${join(folder, name)}"`, `url = "${at}${name}"`]
    ).join("\n"),
  );
  const config = join(work, "curl.txt");
  const write = () =>
    writeFileSync(
      config,
      each.map((lines) => [...head, lines].join("\n")).join("\nnext\n"),
      { mode: 0o600 },
    );
  return {
    ...{ name: "curl", tool: "curl", checks: false, command },
    ...{ words: ["--parallel", "--config", config], env: {}, before: write },
  };
}

/** Names of the files of a folder, sorted. */
export function filesOf(folder) {
  return readdirSync(folder).sort();
}

function keysOf({ env }) {
  return [
    env.LAKECTL_CREDENTIALS_ACCESS_KEY_ID,
    env.LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY,
  ];
}

function awsEnv(server) {
  const [key, secret] = keysOf(server);
  return {
    AWS_ACCESS_KEY_ID: key,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: "us-east-1",
    // rclone 1.60 fails where it is set.
    AWS_CA_BUNDLE: undefined,
  };
}
