import { bootstrapObjects, INSTANCE, memberStates } from "../galera.ts";
import { GALERA } from "../kplan.ts";
import { kubectl, objects } from "../kubectl.ts";
import { type Load, startLoad } from "../load/start-load.ts";
import { expectAcknowledged } from "../load/trial.ts";
import { smallPackage } from "./small-package.ts";

/** What is done to an instance again and again. */
export type Action = "install" | "grow" | "shrink" | "uninstall";

/** A package, and how the suite uses it. */
export interface Workload {
  readonly name: string;
  readonly instance: string;
  readonly commands: Readonly<Record<Action, readonly string[]>>;
  /** A change that is none of the others, and is soon done. */
  readonly other: readonly string[];
  /** Milliseconds within which each action must be complete, whatever happens to its drivers. */
  readonly deadline: number;
  /** Throws unless the instance is whole after an action; gives the UUID of its data, empty when it has none. */
  readonly whole: (namespace: string, after: Action) => Promise<string>;
  /** Puts clients to work, where there is something to work on. */
  readonly clients?: (namespace: string) => Promise<Clients>;
}

/** Clients at work. */
export interface Clients {
  /** Ends them; throws unless every row that was acknowledged is on every member. Gives how many there were. */
  readonly settle: () => Promise<number>;
  readonly kill: () => void;
}

/** The workload of this name: `small` or `galera`. */
export function workloadNamed(name: string): Workload {
  return name === "galera" ? galera() : small();
}

function small(): Workload {
  const sizes = { install: 2, grow: 3, shrink: 2, uninstall: 0 };
  return {
    ...{ name: "small", instance: "small-instance", deadline: 5 * 60_000 },
    commands: {
      install: ["install", smallPackage()],
      grow: ["update", "-p", "COUNT=3"],
      shrink: ["update", "-p", "COUNT=2"],
      uninstall: ["uninstall", "--delete-claims"],
    },
    other: ["update", "-p", "COLOR=green"],
    async whole(namespace, after) {
      const members = await objects(namespace, "pods", "app=small-instance-member");
      const ready = members.filter(({ status }) =>
        status?.containerStatuses?.every((container) => container.ready),
      );
      if (ready.length !== sizes[after]) throw new Error(`${ready.length} members are ready`);
      return "";
    },
  };
}

/** Galera at the sizes that show it with the least work for the machine: one member and two, unless others are asked for. */
function galera(): Workload {
  const [least = 1, most = 2] = (process.env.KPLAN_CHAOS_SIZES ?? "1,2").split(",").map(Number);
  const sizes = { install: least, grow: most, shrink: least, uninstall: 0 };
  const size = (n: number): readonly string[] => [
    ...["-p", `NODE_COUNT=${n}`],
    ...(n % 2 === 0 ? ["--allow", "even-size"] : []),
  ];
  return {
    ...{ name: "galera", instance: INSTANCE, deadline: 8 * 60_000 },
    commands: {
      install: ["install", GALERA, ...size(least)],
      grow: ["update", ...size(most)],
      shrink: ["update", ...size(least)],
      uninstall: ["uninstall", "--delete-claims"],
    },
    other: ["update", "-p", "BACKUP_KEEP=5", "--allow", "even-size"],
    async whole(namespace, after) {
      if (after === "uninstall") {
        const left = await kubectl(namespace, ["get", "pods,pvc", "-o", "name"]);
        const stray = left.split("\n").filter((name) => name !== "" && !name.includes("backup"));
        if (stray.length > 0) throw new Error(`left: ${stray.join(", ")}`);
        return "";
      }
      const states = await memberStates(namespace);
      const uuids = new Set(states.map(({ uuid }) => uuid));
      const good = states.every(
        ({ size: seen, status, state }) =>
          seen === String(sizes[after]) && status === "Primary" && state === "Synced",
      );
      if (!good || states.length !== sizes[after] || uuids.size !== 1)
        throw new Error(`not whole: ${JSON.stringify(states)}`);
      const bootstrap = await bootstrapObjects(namespace);
      if (bootstrap.length > 0) throw new Error(`left: ${bootstrap.join(", ")}`);
      return [...uuids][0] ?? "";
    },
    async clients(namespace) {
      const load: Load = await startLoad(namespace, { pooled: 1, kept: 1, think: 50 });
      await load.stage("all");
      return {
        async settle() {
          const { rows } = await load.stop();
          await expectAcknowledged(namespace, rows);
          return rows.reduce((all, { last, except }) => all + last - except.length, 0);
        },
        kill: load.kill,
      };
    },
  };
}
