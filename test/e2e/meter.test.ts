import { expect, test } from "vitest";
import { packageFolder } from "../support/package-folder.ts";
import { kplan, startKplan, succeed } from "./kplan.ts";
import { object, objects } from "./kubectl.ts";
import { until } from "./until.ts";
import { useNamespace } from "./use-namespace.ts";

const OPERATOR = `apiVersion: kplan.dev/v1
name: web
operatorVersion: 0.1.0
meter: {pod: meter.yaml, budget: {failed: 0, gap: 5s}, over: pause}
tasks:
  - {name: web, kind: Apply, spec: {resources: [web.yaml, service.yaml]}}
plans:
  deploy:
    phases:
      - {name: main, steps: [{name: web, tasks: [web]}]}
  roll:
    phases:
      - {name: main, steps: [{name: web, tasks: [web], meter: true}]}
`;
const PARAMS = `apiVersion: kplan.dev/v1
parameters:
  - {name: COLOR, type: string, default: red, trigger: roll}
  - {name: SERVES, type: string, default: web, trigger: roll}
`;
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: {{Name}}-web}
spec:
  replicas: 2
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 10
      containers:
        - name: web
          image: busybox:1.28
          command: [sh, -c, "mkdir /www && echo $COLOR > /www/index.html && exec httpd -f -p 8080 -h /www"]
          env: [{name: COLOR, value: {{quote Params.COLOR}} }]
          readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
          lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: {{Name}}-web}
spec:
  selector: {app: {{quote Params.SERVES}} }
  ports: [{port: 80, targetPort: 8080, protocol: TCP}]
`;
/** Asks for the page again and again; hundredths of a second are as fine as this shell can tell. */
const METER = `apiVersion: v1
kind: Pod
metadata: {name: {{Name}}-meter}
spec:
  restartPolicy: Never
  containers:
    - name: meter
      image: busybox:1.28
      command:
        - sh
        - -c
        - |
          now() { read up idle < /proc/uptime; now=\${up%.*}\${up#*.}; }
          now; last=$now ok=0 failed=0 worst=0 line=$now
          while :; do
            now; begin=$now
            if printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 1 "$WEB_INSTANCE_WEB_SERVICE_HOST" 80 | grep -q 200; then
              now; ok=$((ok + 1)); took=$((now - begin)); [ $took -le $worst ] || worst=$took; last=$now
            else
              failed=$((failed + 1))
            fi
            now
            if [ $((now - line)) -ge 10 ]; then
              echo "{\\"ok\\":$ok,\\"failed\\":$failed,\\"p50\\":$((worst * 5)),\\"p99\\":$((worst * 10)),\\"gapMs\\":$(((now - last) * 10))}"
              ok=0 failed=0 worst=0 line=$now
            fi
            usleep 10000
          done
`;
const SOURCE = packageFolder({
  "operator.yaml": OPERATOR,
  "params.yaml": PARAMS,
  "templates/config.yaml": null,
  "templates/web.yaml": WEB,
  "templates/service.yaml": SERVICE,
  "templates/meter.yaml": METER,
});

const namespace = useNamespace("kp-d-meter");
const lastRun = async (): Promise<{
  readonly reason?: string;
  readonly meters: Readonly<Record<string, { readonly ok: number; readonly failed: number }>>;
}> => JSON.parse(await succeed(namespace, "plan", "history", "-o", "json"))[0];
const meterPod = () => object(namespace, "pod", "web-instance-meter");

test("a rolling change is measured", async () => {
  await succeed(namespace, "install", SOURCE);
  const said = await succeed(namespace, "update", "-p", "COLOR=blue");
  expect(said).toMatch(/roll\.main\.web meter: [\d,]+ ok, 0 failed/);
  const { meters } = await lastRun();
  expect(meters["roll.main.web"]?.failed).toBe(0);
  expect(meters["roll.main.web"]?.ok).toBeGreaterThan(100);
  expect(await meterPod()).toBeUndefined();
});

test("a killed driver leaves its meter, and the next one replaces it", async () => {
  const first = startKplan(namespace, ["update", "-p", "COLOR=green"]);
  const left = await until(
    "new pods under the meter",
    async () =>
      (await objects(namespace, "pods", "app=web")).length > 2 ? await meterPod() : undefined,
    { within: 60_000 },
  );
  first.process.kill("SIGKILL");
  await first.ended;
  expect((await meterPod())?.metadata.uid).toBe(left.metadata.uid);
  const said = await succeed(namespace, "update", "-p", "COLOR=green");
  expect(said).toContain("Pod web-instance-meter created");
  expect(await meterPod()).toBeUndefined();
});

test("failed statements pause the run with exit 3", async () => {
  const { code, stdout } = await kplan(
    namespace,
    "update",
    "-p",
    "SERVES=nobody",
    "-p",
    "COLOR=black",
  );
  expect(stdout).toMatch(
    /PAUSED: paused in roll\.main\.web: the meter is over its budget: \d+ failed/,
  );
  expect([code, (await lastRun()).reason]).toEqual([3, "Paused"]);
  expect(await meterPod()).toBeUndefined();
});
