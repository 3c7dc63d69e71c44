import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { UsageError } from "../../errors.ts";
import { nullUnlessPrevented } from "../../machine-fault.ts";

/** As the file says them. */
interface InFile {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
}

interface LakectlFile {
  credentials?: { access_key_id?: unknown; secret_access_key?: unknown };
  server?: { endpoint_url?: unknown };
}

/** What `lakectl config` wrote; empty where there is no such file. */
export async function readLakectlFile(file: string): Promise<Partial<InFile>> {
  const text = await readFile(file, "utf8").catch(nullUnlessPrevented);
  if (text === null) return {};

  const data = parseYaml(text, file);
  const found: Partial<InFile> = {};
  const endpoint = data.server?.endpoint_url;
  const { access_key_id: key, secret_access_key: secret } =
    data.credentials ?? {};
  if (typeof endpoint === "string") found.endpoint = endpoint;
  if (typeof key === "string") found.accessKeyId = key;
  if (typeof secret === "string") found.secretAccessKey = secret;

  return found;
}

function parseYaml(text: string, file: string): LakectlFile {
  try {
    const data: unknown = parse(text, { logLevel: "error" });
    if (typeof data === "object" && data !== null) return data;
  } catch {
    // The parser's message, and a warning on stderr, would quote the line, which may hold the secret.
  }
  throw new UsageError(`${file} is not a YAML file that lakectl can read`, {
    code: "lakectl-file",
    hint: "write it again with `lakectl config`",
  });
}
