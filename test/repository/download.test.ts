import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { download } from "../../src/repository/download.ts";
import { startWebServer, type WebServer } from "../../src/repository/testing/web-server.ts";
import { selfSigned } from "../support/self-signed.ts";

let server: WebServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

test("a server that never ends its answer is given up", async () => {
  server = await startWebServer({
    "/silent": () => {},
    "/slow": (_request, response) => {
      response.write("a");
    },
  });
  for (const path of ["/silent", "/slow"])
    await expect(
      download(new URL(path, server.url), { most: 10, within: 100, env: {} }),
    ).rejects.toThrow(`${server.url}${path}: no whole answer within 0.1 s`);
});

test("a server whose certificate nobody vouches for is not asked", async () => {
  const secure = createServer(await selfSigned(["127.0.0.1"]), (_request, response) => {
    response.end("secret");
  });
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  const { port } = secure.address() as AddressInfo;
  const address = new URL(`https://127.0.0.1:${port}/x`);
  await expect(download(address, { most: 10, env: {} })).rejects.toMatchObject({
    code: "no-download",
    message: expect.stringMatching(/self-signed certificate|unable to verify/),
  });
  secure.close();
});

test("https goes through the proxy that the environment names, unless it is spared", async () => {
  server = await startWebServer({});
  const address = new URL("https://packages.example.invalid/x");
  const env = { HTTPS_PROXY: "http://127.0.0.1:9" };
  await expect(download(address, { most: 10, env })).rejects.toThrow(/proxy 127.0.0.1:9/);
  const spared = { ...env, NO_PROXY: "127.0.0.1" };
  await expect(
    download(new URL("https://127.0.0.1:9/x"), { most: 10, env: spared }),
  ).rejects.toThrow(/the connection was refused/);
});

test("files are read where that is allowed alone", async () => {
  const address = new URL("../../src/repository/download.ts", import.meta.url);
  const bytes = await download(address, { most: 100_000, files: true, env: {} });
  expect(new TextDecoder().decode(bytes)).toContain("export async function download");
  await expect(download(address, { most: 10, files: true, env: {} })).rejects.toThrow(
    /larger than/,
  );
  await expect(download(address, { most: 10, env: {} })).rejects.toThrow(/are not fetched/);
  const nowhere = new URL("./nowhere", import.meta.url);
  await expect(download(nowhere, { most: 10, files: true, env: {} })).rejects.toThrow(
    /there is no such file/,
  );
});
