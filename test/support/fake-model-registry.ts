import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { FakeFile } from "./package-files.ts";
import type { Answer } from "./paged-answer.ts";

/** Scope api, role Developer. */
export const MODEL_TOKEN = "glpat-project-token";
/** Scope read_api. */
export const READING_TOKEN = "glpat-that-reads";
/** Scope api, role Reporter. */
export const REPORTER_TOKEN = "glpat-of-a-reporter";

export interface FakeModelVersion {
  id: number;
  name: string;
  version: string;
  description: string;
  files: FakeFile[];
}

/** GitLab's model registry of one project: the MLflow calls and the file calls, with the statuses of its own tests. */
export interface FakeModelRegistry {
  /** Settings > General > Visibility: Model registry. */
  enabled: boolean;
  models: string[];
  versions: FakeModelVersion[];
  /** Bytes of the largest file. */
  limit: number;
  /** Files whose next upload arrives with other bytes. */
  corrupt: Set<string>;
  /** Null for a path that is none of the model registry's. */
  answer(call: ModelCall): Answer | null;
}

interface ModelCall {
  method: string;
  /** Below the project. */
  path: string;
  url: URL;
  bytes: Buffer;
  request: IncomingMessage;
  /** Serves a file, be it from an object store. */
  serve(file: FakeFile): Answer;
}

const MLFLOW = "/ml/mlflow/api/2.0/mlflow/";
const FILES = /^\/packages\/ml_models\/(\d+)\/files\/(.+)$/;
const NOT_FOUND: Answer = [404, { message: "404 Not Found" }];
const UNAUTHORIZED: Answer = [401, { message: "401 Unauthorized" }];
const SCOPE: Answer = [
  403,
  {
    error: "insufficient_scope",
    error_description:
      "The request requires higher privileges than provided by the access token.",
    scope: "api",
  },
];
const SEMVER = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\w.-]+)?$/;

export function fakeModelRegistry(): FakeModelRegistry {
  let ids = 500;
  const fake: FakeModelRegistry = {
    ...{ enabled: true, models: [], versions: [], limit: 5 * 2 ** 30 },
    corrupt: new Set(),
    answer: (call) => {
      const files = FILES.exec(call.path);
      if (!files && !call.path.startsWith(MLFLOW)) return null;
      const refused = refusal(call);
      if (refused) return refused;
      if (files)
        return file(call, Number(files[1]), files[2]?.replaceAll("/", "%2F"));
      return mlflow(call);
    },
  };

  function refusal({ request, method }: ModelCall): Answer | null {
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    const known = [MODEL_TOKEN, READING_TOKEN, REPORTER_TOKEN];
    if (!token || !known.includes(token)) return UNAUTHORIZED;
    if (method !== "GET" && token === READING_TOKEN) return SCOPE;
    if (!fake.enabled) return NOT_FOUND;
    return method !== "GET" && token === REPORTER_TOKEN ? UNAUTHORIZED : null;
  }

  function mlflow({ method, path, url, bytes }: ModelCall): Answer {
    const call = `${method} ${path.slice(MLFLOW.length)}`;
    if (call === "GET model-versions/get") {
      const { name, version } = Object.fromEntries(url.searchParams);
      const found = find(String(name), String(version));
      return found ? shown(url, found) : missing();
    }
    const body = JSON.parse(bytes.toString("utf8"));
    if (call === "POST registered-models/create") {
      if (fake.models.includes(body.name) || !/^[\w.-]+$/.test(body.name))
        return [400, { error_code: "RESOURCE_ALREADY_EXISTS" }];
      fake.models.push(body.name);
      return [200, { registered_model: { name: body.name } }];
    }
    if (call === "POST model-versions/create") return create(url, body);
    return NOT_FOUND;
  }

  function create(
    url: URL,
    body: {
      name: string;
      description: string;
      tags: { key: string; value: string }[];
    },
  ): Answer {
    const { name, description, tags } = body;
    if (!fake.models.includes(name)) return missing();
    const version = tags.find(({ key }) => key === "gitlab.version")?.value;
    if (!version || !SEMVER.test(version)) return invalid("Version is invalid");
    if (find(name, version)) return invalid("Version has already been taken");
    const made = { id: ++ids, name, version, description, files: [] };
    fake.versions.push(made);
    return shown(url, made);
  }

  function file(
    { method, bytes, serve }: ModelCall,
    id: number,
    name = "",
  ): Answer {
    const version = fake.versions.find((each) => each.id === id);
    if (!version) return NOT_FOUND;
    if (method === "GET") {
      const found = version.files.findLast((each) => each.name === name);
      return found ? serve(found) : NOT_FOUND;
    }
    if (bytes.length > fake.limit)
      return [400, { message: "400 Bad request - Artifact file is too large" }];
    const kept = fake.corrupt.delete(name) ? Buffer.from("other") : bytes;
    const sha256 = createHash("sha256").update(kept).digest("hex");
    version.files.push({ id: ++ids, name, bytes: kept, sha256 });
    return [201, { message: "201 Created" }];
  }

  function find(name: string, version: string) {
    return fake.versions.find(
      (each) => each.name === name && each.version === version,
    );
  }

  return fake;
}

/** The `version` of MLflow's words is GitLab's number; its own version is an alias. Always 200. */
function shown(
  { origin }: URL,
  { id, name, version, description }: FakeModelVersion,
): Answer {
  return [
    200,
    {
      model_version: {
        ...{ name, version: String(id), description, status: "READY" },
        ...{ current_stage: "development", user_id: null, run_link: "" },
        source: `${origin}/gitlab/vision/models/-/ml/models/1/versions/${id}`,
        tags: [{ key: "gitlab.version", value: version }],
        aliases: [version],
      },
    },
  ];
}

function missing(): Answer {
  return [404, { error_code: "RESOURCE_DOES_NOT_EXIST" }];
}

function invalid(message: string): Answer {
  return [400, { error_code: "INVALID_PARAMETER_VALUE", message }];
}
