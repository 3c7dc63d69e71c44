import type { Answer } from "./paged-answer.ts";

export interface FakeFile {
  id: number;
  /** As GitLab keeps it: `/` encoded. */
  name: string;
  bytes: Buffer;
  sha256: string;
}

export interface FakePackage {
  id: number;
  name: string;
  version: string;
  files: FakeFile[];
}

const NAME = /^[A-Za-z0-9._+-]+$/;
const VERSION = /^(?!.*\.\.)[\w+.-]+$/;

/** What an upload would meet: packages that are there, those that another request makes, and settings. */
interface Place {
  /** The package, if it is there. */
  found: FakePackage | undefined;
  /** Another request makes it at the moment. */
  isMade: boolean;
  limit: number;
  duplicates: boolean;
}

/** GitLab's refusal of a file for a package; null where it takes it. */
export function badUpload(
  at: { name: string; version: string },
  file: string,
  bytes: Buffer,
  place: Place,
): Answer | null {
  const last = file.split("%2F").at(-1) ?? "";
  if (!NAME.test(at.name)) return [400, { error: "package_name is invalid" }];
  if (!VERSION.test(at.version))
    return [400, { error: "package_version is invalid" }];
  if (!NAME.test(last)) return [400, { error: "file_name is invalid" }];
  if (bytes.length > place.limit)
    return [400, { message: "400 Bad request - File is too large" }];
  // As documented: requests that race to make a package get 500.
  if (place.isMade) return [500, { message: "500 Internal Server Error" }];
  const isThere = place.found?.files.some(({ name }) => name === file);

  return isThere && !place.duplicates
    ? [400, { message: "400 Bad request - Duplicate package is not allowed" }]
    : null;
}

/** A file as the packages API lists it. */
export function shownFile({ id, name, bytes, sha256 }: FakeFile) {
  return { id, file_name: name, size: bytes.length, file_sha256: sha256 };
}
