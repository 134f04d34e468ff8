import { expect, test } from "vitest";
import { type CallOptions, ClusterError } from "../model/cluster.ts";
import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import { type LeaseRequest, takeLease } from "./lease.ts";
import { leaseRef, leaseState } from "./lease-object.ts";
import type { Processes } from "./process-facts.ts";
import { handClock } from "./testing/hand-clock.ts";
import { memoryObjects } from "./testing/memory-objects.ts";

const ME: LeaseRequest = {
  namespace: "db",
  instance: "galera",
  host: "laptop",
  bootId: "boot-1",
  pid: 42,
  processStart: "1000",
  request: "kplan update -p NODES=5",
  requestHash: "hash-a",
};
const ALL_DEAD: Processes = { startOf: () => undefined };
const ref = leaseRef("db", "galera");

/** What came of a promise so far. */
function outcomeOf(promise: Promise<void>): { said: string } {
  const outcome = { said: "nothing yet" };
  promise.then(
    () => {
      outcome.said = "yes";
    },
    (error: Error) => {
      outcome.said = error.message;
    },
  );
  return outcome;
}

function reasonOf(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Processes that live: `pid:start`. */
function living(text: string): Processes {
  const starts = new Map(text.split(" ").map((entry) => entry.split(":") as [string, string]));
  return { startOf: (pid) => starts.get(String(pid)) };
}

function world(processes: Processes = living("42:1000 43:2000")) {
  const cluster = memoryObjects();
  const clock = handClock();
  return { cluster, clock, deps: { cluster, clock, processes } };
}

test.each([
  { title: "another host, renewed just now", after: 5000, want: "busy" },
  { title: "another host, 15 s ago: a Date counts in seconds", after: 15_900, want: "busy" },
  { title: "another host, expired", after: 16_100, want: "held, token 2, may wake up" },
  {
    title: "same host and boot, process dead",
    holder: { host: "laptop", pid: 7 },
    after: 1000,
    want: "held, token 2, known dead",
  },
  {
    title: "same host and boot, process alive",
    holder: { host: "laptop", pid: 43, processStart: "2000" },
    after: 1000,
    want: "busy",
  },
  {
    title: "same host and boot, the pid is another process now",
    holder: { host: "laptop", pid: 43, processStart: "1999" },
    after: 1000,
    want: "held, token 2, known dead",
  },
  {
    title: "same host name, but it was started anew (or is another machine)",
    holder: { host: "laptop", pid: 7, bootId: "boot-0" },
    after: 1000,
    want: "busy",
  },
  {
    title: "the system does not tell boots apart",
    holder: { host: "laptop", pid: 7, bootId: "" },
    after: 1000,
    want: "busy",
  },
  {
    title: "the same request of another process",
    holder: { requestHash: "hash-a" },
    after: 1000,
    want: "busy, same request",
  },
  {
    title: "requests that may not be compared",
    holder: { requestHash: "" },
    after: 1000,
    want: "busy",
  },
])("$title: $want", async ({ holder, after, want }) => {
  const { cluster, deps } = world();
  const other = { ...ME, host: "server", pid: 7, requestHash: "hash-b", ...holder };
  const me = other.bootId === "" ? { ...ME, bootId: "" } : ME;
  const first = await takeLease(other, { ...deps, clock: handClock() });
  expect(first.kind).toBe("held");
  cluster.now += after;

  const answer = await takeLease(me, deps);
  expect(textOf(answer)).toBe(want);
});

test.each(["", "hash-a"])("two requests with hash %j", async (hash) => {
  const { deps } = world();
  await takeLease({ ...ME, host: "server", requestHash: hash }, { ...deps, clock: handClock() });
  const answer = await takeLease({ ...ME, requestHash: hash }, deps);
  expect(answer).toMatchObject({ kind: "busy", sameRequest: hash !== "" });
});

test("free after release, at once and for anybody; the token grows", async () => {
  const { deps } = world();
  const first = await takeLease(ME, deps);
  if (first.kind !== "held") throw new Error("busy");
  await first.lease.release();
  const second = await takeLease({ ...ME, host: "server" }, deps);
  expect(textOf(second)).toBe("held, token 2");
});

test("given back again when the server refuses it once", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  let refusals = 0;
  cluster.before = (verb) => {
    if (verb === "replace" && refusals++ === 0) throw new ClusterError("other", "injected");
  };
  const released = lease.release();
  await clock.pass(1000);
  await released;
  expect(leaseState((await cluster.get(ref)) as KubeObject).holder).toBeUndefined();
});

test("of two who try at the same time one wins", async () => {
  const { deps } = world();
  const answers = await Promise.all([
    takeLease(ME, deps),
    takeLease({ ...ME, host: "server", pid: 9 }, deps),
  ]);
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["busy", "held"]);
});

test("what a busy one is told names the holder", async () => {
  const { deps } = world();
  await takeLease({ ...ME, host: "server" }, { ...deps, clock: handClock() });
  const answer = await takeLease(ME, deps);
  expect(answer).toMatchObject({
    holder: {
      host: "server",
      pid: 42,
      request: "kplan update -p NODES=5",
      since: "2030-01-01T00:00:00.000Z",
    },
  });
});

test("renewed every 5 s, for as long as it is held", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  for (let second = 0; second < 60; second++) {
    cluster.now += 1000;
    await clock.pass(1000);
    lease.check();
  }
  expect(lease.lost.aborted).toBe(false);
  expect(cluster.writes).toHaveLength(13);
  await lease.release();
  await clock.pass(60_000);
  expect(cluster.writes).toHaveLength(14);
});

test("with the server out of reach it counts for 10 s, is asked for on and on, and is lost after 10 min", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.before = () => {
    throw new ClusterError("unreachable", "no route to host");
  };
  await clock.pass(9900);
  lease.check();
  await clock.pass(200);
  expect(() => lease.check()).toThrow(/lease of galera could not be renewed in time/);
  await clock.pass(20_000);
  expect(() => lease.check()).toThrow(/lease of galera could not be renewed in time/);
  expect(lease.lost.aborted).toBe(false);
  await clock.pass(10 * 60_000);
  expect(lease.lost.aborted).toBe(true);
});

test("a lease that ran out counts again when it is renewed and nobody had it in between", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.before = () => {
    throw new ClusterError("unreachable", "no route to host");
  };
  await clock.pass(60_000);
  expect(() => lease.check()).toThrow(/could not be renewed in time/);
  cluster.before = () => {};
  await clock.pass(600);
  lease.check();
  expect(lease.lost.aborted).toBe(false);
  expect(leaseState(await present(cluster)).token).toBe(lease.token);
});

test("who is about to write waits for a lease that has nearly run out, until it is renewed or lost", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.before = () => {
    throw new ClusterError("unavailable", "etcd leader changed");
  };
  await clock.pass(11_000);
  const confirmed = outcomeOf(lease.confirm());
  await clock.pass(1000);
  expect(confirmed.said).toBe("nothing yet");
  cluster.before = () => {};
  await clock.pass(1000);
  expect(confirmed.said).toBe("yes");

  cluster.before = () => {
    throw new ClusterError("unavailable", "etcd leader changed");
  };
  await clock.pass(11_000);
  const refused = outcomeOf(lease.confirm());
  await clock.pass(6000);
  expect(refused.said).toMatch(/could not be renewed in time/);
});

test("a look at the Lease that is not answered does not keep the next renewal from coming", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  const deadlines: unknown[] = [];
  const real = cluster.get;
  cluster.before = (verb) => {
    if (verb === "replace") throw new ClusterError("conflict", "changed by somebody else");
  };
  Object.assign(cluster, {
    get: (at: ObjectRef, options?: CallOptions) => {
      deadlines.push(options?.deadline);
      return real(at, options);
    },
  });
  await clock.pass(5000);
  expect(deadlines).toEqual([2500]);
  cluster.before = () => {};
  await clock.pass(1000);
  expect(lease.lost.aborted).toBe(false);
});

test("a holder that stood still for too long is told who has it now", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.before = () => {
    throw new ClusterError("unreachable", "no route to host");
  };
  await clock.pass(16_000);
  const error = reasonOf(() => lease.check());
  expect(error).toMatchObject({ code: "lease-lost", kind: "timed-out" });
  expect(await lease.explain(error)).toBe(error);
  cluster.before = () => {};
  expect(await lease.explain(error)).toBe(error);

  cluster.now += 20_000;
  const other = await takeLease({ ...ME, host: "server" }, { ...deps, clock: handClock() });
  expect(textOf(other)).toBe("held, token 2, may wake up");
  expect(await lease.explain(error)).toMatchObject({ code: "lease-lost", kind: "busy" });
  if (other.kind === "held") await other.lease.release();
  expect(await lease.explain(error)).toMatchObject({ code: "lease-lost", kind: "busy" });
  await cluster.delete(ref);
  expect(await lease.explain(error)).toMatchObject({ code: "lease-lost", kind: "busy" });
  const bug = new TypeError("x is undefined");
  expect(await lease.explain(bug)).toBe(bug);
});

test("back within reach it goes on", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.before = () => {
    throw new ClusterError("unavailable", "etcd leader changed");
  };
  await clock.pass(12_000);
  cluster.before = () => {};
  await clock.pass(1000);
  lease.check();
  expect(lease.lost.aborted).toBe(false);
});

test("taken over by somebody else: lost at the next renewal, and never given back", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  cluster.now += 20_000;
  const other = await takeLease({ ...ME, host: "server" }, { ...deps, clock: handClock() });
  expect(textOf(other)).toBe("held, token 2, may wake up");
  await clock.pass(5000);
  expect(lease.lost.aborted).toBe(true);
  expect(() => lease.check()).toThrow(/somebody else took over galera/);
  await lease.release();
  expect(leaseState(await present(cluster)).holder?.host).toBe("server");
});

test("a renewal whose answer was lost is not taken for somebody else's", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  const stored = await present(cluster);
  await cluster.replace(stored);
  await clock.pass(20_000);
  expect(lease.lost.aborted).toBe(false);
  lease.check();
});

test("a Lease that somebody deleted is lost", async () => {
  const { cluster, clock, deps } = world();
  const { lease } = await held(deps);
  await cluster.delete(ref);
  await clock.pass(5000);
  expect(lease.lost.aborted).toBe(true);
});

test("destroyed with the instance", async () => {
  const { cluster, deps } = world();
  const { lease } = await held(deps);
  await lease.destroy();
  expect(await cluster.get(ref)).toBeUndefined();
  await lease.release();
  expect(await cluster.get(ref)).toBeUndefined();
});

test("a dead process of this host is replaced although the Lease says nothing else", async () => {
  const { deps } = world(ALL_DEAD);
  await takeLease(ME, { ...deps, clock: handClock() });
  expect(textOf(await takeLease({ ...ME, pid: 50 }, deps))).toBe("held, token 2, known dead");
});

async function held(deps: Parameters<typeof takeLease>[1]) {
  const answer = await takeLease(ME, deps);
  if (answer.kind !== "held") throw new Error("busy");
  return answer;
}

async function present(cluster: ReturnType<typeof memoryObjects>) {
  const lease = await cluster.get(ref);
  if (!lease) throw new Error("no Lease");
  return lease;
}

function textOf(answer: Awaited<ReturnType<typeof takeLease>>): string {
  if (answer.kind === "busy") return answer.sameRequest ? "busy, same request" : "busy";
  const { token, takenFrom } = answer.lease;
  if (!takenFrom) return `held, token ${token}`;
  return `held, token ${token}, ${takenFrom.knownDead ? "known dead" : "may wake up"}`;
}

test.each(["release", "destroy"] as const)("after %s it counts no more", async (end) => {
  const { cluster, deps } = world();
  const { lease } = await held(deps);
  await lease[end]();
  expect(() => lease.check()).toThrow(/given back/);
  expect(lease.lost.aborted).toBe(true);
  const writes = cluster.writes.length;
  await lease.release();
  expect(cluster.writes).toHaveLength(writes);
});

test("from a holder that is alive it is taken only when that is asked for, and that holder has to be waited out", async () => {
  const { cluster, deps } = world();
  await takeLease({ ...ME, host: "server" }, { ...deps, clock: handClock() });
  cluster.now += 4000;
  expect(textOf(await takeLease(ME, deps))).toBe("busy, same request");
  const answer = await takeLease({ ...ME, takeOver: true }, deps);
  expect(textOf(answer)).toBe("held, token 2, may wake up");
  const start = Date.parse("2030-01-01T00:00:00Z");
  // Its 15 s, and one more for the seconds of a Date.
  expect(answer).toMatchObject({ lease: { takenFrom: { until: start + 16_000 } } });
});

test.each(["release", "death"])(
  "whom it was taken from is known until it is fenced off, after the %s of who took it",
  async (end) => {
    const { cluster, deps } = world();
    await takeLease({ ...ME, host: "server", pid: 7 }, { ...deps, clock: handClock() });
    cluster.now += 20_000;
    const taker = await held({ ...deps, clock: handClock() });
    if (end === "release") await taker.lease.release();
    const processes = end === "death" ? ALL_DEAD : deps.processes;
    const next = await held({ ...deps, processes, clock: handClock() });
    expect(next.lease.takenFrom).toMatchObject({
      knownDead: false,
      holder: { host: "server", pid: 7, request: "kplan update -p NODES=5" },
    });
    next.lease.fenced();
    await next.lease.release();
    expect(textOf(await held(deps))).toBe("held, token 4");
  },
);

test("a fencing token is larger than those of a Lease that was deleted before", async () => {
  const { cluster, deps } = world();
  const tokens: number[] = [];
  for (const made of ["2030-01-01T00:00:00Z", "2030-01-01T00:00:01Z"]) {
    for (let times = 0; times < 3; times++) {
      const { lease } = await held({ ...deps, clock: handClock() });
      await lease.release();
      const stored = await present(cluster);
      stored.metadata.creationTimestamp = made;
      await cluster.replace(stored);
    }
    const { lease } = await held({ ...deps, clock: handClock() });
    tokens.push(lease.token);
    await lease.destroy();
  }
  const [first = 0, second = 0] = tokens;
  expect(second).toBeGreaterThan(first);
  expect(Number.isSafeInteger(second)).toBe(true);
});

test("a machine that slept learns it from the server's next answer, though its own clock stood still", async () => {
  const { cluster, clock, deps } = world();
  cluster.serverNow = () => cluster.now;
  const { lease } = await held(deps);
  cluster.now += 9000;
  lease.check();
  cluster.now += 2000;
  expect(() => lease.check()).toThrow(/this process stood still/);
  // Nobody took it meanwhile: renewed twice, for the first renewal said a time from before.
  await clock.pass(5000);
  lease.check();
});

test("before a creation it is renewed when the wall clock says that the machine slept", async () => {
  const { cluster, deps } = world();
  let slept = 0;
  const clock = handClock();
  const sleepy = { ...clock, now: () => new Date(clock.now().getTime() + slept) };
  const { lease } = await held({ ...deps, clock: sleepy });
  await lease.confirm();
  expect(cluster.writes).toHaveLength(1);
  slept = 60_000;
  await lease.confirm();
  expect(cluster.writes).toHaveLength(2);

  cluster.now += 60_000;
  await takeLease({ ...ME, host: "server" }, { ...deps, clock: handClock() });
  slept = 120_000;
  await expect(lease.confirm()).rejects.toThrow(/somebody else took over/);
});
