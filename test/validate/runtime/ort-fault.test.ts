import { describe, expect, test } from "vitest";
import { ortFault } from "../../../src/validate/runtime/ort-fault.ts";

const GB = 1e9;
const ROOM = { used: 0.5 * GB, allowed: 3 * GB, free: 8 * GB };
/** As ONNX Runtime 1.30 writes it. */
const allocation = (bytes: number) =>
  new Error(
    `Non-zero status code returned while running ConstantOfShape node. Name:'' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:360 void* onnxruntime::BFCArena::AllocateRawInternal(size_t, bool, onnxruntime::Stream*) Failed to allocate memory for requested buffer of size ${bytes}\n`,
  );

describe("what ONNX Runtime did not get", () => {
  test("memory that the model may have is the machine's fault", () => {
    expect(ortFault(allocation(2 * GB), ROOM)?.code).toBe("memory");
  });

  test("memory beyond what the model may have is the model's", () => {
    expect(ortFault(allocation(70 * GB), ROOM)).toBeNull();
  });

  test("without a size the machine's memory decides", () => {
    const error = new Error("std::bad_alloc");
    expect(ortFault(error, { ...ROOM, free: GB })?.code).toBe("memory");
    expect(ortFault(error, ROOM)).toBeNull();
  });

  test("a file that cannot be opened is the machine's where the system says so", () => {
    const failed = (number: number) =>
      new Error(`Load model from /x.onnx failed:system error number ${number}`);
    expect(ortFault(failed(24), ROOM)?.code).toBe("open-files");
    expect(ortFault(failed(2), ROOM)).toBeNull();
  });

  test("a thread that cannot be started is the machine's", () => {
    const failed = (number: number, text: string) =>
      new Error(
        `pthread_create failed, error code: ${number} error msg: ${text}`,
      );
    expect(ortFault(failed(12, "Cannot allocate memory"), ROOM)?.code).toBe(
      "memory",
    );
    expect(
      ortFault(failed(11, "Resource temporarily unavailable"), ROOM)?.code,
    ).toBe("processes");
  });

  test("a model that is refused is the model's", () => {
    const refused = new Error("Invalid rank for input: x Got: 1 Expected: 2");
    expect(ortFault(refused, { ...ROOM, free: 0 })).toBeNull();
  });
});
