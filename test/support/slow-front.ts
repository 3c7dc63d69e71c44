import { request } from "node:http";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { startFront } from "./fronts.ts";

/**
 * A front before a real server whose answers of more than 64 KiB arrive at so many bytes a second. It says 404 to each
 * GET of what `lost` names.
 */
export async function slowFront(
  target: string,
  { bytesPerSecond, lost }: { bytesPerSecond: number; lost?: string },
) {
  const { hostname, port } = new URL(target);
  const front = await startFront((incoming, answer) => {
    const { method, url: path, headers } = incoming;
    if (lost && method === "GET" && path?.includes(lost)) {
      answer.writeHead(404).end();
      return;
    }
    const outgoing = request(
      { hostname, port, method, path, headers },
      (upstream) => {
        answer.writeHead(upstream.statusCode ?? 502, upstream.headers);
        const isLarge = Number(upstream.headers["content-length"]) > 65_536;
        if (isLarge) upstream.pipe(slowly(bytesPerSecond)).pipe(answer);
        else upstream.pipe(answer);
      },
    );
    outgoing.on("error", () => answer.destroy());
    incoming.on("close", () => {
      if (!incoming.complete) outgoing.destroy();
    });
    answer.on("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });

  return { ...front, endpoint: `http://127.0.0.1:${front.port}` };
}

function slowly(bytesPerSecond: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      void sleep((chunk.length / bytesPerSecond) * 1000).then(() =>
        done(null, chunk),
      );
    },
  });
}
