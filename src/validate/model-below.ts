import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { nullUnlessPrevented } from "../machine-fault.ts";

/** Folders that are looked into, of one folder. */
const MOST = 20;

/** The first folder with an ONNX file one or two levels below another, as `fetch` lays `edge/NAME/` out; null for none. */
export async function modelBelow(root: string): Promise<string | null> {
  for (const folder of await foldersIn(root)) {
    const found = [folder, ...(await foldersIn(folder))];
    for (const place of found) if (await hasModel(place)) return place;
  }

  return null;
}

async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(
    nullUnlessPrevented,
  );

  return (entries ?? [])
    .filter((entry) => entry.isDirectory())
    .slice(0, MOST)
    .map(({ name }) => join(root, name));
}

async function hasModel(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch(nullUnlessPrevented);
  return names?.some((name) => name.endsWith(".onnx")) ?? false;
}
