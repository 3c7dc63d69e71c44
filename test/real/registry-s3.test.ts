import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  afterAll,
  beforeAll,
  describe,
  expect,
  onTestFinished,
  test,
} from "vitest";
import { readEnvironment } from "../../src/environment/environment.ts";
import { makeNetwork } from "../../src/network/network.ts";
import { versionPrefix } from "../../src/registry/layout.ts";
import { s3Place } from "../../src/registry/s3-place.ts";
import { md5Of } from "../../src/store/s3/agreed-reading.ts";
import { s3Address, s3Connection } from "../../src/store/s3/connection.ts";
import {
  type PlantedAt,
  registryConformance,
} from "../registry/conformance.ts";
import { datasetConformance } from "../registry/dataset-conformance.ts";
import { notesConformance } from "../registry/notes-conformance.ts";
import { objectRegistry } from "../registry/object-registry.ts";
import { restoreConformance } from "../registry/restore-conformance.ts";
import { clientOf } from "../store/s3-under-test.ts";
import { hasS3, type S3Server, startS3 } from "../support/s3-servers.ts";

/** Of one object, one after another. */
const STATES = 100;

const QUICK = { attempts: 5, pauseMs: 5, longestPauseMs: 50 };

for (const kind of ["moto", "versitygw"] as const)
  describe.skipIf(!hasS3(kind))(kind, () => {
    let server: S3Server;
    const before = { ...process.env };
    beforeAll(async () => {
      server = await startS3(kind);
      // The SDK's own chain reads the process's variables.
      Object.assign(process.env, server.env);
    });
    afterAll(async () => {
      process.env = before;
      await server.stop();
    });

    const placeIn = async (bucket: string) => {
      const environment = readEnvironment(server.env);
      const address = s3Address(environment);
      const network = makeNetwork(environment.network);

      return s3Place({
        client: await s3Connection(address, network),
        ...{ url: `s3://${bucket}/autoware-ml`, bucket },
        ...{ prefix: "autoware-ml/", endpoint: address.shown },
        signal: new AbortController().signal,
        policy: QUICK,
      });
    };

    const place = async () => placeIn(await server.bucket());
    const open = async () => objectRegistry(await place());
    registryConformance(kind, open);
    notesConformance(kind, open);
    datasetConformance(kind, place);

    restoreConformance(kind, async () => {
      const bucket = await server.bucket();
      const client = clientOf(server);
      onTestFinished(() => client.destroy());
      const object = ({ model, version, name }: PlantedAt) => ({
        Bucket: bucket,
        Key: `autoware-ml/${versionPrefix(model, version)}${name}`,
      });

      return {
        ...objectRegistry(await placeIn(bucket)),
        remove: (at) => client.send(new DeleteObjectCommand(object(at))),
        replace: (at, Body) =>
          client.send(new PutObjectCommand({ ...object(at), Body })),
      };
    });

    test("what is read while others replace it is one state: these bytes and their ETag", async () => {
      const shared = await place();
      const states = Array.from({ length: STATES }, (_, at) => `state ${at}`);
      const write = async () => {
        let etag: string | null = null;
        for (const state of states) {
          const bytes = Buffer.from(state);
          expect(await shared.replace("a.json", bytes, etag)).toBe(true);
          etag = md5Of(bytes);
        }
      };

      let isWriting = true;
      const read = async () => {
        for (let count = 0; ; count++) {
          if (!isWriting) return count;
          const found = await shared.read("a.json", 100);
          if (found) expect(found.etag).toBe(md5Of(found.bytes));
        }
      };
      const readers = [read(), read(), read(), read()];
      await write().finally(() => {
        isWriting = false;
      });
      const counts = await Promise.all(readers);

      expect(Math.max(...counts)).toBeGreaterThan(10);
      await shared.close();
    });
  });
