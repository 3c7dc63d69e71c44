/** SPDX's own spelling of licences that models often have; any other one is named, not identified. */
const IDS = [
  ...["Apache-2.0", "MIT", "ISC", "Zlib", "Unlicense", "BSL-1.0", "NCSA"],
  ...["BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "CC0-1.0"],
  ...["CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0"],
  ...["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0", "CC-BY-NC-ND-4.0"],
  ...["AGPL-3.0-only", "AGPL-3.0-or-later", "AGPL-3.0", "GPL-3.0", "GPL-2.0"],
  ...["GPL-2.0-only", "GPL-3.0-only", "GPL-3.0-or-later", "LGPL-3.0"],
  ...["LGPL-3.0-only", "LGPL-2.1", "LGPL-2.1-only", "MPL-2.0", "EPL-2.0"],
  ...["EUPL-1.2", "CDLA-Permissive-1.0", "CDLA-Permissive-2.0"],
];
const BY_NAME = new Map(IDS.map((id) => [id.toLowerCase(), id]));

/** Null where the licence is none of these. */
export function spdxId(license: string): string | null {
  return BY_NAME.get(license.toLowerCase()) ?? null;
}
