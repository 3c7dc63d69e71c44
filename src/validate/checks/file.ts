import { lstat, open } from "node:fs/promises";
import { basename } from "node:path";
import { type FolderCheck, passed, wrong } from "../check.ts";

const LFS = "version https://git-lfs";
/** A protobuf message cannot be larger; ONNX Runtime says no more than "parsing failed". */
const LARGEST = 2 ** 31 - 1;

interface FileDetails {
  /** In bytes. */
  size: number;
}

/** The model's file is there, is a file, and is a model's in size and beginning. */
export const file: FolderCheck<"file", FileDetails> = {
  name: "file",
  title: "the file itself",
  question:
    "does it exist, is it a regular file of a plausible size, and not a Git LFS pointer?",
  next: "Export the file again, then check it again",
  canBeSwitchedOff: false,
  needs: "folder",
  async run({ model }) {
    const name = basename(model);
    const info = await lstat(model);
    if (info.isSymbolicLink())
      return wrong(`${name} is a symbolic link; publish the file itself`);
    if (!info.isFile()) return wrong(`${name} is not a file`);
    if (info.size === 0) return wrong(`${name} is empty`);

    if (info.size > LARGEST)
      return wrong(
        `${name} has ${info.size} bytes, more than 2 GiB, which no runtime loads: export with external data`,
      );

    if ((await beginning(model)).startsWith(LFS))
      return wrong(
        `${name} is a Git LFS pointer, not a model: run \`git lfs pull\` before the upload`,
      );

    return passed(`${name} has ${info.size} bytes`, { size: info.size });
  },
};

async function beginning(path: string): Promise<string> {
  const handle = await open(path, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), {
      position: 0,
    });
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}
