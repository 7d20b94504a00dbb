// Cost of one call: CPU and wall time, and the peak of resident memory.

import { readFileSync, writeFileSync } from "node:fs";

/** Between construction and `stop`: CPU seconds of all threads, wall seconds, and the peak resident
 * memory of this process in bytes. On Linux the kernel's high-water mark is reset first, so the
 * peak is the page's own; elsewhere it is the highest since the worker started. */
export class Meter {
  constructor() {
    try {
      writeFileSync("/proc/self/clear_refs", "5");
    } catch {
      // no Linux, or a kernel that does not allow it
    }
    this.wall = performance.now();
    this.cpu = process.cpuUsage();
  }

  /** `cpu_s`, `wall_s` and `peak_rss` since construction. */
  stop() {
    const { user, system } = process.cpuUsage(this.cpu);
    const wall = (performance.now() - this.wall) / 1000;
    return { cpu_s: (user + system) / 1e6, wall_s: wall, peak_rss: peak() };
  }
}

function peak() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"));
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
