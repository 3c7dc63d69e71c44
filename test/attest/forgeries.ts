import type { ForgedBranch } from "./forge.ts";

/** A branch with the signed models `det` and `twin` (equal bytes), and what `det` published for its inputs of before. */
export interface Scene {
  forged: ForgedBranch;
  /** By path: everything of the older green of `det`. */
  older: ReadonlyMap<string, Buffer>;
}

export interface Forgery {
  what: string;
  /** What somebody does who may write to the data branch, and has no key. */
  forge(scene: Scene): void;
  /** What `run` and `verify` say. */
  says: RegExp;
  /** `run` takes it for a model of other inputs, or of none: the usual way, of which nothing is said. */
  isSilent?: true;
  /** A person must remove it. */
  isStuck?: true;
  /** Where `land` is told by other words. */
  landSays?: RegExp;
}

const ONNX = "edge/det/end2end.onnx";
const REFERENCES = "evidence/det/references.safetensors";
const CONTRACT = "edge/det/contract.json";
const ATTESTATION = "edge/det/attestation.json";
const older = (scene: Scene, path: string) => {
  const bytes = scene.older.get(path);
  if (!bytes) throw new Error(`the older green has no ${path}`);
  return bytes;
};

/** Each is neither unchanged for `run`, nor proved for `verify`, nor landed. */
export const FORGERIES: Forgery[] = [
  {
    what: "a manifest by hand beside a wrong ONNX",
    forge: (scene) => scene.forged.replace("det", ONNX, older(scene, ONNX)),
    says: /covers different files/,
  },
  {
    what: "the same by a patched program that has no key",
    forge: (scene) => {
      scene.forged.replace("det", ONNX, older(scene, ONNX));
      scene.forged.remove(ATTESTATION);
    },
    says: /not signed/,
  },
  {
    what: "references of another commit, in the manifest too",
    forge: (scene) =>
      scene.forged.replace("det", REFERENCES, older(scene, REFERENCES)),
    says: /covers different files/,
  },
  {
    what: "another contract.json",
    forge: ({ forged }) => {
      const contract = JSON.parse(forged.read(CONTRACT).toString()) as object;
      forged.replace(
        "det",
        CONTRACT,
        Buffer.from(JSON.stringify({ ...contract, classes: ["cat"] })),
      );
    },
    says: /covers different files/,
  },
  {
    what: "a contract.json that the manifest does not know",
    forge: ({ forged }) => forged.write(CONTRACT, "{}"),
    says: /(not|differs from) what was verified/,
    landSays: /not what was verified/,
  },
  {
    what: "the older green with all its files",
    forge: (scene) => {
      for (const [path, bytes] of scene.older) scene.forged.write(path, bytes);
    },
    says: /other inputs/,
    isSilent: true,
    landSays: /covers different files from the current ones/,
  },
  {
    what: "the older attestation beside the new files",
    forge: (scene) =>
      scene.forged.write(ATTESTATION, older(scene, ATTESTATION)),
    says: /covers different files/,
  },
  {
    what: "the attestation and manifest of another model of equal bytes",
    forge: ({ forged }) => {
      for (const file of ["manifest.json", "attestation.json"])
        forged.write(`edge/det/${file}`, forged.read(`edge/twin/${file}`));
    },
    says: /covers different files/,
    isSilent: true,
    landSays: /no green verdict/,
  },
  {
    what: "the attestation alone of another model of equal bytes",
    forge: ({ forged }) =>
      forged.write(ATTESTATION, forged.read("edge/twin/attestation.json")),
    says: /covers a different model, "twin"/,
  },
  {
    what: "a second ONNX beside it",
    forge: ({ forged }) =>
      forged.write("edge/det/second.onnx", forged.read(ONNX)),
    says: /second\.onnx/,
  },
  {
    what: "a second ONNX in a folder below, in capitals",
    forge: ({ forged }) =>
      forged.write("edge/det/int8/MODEL.ONNX", forged.read(ONNX)),
    says: /int8\/MODEL\.ONNX/,
  },
  {
    what: "other bytes under the hash that the store's index gives",
    forge: (scene) => scene.forged.tamper(ONNX, older(scene, ONNX)),
    says: /end2end\.onnx/,
    isStuck: true,
    landSays: /not what was verified/,
  },
];
