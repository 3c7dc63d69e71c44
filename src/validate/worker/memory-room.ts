import { availableMemory } from "node:process";
import { readSystemFile } from "../../child/system-file.ts";

/** Addresses that Node itself takes without using them. */
const OWN_ADDRESSES = 2 ** 30;

/** Bytes that this process could still get: of the machine, of its container, and of its own limit of addresses. */
export function freeMemory(): number {
  return Math.min(availableMemory(), freeAddresses());
}

/** `ulimit -v`; infinite where there is none, or the system does not say. */
function freeAddresses(): number {
  const [limits, status] = [
    readSystemFile("/proc/self/limits"),
    readSystemFile("/proc/self/status"),
  ];
  const limit = Number(/^Max address space +(\d+)/m.exec(limits)?.[1]);
  const used = Number(/^VmSize:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
  const free = limit - Math.max(used, OWN_ADDRESSES);

  return Number.isNaN(free) ? Number.POSITIVE_INFINITY : Math.max(0, free);
}
