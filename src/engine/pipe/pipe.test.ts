import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { KubeObject } from "../../model/kube-object.ts";
import { pipeArtifactName, pipePodName } from "../../model/pipe-names.ts";
import type { PipeTask } from "../../model/task.ts";
import { isBelow, pipePod } from "../../render/pipe-pod.ts";
import { artifactOf, filledArtifact } from "./artifact.ts";
import { readEnvFile } from "./read-env-file.ts";
import { readTar } from "./read-tar.ts";

const PLACE = { plan: "deploy", phase: "first", step: "step", task: "gen_files" };

test("names of the pod and of artifacts are KUDO's", () => {
  expect(pipePodName("Foo-Instance", PLACE)).toBe("fooinstance.deploy.first.step.genfiles.pipepod");
  expect(pipeArtifactName("Foo-Instance", PLACE, "$!Foo%")).toBe(
    "fooinstance.deploy.first.step.genfiles.foo",
  );
});

test.each([
  ["/dir", "/dir/link", true],
  ["/dir", "/dir/int/../link", true],
  ["/dir", "/dir/../link", false],
  ["/dir", "/link", false],
  ["/dir", "/dir", false],
  ["/dir", "/dir/.x", false],
  ["/dir", "/dir/a/.x", true],
  ["/dir", "dir/link", false],
  ["/dir/", "/dir/link", true],
  ["dir", "dir/link", true],
  ["dir", "dir/../../link", false],
])("below %s, is %s? %s", (mount, file, want) => {
  expect(isBelow(file, mount)).toBe(want);
});

const TASK: PipeTask = {
  kind: "Pipe",
  name: "gen_files",
  pod: "pod.yaml",
  pipe: [{ file: "/tmp/key", kind: "Secret", key: "key" }],
};

const INIT = { name: "make", image: "i", volumeMounts: [{ name: "shared", mountPath: "/tmp" }] };
const SPEC = { volumes: [{ name: "shared", emptyDir: {} }], initContainers: [INIT] };

function pod(spec: object): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec };
}

test("the pod of a Pipe task waits with its volume until it is deleted", () => {
  expect(pipePod([pod({ ...SPEC, nodeName: "n" })], TASK)).toEqual({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", annotations: { "kudo.dev/pipepod": "true" } },
    spec: {
      ...SPEC,
      nodeName: "n",
      restartPolicy: "OnFailure",
      containers: [
        {
          name: "waiter",
          image: "busybox",
          command: ["/bin/sh", "-c", expect.stringContaining("while :")],
          volumeMounts: [{ name: "shared", mountPath: "/tmp" }],
        },
      ],
    },
  });
});

test.each<[string, KubeObject[]]>([
  ["may have no containers", [pod({ ...SPEC, containers: [{ name: "c" }] })]],
  ["one init container", [pod({ ...SPEC, initContainers: [] })]],
  ["one init container", [pod({ ...SPEC, initContainers: [INIT, INIT] })]],
  ["restartPolicy must be OnFailure, not Never", [pod({ ...SPEC, restartPolicy: "Never" })]],
  ["one volume of emptyDir", [pod({ ...SPEC, volumes: [{ name: "shared" }] })]],
  [
    "one volume of emptyDir",
    [pod({ ...SPEC, volumes: [...SPEC.volumes, { name: "b", emptyDir: {} }] })],
  ],
  ["must mount the volume shared", [pod({ ...SPEC, initContainers: [{ name: "make" }] })]],
  [
    "must lie below /data",
    [
      pod({
        ...SPEC,
        initContainers: [{ ...INIT, volumeMounts: [{ name: "shared", mountPath: "/data" }] }],
      }),
    ],
  ],
  ["one Pod, and nothing else", [pod(SPEC), pod(SPEC)]],
  ["one Pod, and nothing else", [{ ...pod(SPEC), kind: "Job" }]],
  ["one Pod, and nothing else", []],
])("a pod that breaks KUDO's rules is refused: %s", (message, objects) => {
  expect(() => pipePod(objects, TASK)).toThrow(message);
});

test("an env file says values as they stand", () => {
  const text =
    '\uFEFF# what it is\n\n\tenemies=aliens\n  lives=3\r\n\tallowed="true"\nempty=\na.b-c=x=y \n';
  const read = readEnvFile(Buffer.from(text));
  expect("values" in read && Object.fromEntries(read.values)).toEqual({
    enemies: "aliens",
    lives: "3",
    allowed: '"true"',
    empty: "",
    "a.b-c": "x=y ",
  });
});

test.each(["no value", "=x", "1a=x", "a b=x"])(
  "the line %j of an env file is refused without being told",
  (line) => {
    const read = readEnvFile(Buffer.from(`ok=1\n${line}`));
    expect(read).toEqual({ wrong: expect.stringContaining("line 2") });
    expect(JSON.stringify(read)).not.toContain(line);
  },
);

test("a file goes whole into a Secret or the binaryData of a ConfigMap, an env file line by line", () => {
  const filled = (pipe: PipeTask["pipe"][number], bytes: Uint8Array): unknown =>
    filledArtifact(artifactOf("foo", PLACE, pipe), pipe, bytes);
  const bytes = Buffer.from([0, 255, 10]);
  expect(filled({ file: "/tmp/a/key.bin", kind: "Secret", key: "k" }, bytes)).toMatchObject({
    ...{ kind: "Secret", type: "Opaque", data: { "key.bin": "AP8K" } },
    metadata: { name: "foo.deploy.first.step.genfiles.k" },
  });
  expect(filled({ file: "/tmp/key.bin", kind: "ConfigMap", key: "k" }, bytes)).toEqual({
    ...{ apiVersion: "v1", kind: "ConfigMap", binaryData: { "key.bin": "AP8K" } },
    metadata: { name: "foo.deploy.first.step.genfiles.k" },
  });
  const env = Buffer.from("A=1\n");
  expect(filled({ envFile: "/tmp/e", kind: "Secret", key: "k" }, env)).toMatchObject({
    data: { A: "MQ==" },
  });
  expect(filled({ envFile: "/tmp/e", kind: "ConfigMap", key: "k" }, env)).toMatchObject({
    data: { A: "1" },
  });
});

test("what tar prints is read: a file of any bytes and name, a folder, a link, nothing, and what breaks off", () => {
  const folder = mkdtempSync(join(tmpdir(), "kplan-tar-"));
  try {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256));
    const long = "n".repeat(180);
    for (const name of ["a", long]) writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, "empty"), "");
    symlinkSync("a", join(folder, "link"));
    const tar = (...args: string[]): Buffer =>
      execFileSync("tar", ["cf", "-", "-C", folder, ...args]);
    for (const name of ["a", long])
      expect(readTar(tar(name))).toEqual({ kind: "file", bytes: new Uint8Array(bytes) });
    expect(readTar(tar("--format=pax", long))).toMatchObject({ kind: "file" });
    expect(readTar(tar("empty"))).toEqual({ kind: "file", bytes: new Uint8Array() });
    expect(readTar(tar("."))).toEqual({ kind: "directory" });
    expect(readTar(tar("link"))).toEqual({ kind: "link" });
    expect(readTar(tar("a").subarray(0, 1000))).toEqual({ kind: "broken-off" });
    expect(readTar(new Uint8Array())).toEqual({ kind: "none" });
    expect(readTar(Buffer.alloc(1024))).toEqual({ kind: "none" });
    expect(readTar(Buffer.alloc(1024, "x"))).toEqual({ kind: "broken-off" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
