import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { hashBytes } from "../disk/hash-file.ts";
import { packageFile } from "../package-file.ts";
import {
  parseTemplate,
  TEMPLATE_LIMIT,
  wrongTemplate,
} from "./parameter-template.ts";
import type { PolicyParameters } from "./policy.ts";

const FOLDER = "parameters/";
const END = ".param.yaml";

/** Names of this package's templates, sorted. */
export async function builtInTemplates(): Promise<string[]> {
  const files = await readdir(packageFile(FOLDER));
  return files
    .filter((name) => name.endsWith(END))
    .map((name) => name.slice(0, -END.length))
    .sort();
}

/** Whether a name in `parameters:` means a file of the repository, and no built-in template. */
export function isTemplateFile(name: string): boolean {
  return name.startsWith("./");
}

/**
 * What the policy holds of the templates that are named; built-in names are known. A file is relative to `folder` and lies
 * in it; its text becomes part of the policy, so that a plan stands on its own. Throws `UsageError` for one that cannot
 * be used.
 */
export async function policyTemplates(
  names: readonly string[],
  folder: string,
): Promise<Record<string, PolicyParameters>> {
  const found: Record<string, PolicyParameters> = {};

  for (const name of names) {
    const own = isTemplateFile(name);
    const text = own ? await readOwn(name, folder) : await readBuiltIn(name);
    parseTemplate(text, name);
    const sha256 = hashBytes(text);
    found[name] = { template: name, sha256, own: own ? text : null };
  }

  return found;
}

/** The text of a template: of a file as it was when the plan was made. */
export async function templateText({
  template,
  own,
}: PolicyParameters): Promise<string> {
  return own ?? (await readBuiltIn(template));
}

function readBuiltIn(name: string): Promise<string> {
  return readFile(packageFile(`${FOLDER}${name}${END}`), "utf8");
}

async function readOwn(name: string, folder: string): Promise<string> {
  const path = resolve(folder, name);

  try {
    const real = await realpath(path);
    if (!real.startsWith((await realpath(folder)) + sep))
      throw wrongTemplate(
        `${name} leaves the folder of conversion.yaml: a template lies in the repository`,
      );

    const info = await stat(real);
    if (!info.isFile()) throw wrongTemplate(`${name} is not a file`);
    if (info.size > TEMPLATE_LIMIT)
      throw wrongTemplate(`${name} is larger than 1 MiB`);

    return new TextDecoder("utf-8", { fatal: true }).decode(
      await readFile(real),
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
      throw wrongTemplate(`${name} is not UTF-8 text`);
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR")
      throw wrongTemplate(`${name} cannot be read (${code})`);
    throw error;
  }
}
