import { createInterface } from "node:readline";
import { until } from "../until.ts";
import { type Client, startClient } from "./client.ts";
import type { LoadCommand, LoadConfig, LoadLine, Manner } from "./report.ts";
import { startSampling } from "./sample-states.ts";
import { type Access, openSession, type Session } from "./session.ts";

/** The load: a program of its own, so that it can run in the network of a node. Commands come in as lines of JSON, and lines of JSON go out. */
async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const config = JSON.parse((await lines.next()).value) as LoadConfig;
  let { password } = config;
  const access = (): LoadConfig => ({ ...config, password });
  const { connection } = await firstSession(access());
  await connection.query("CREATE DATABASE IF NOT EXISTS kplan_load");
  await connection.query(
    `CREATE OR REPLACE TABLE kplan_load.rows
     (client INT, n INT, pad VARCHAR(100), PRIMARY KEY (client, n)) ENGINE=InnoDB`,
  );
  connection.destroy();

  const manners: Manner[] = [
    ...Array<Manner>(config.pooled).fill("pooled"),
    ...Array<Manner>(config.kept).fill("kept"),
  ];
  const clients = manners.map((manner, id) => startClient(id, manner, config.think, access));
  const sampling = startSampling({ ...config, ...config.watcher }, (states) =>
    say({ said: "states", ...states }),
  );
  let stage = "";
  let began = performance.now();
  const endStage = (next: string): void => {
    const now = performance.now();
    const seconds = Math.round((now - began) / 100) / 10;
    const reports = clients.map((client) => client.take());
    if (stage !== "") say({ said: "stage", stage, seconds, clients: reports });
    stage = next;
    began = now;
  };
  say({ said: "ready" });

  for await (const line of { [Symbol.asyncIterator]: () => lines }) {
    const command = JSON.parse(line) as LoadCommand;
    switch (command.do) {
      case "stage":
        endStage(command.name);
        break;
      case "place":
        await Promise.all(
          (["pooled", "kept"] as const).map((manner) =>
            place(
              clients.filter((client) => client.manner === manner),
              command.pods,
              command.each,
            ),
          ),
        );
        say({ said: "placed" });
        break;
      case "sample":
        sampling.members(command.members);
        break;
      case "password":
        password = command.password;
        break;
      case "stop":
        endStage("");
        sampling.stop();
        await Promise.all(clients.map((client) => client.stop()));
        say({ said: "rows", rows: clients.map((client) => client.rows()) });
        process.stdin.destroy();
        return;
    }
  }
}

/** A session to begin with: a Service whose members have only just become ready may not be known to every node yet. */
function firstSession(access: Access): Promise<Session> {
  return until("the Service answers", () => openSession(access, () => {}), { within: 30_000 });
}

/** Moves clients until `each` of them are on each pod; those that are there already stay. */
async function place(
  clients: readonly Client[],
  pods: readonly string[],
  each: number,
): Promise<void> {
  const free = clients.filter((client) => !pods.includes(client.pod()));
  const moves: Promise<void>[] = [];
  for (const pod of pods) {
    const there = clients.filter((client) => client.pod() === pod);
    free.push(...there.slice(each));
  }
  for (const pod of pods) {
    const there = clients.filter((client) => client.pod() === pod).length;
    for (let n = there; n < each; n++) {
      const client = free.shift();
      if (client !== undefined) moves.push(client.moveTo(pod));
    }
  }
  await Promise.all(moves);
}

function say(line: LoadLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

await main();
