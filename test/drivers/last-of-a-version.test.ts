import { afterAll, beforeAll, expect, test } from "vitest";
import { install } from "../../src/actions/change/install.ts";
import { update } from "../../src/actions/change/update.ts";
import { uninstall } from "../../src/actions/removal/uninstall.ts";
import { type DriversWorld, driversWorld, values } from "./drivers.ts";
import { holdAll } from "./hold-request.ts";
import { twoParameters } from "./two-parameters.ts";

// The last instance of a version is uninstalled, and its package goes with it, while another one of it is installed.

let world: DriversWorld;
let source: string;
beforeAll(async () => {
  world = await driversWorld();
  source = twoParameters();
});
afterAll(() => world.close());

test.each([
  { title: "before anything is marked", place: /PATCH .*operatorversions/ },
  { title: "when the package begins to go", place: /DELETE .*secrets/ },
])(
  "an uninstall that is held $title leaves the package to the next instance",
  async ({ place }) => {
    const remover = await world.driver("remover");
    await install(remover.ctx, { source, instance: "old" });
    const { reached, goOn } = holdAll(remover, place);
    const removal = uninstall(remover.ctx, { instance: "old" });
    await reached;

    const installer = await world.driver("installer");
    const stored = new Promise<void>((resolve) => {
      installer.before = ({ method, path }) => {
        // The second look at the version: its Instance is there.
        if (method === "POST" && path.endsWith("/instances")) setTimeout(resolve, 100);
      };
    });
    const installed = install(installer.ctx, { source, instance: "new" });
    await stored;
    goOn();
    expect(await removal).toMatchObject({ outcome: { result: "complete" } });
    expect(await installed).toMatchObject({ outcome: { result: "complete" } });
    const changed = await update(installer.ctx, { instance: "new", values: values("A=1") });
    expect(changed).toMatchObject({ outcome: { result: "complete" } });
    expect(await versions()).toEqual([["demo-0.1.0", undefined]]);
    await uninstall(installer.ctx, { instance: "new" });
    expect(await versions()).toEqual([]);
  },
);

test("a mark that a killed uninstall left is taken back", async () => {
  const remover = await world.driver("killed");
  await install(remover.ctx, { source, instance: "old" });
  const { reached } = holdAll(remover, /DELETE .*operatorversions/);
  void uninstall(remover.ctx, { instance: "old" });
  await reached;
  remover.clock.stop();

  const installer = await world.driver("installer");
  installer.before = ({ method, path }) => {
    if (method === "POST" && path.endsWith("/instances"))
      setTimeout(() => installer.clock.skip(9000), 200);
    if (method === "GET" && path.endsWith("/operatorversions/demo-0.1.0"))
      installer.clock.skip(4000);
  };
  expect(await install(installer.ctx, { source, instance: "new" })).toMatchObject({
    outcome: { result: "complete" },
  });
  expect(await versions()).toEqual([["demo-0.1.0", undefined]]);
});

/** Each with its mark. */
async function versions(): Promise<readonly (readonly [string, string | undefined])[]> {
  const path = "/apis/kudo.dev/v1beta1/namespaces/default/operatorversions";
  const { body } = await world.api.get(path);
  return body.items.map(
    ({ metadata }: { metadata: { name: string; annotations: Record<string, string> } }) => [
      metadata.name,
      metadata.annotations["kplan.dev/removing"],
    ],
  );
}
