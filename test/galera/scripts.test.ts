import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { valuesOf } from "../../src/actions/change/given-values.ts";
import { renderPackage } from "../../src/actions/render-package.ts";

const GALERA = join(import.meta.dirname, "../../operators/galera");
const CAPABILITIES = { KubeVersion: { Major: 1, Minor: 30 }, APIVersions: ["policy/v1"] };

const values = valuesOf({ TLS_MODE: "generate" });
const { tasks } = await renderPackage({ source: GALERA, values, capabilities: CAPABILITIES });
const scripts = tasks
  .flatMap(({ objects }) => objects)
  .filter(({ kind }) => kind === "ConfigMap")
  .flatMap(({ data }) => Object.entries(data as Record<string, string>))
  .filter(([name]) => name.endsWith(".sh"));

test.each([...new Map(scripts)])("%s is read by bash without a complaint", (_, text) => {
  const { status, stderr } = spawnSync("bash", ["-n"], { input: text, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("there are scripts to read", () => {
  expect(scripts.length).toBeGreaterThan(10);
});

/** What a script of rotation prints for a password on its standard input. */
function nativeHash(password: string): string {
  const script = scripts.find(([name]) => name === "passwords.sh")?.[1] ?? "";
  const [own = ""] = /native_hash\(\) \{.*\}/.exec(script) ?? [];
  return spawnSync("bash", ["-c", `${own}; native_hash`], { input: password, encoding: "utf8" })
    .stdout;
}

// The script runs in a container that has both programs; this machine may not.
const able = ["openssl", "basenc"].every(
  (program) => spawnSync(program, [program === "openssl" ? "version" : "--version"]).status === 0,
);
test.runIf(able).each([
  // As MariaDB's PASSWORD() gives them.
  ["old1", "*C906F44266002275A899856CB61A48A34B3A14DF"],
  ["new2", "*5ADC78E8CB6B58476B153E2807E4D26CD2D927B5"],
])("the hash of %s is the one that MariaDB keeps", (password, hash) => {
  expect(nativeHash(password)).toBe(hash);
});

/** What a piece of shell prints after `common.sh`, with folders of its own for data and memory and a server whose data cannot be opened. */
function afterCommon(shell: string): string {
  const folder = mkdtempSync(join(tmpdir(), "galera-scripts-"));
  const common = (scripts.find(([name]) => name === "common.sh")?.[1] ?? "")
    .replace("DATA=/var/lib/mysql", `DATA=${folder}/data`)
    .replace("RUN=/run/mysqld", `RUN=${folder}/run`)
    .replace("CLUSTER_NAME=$(sed", "CLUSTER_NAME=$(true")
    .replace("/dev/termination-log", `${folder}/ended`);
  const stubs = `POD_NAME=db-0 POD_IP=10.0.0.1
    mariadbd() { : > "$RUN/recover.log"; return 1; }
    mkdir -p "$DATA/mysql" "$RUN"`;
  const input = `${common}\n${stubs}\n${shell}\n`;
  return spawnSync("bash", ["-s"], { input, encoding: "utf8" }).stdout;
}

test.each([
  ["cannot be opened", "", /STOPPED: the data on the claim of db-0 cannot be opened/],
  ["was made halfway", "touch $DATA/kplan-unfinished;", /^none -1$/],
  ["was copied halfway", "touch $DATA/sst_in_progress;", /^none -1$/],
  [
    "was left in order",
    "printf 'uuid: 1-2\\nseqno: 7\\nsafe_to_bootstrap: 1\\n' > $DATA/grastate.dat;",
    /^1-2 7$/,
  ],
])("a database that %s", (_, before, said) => {
  expect(afterCommon(`${before} read_own; echo "\${OWN:-none} $SEQNO"`).trim()).toMatch(said);
});

test.each([
  ["1 minute ago", "held"],
  ["11 minutes ago", "free"],
])("a member that plan recover held %s: %s", (ago, is) => {
  const shell = `touch -d '${ago}' "$RUN/hold"; held && echo held || echo free`;
  expect(afterCommon(shell).trim()).toBe(is);
});

test.each([
  // All connections may be taken: it may be serving, and is not for plan recover to stop.
  ["has opened its socket and does not answer", "silent"],
  ["waits for its cluster", "starting"],
])("a server that %s is %s", (what, state) => {
  const socket = what.includes("socket")
    ? 'node -e \'require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))\' "$RUN/mysqld.sock";'
    : "";
  const shell = `server_runs() { true; }; status_of() { false; }; ${socket} own_position`;
  expect(JSON.parse(afterCommon(shell))).toMatchObject({ primary: false, state });
});

const detached = ["flock", "setsid"].every(
  (program) => spawnSync(program, ["--version"]).status === 0,
);
test.runIf(detached)("what takes long is done once, however often it is asked for", () => {
  const folder = mkdtempSync(join(tmpdir(), "galera-once-"));
  const common = scripts.find(([name]) => name === "data-common.sh")?.[1] ?? "";
  writeFileSync(join(folder, "common.sh"), common.replace("RUN=/run/mysqld", `RUN=${folder}`));
  const job = `#!/bin/bash
    . ${folder}/common.sh
    once "job-$1" "$@"
    echo began >> ${folder}/began
    sleep 0.2
    echo "gave $2"; echo "said $2" >&2
    exit 3`;
  writeFileSync(join(folder, "job.sh"), job, { mode: 0o755 });
  const ask = `${folder}/job.sh a "two words"; echo "code $?"`;

  // The first one who asks loses the connection, two others wait at the same time, and one comes later.
  const input = `${folder}/job.sh a "two words" & first=$!
    until [ -e ${folder}/began ]; do sleep 0.01; done
    kill $first; wait $first 2> /dev/null
    { ${ask}; } > ${folder}/b & { ${ask}; } > ${folder}/c & wait
    cat ${folder}/b ${folder}/c; ${ask}`;
  const { stdout, stderr } = spawnSync("bash", ["-s"], { input, encoding: "utf8" });

  expect(stdout.match(/gave two words\ncode 3\n/g)).toHaveLength(3);
  expect(stderr.match(/said two words/g)).toHaveLength(3);
  expect(readFileSync(join(folder, "began"), "utf8")).toBe("began\n");
});

test.each([
  ["4", "false", "", "ready"],
  ["2", "true", "", "ready"],
  ["2", "false", "", "wsrep_local_state is 2"],
  // Desynced for a backup, which blocks nobody.
  ["2", "false", 'touch "$RUN/backup-running";', "ready"],
  ["3", "true", "", "wsrep_local_state is 3"],
])("state %s, AVAILABLE_WHEN_DONOR %s, %s: %s", (state, donors, before, said) => {
  const ready = scripts.find(([name]) => name === "ready.sh")?.[1].split("common.sh\n")[1] ?? "";
  const shell = `AVAILABLE_WHEN_DONOR=${donors}; status_of() { echo u Primary ${state} NONE; }; ${before}
    (${ready}) && echo ready`;
  expect(afterCommon(shell).trim()).toBe(said);
});
