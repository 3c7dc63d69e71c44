import { fileURLToPath } from "node:url";
import { unsetVariableHint } from "../environment/unset-variable.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { plainUrl } from "../text/plain-url.ts";
import { pathProblem } from "./paths.ts";

export type StoreUrl =
  | { kind: "lakefs"; repository: string }
  | { kind: "file"; folder: string }
  /** `prefix`: empty, or with a `/` at its end; `url` without one. */
  | { kind: "s3"; url: string; bucket: string; prefix: string };

const ACCEPTED = "lakefs://REPOSITORY, s3://BUCKET/PREFIX or file:///FOLDER";
const SCHEMES = ["lakefs", "file", "s3"];
/** Amazon's rule, which every S3 server keeps: no two dots beside each other, no address. */
const BUCKET = /^(?!.*\.\.)(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
/** lakeFS's rule (`pkg/validator/validate.go`). */
const REPOSITORY = /^[a-z0-9][a-z0-9-]{2,62}$/;

/** Reads a store's URL. Throws `UsageError` that says what is accepted, without a login or a query. */
export function parseStoreUrl(url: string): StoreUrl {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(url.trim());
  const scheme = match?.[1]?.toLowerCase() ?? "";
  const rest = match?.[2] ?? "";
  if (scheme === "lakefs") return parseLakefs(url, rest);
  if (scheme === "file") return parseFile(url);

  if (scheme === "s3") return parseS3(url, rest);

  throw new UsageError(
    `${JSON.stringify(plainUrl(url))} is not a store's URL`,
    {
      code: "store-url",
      hint: `${meant(url.trim(), scheme, rest)}write one of ${ACCEPTED}`,
    },
  );
}

/** What the user most likely wanted to write. */
function meant(url: string, scheme: string, rest: string): string {
  const unset = unsetVariableHint(url);
  if (unset) return `${unset}; `;
  if (/^https?$/.test(scheme))
    return "the server's address is a variable of its own, LAKECTL_SERVER_ENDPOINT_URL or AWS_ENDPOINT_URL_S3; ";
  if (url.startsWith("/")) return `did you mean file://${url}? `;

  const near = scheme ? nearest(scheme, SCHEMES) : null;
  return near ? `did you mean ${plainUrl(`${near}://${rest}`)}? ` : "";
}

function parseLakefs(url: string, rest: string): StoreUrl {
  const [repository = "", ...path] = rest.split("/");
  if (path.some((segment) => segment !== ""))
    throw new UsageError(`${plainUrl(url)} contains more than a repository`, {
      code: "store-url",
      hint: `write ${plainUrl(`lakefs://${repository}`)}; the branch is a setting of its own, \`--model-branch\` (input model-branch), and so is the folder of its models, \`--model-path\` (input model-path)`,
    });

  if (!REPOSITORY.test(repository))
    throw new UsageError(
      `${JSON.stringify(plainUrl(url).replace(/^.*:\/\//s, ""))} in ${JSON.stringify(plainUrl(url))} is not a valid name of a lakeFS repository`,
      {
        code: "store-url",
        hint: "use 3 to 63 lower-case letters, digits and dashes, such as lakefs://vision",
      },
    );

  return { kind: "lakefs", repository };
}

function parseS3(url: string, rest: string): StoreUrl {
  const wrong = (what: string, hint: string) =>
    new UsageError(`${JSON.stringify(plainUrl(url))} ${what}`, {
      code: "store-url",
      hint,
    });

  const [bucket = "", ...folders] = rest.replace(/\/+$/, "").split("/");
  if (!BUCKET.test(bucket))
    throw wrong(
      "does not name a bucket",
      "write s3://BUCKET/PREFIX; a bucket's name has 3 to 63 lower-case letters, digits, dots and dashes. The server is set by AWS_ENDPOINT_URL_S3, the keys by AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    );

  const prefix = folders.join("/");
  const problem = prefix === "" ? null : pathProblem(prefix);
  if (problem !== null)
    throw wrong(
      `has an invalid prefix: ${problem}`,
      "write it as plain folders, such as s3://models/vision",
    );
  if (/[?#]/.test(prefix))
    throw wrong(
      "has ? or # in its prefix",
      "set the server by variables (AWS_REGION, AWS_ENDPOINT_URL_S3): they are not part of the address",
    );

  const below = prefix === "" ? "" : `/${prefix}`;

  return {
    ...{ kind: "s3", url: `s3://${bucket}${below}`, bucket },
    prefix: prefix === "" ? "" : `${prefix}/`,
  };
}

function parseFile(url: string): StoreUrl {
  const wrong = (hint: string) =>
    new UsageError(`${JSON.stringify(plainUrl(url))} is not a folder's URL`, {
      code: "store-url",
      hint,
    });
  if (!URL.canParse(url))
    throw wrong(
      "write the absolute path after file://, such as file:///data/models",
    );

  const parsed = new URL(url);
  if (parsed.hostname !== "")
    throw wrong(
      "write three slashes and the absolute path, such as file:///data/models",
    );

  if (parsed.hash !== "" || parsed.search !== "")
    throw wrong("write # as %23 and ? as %3F");

  const folder = readFileUrl(parsed, wrong).replace(/(?<=.)\/+$/, "");
  if (folder === "/")
    throw wrong("the root folder cannot be a store: name a folder");

  return { kind: "file", folder };
}

function readFileUrl(url: URL, wrong: (hint: string) => UsageError): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw wrong("write % as %25, and no / as %2F");
  }
}
