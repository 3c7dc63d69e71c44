import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import type { AuthorityFile } from "../environment/network-settings.ts";
import { UsageError } from "../errors.ts";
import { nullUnlessPrevented } from "../machine-fault.ts";

/** In PEM form. */
const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates that are trusted: those of Node, and those of a company's own files (PEM). Null where there is no
 * such file: then Node's own way is right. Throws `UsageError` for a file that holds none.
 */
export async function readAuthorities(
  files: readonly AuthorityFile[],
): Promise<string[] | null> {
  if (files.length === 0) return null;
  const own = await Promise.all(files.map(certificatesIn));

  return [...new Set([...rootCertificates, ...own.flat()])];
}

async function certificatesIn({
  setting,
  path,
}: AuthorityFile): Promise<string[]> {
  const text = await readFile(path, "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      nullUnlessPrevented(error);
      throw new UsageError(
        `${setting} names ${path}, which cannot be read (${error.code})`,
        {
          code: "ca-file",
          hint: `make it a file with your certificate authority's certificates (PEM), such as a CI/CD variable of type file; or unset ${setting}`,
        },
      );
    },
  );

  const found = text.match(CERTIFICATE);
  if (found) return found;

  throw new UsageError(
    `${setting} names ${path}, which contains no certificate in PEM format`,
    {
      code: "ca-file",
      hint: "make it PEM, which begins with -----BEGIN CERTIFICATE-----: `openssl x509 -inform der -in FILE` converts a DER file",
    },
  );
}
