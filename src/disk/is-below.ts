/**
 * Whether a path is a folder, or lies in it. Both are absolute, or both from the same place, without `.` and `..`; links
 * are followed by who asks.
 */
export function isBelow(path: string, folder: string): boolean {
  const inside = folder.endsWith("/") ? folder : `${folder}/`;

  return path === folder || path.startsWith(inside);
}
