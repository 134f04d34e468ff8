import { expect, test } from "vitest";
import { isSpared, proxyFor } from "./proxy-for.ts";

test.each<[string, string, boolean]>([
  ["https://api.example.com", "", false],
  ["https://api.example.com", "*", true],
  ["https://api.example.com", "example.com", true],
  ["https://api.example.com", ".example.com", true],
  ["https://api.example.com", "*.example.com", true],
  ["https://example.com", ".example.com", false],
  ["https://notexample.com", "example.com", false],
  ["https://API.example.com", "api.EXAMPLE.com", true],
  ["https://api.example.com:6443", "api.example.com:6443", true],
  ["https://api.example.com:6443", "api.example.com:443", false],
  ["https://api.example.com", "api.example.com:443", true],
  ["https://10.1.2.3:6443", "a, 10.0.0.0/8", true],
  ["https://11.1.2.3:6443", "10.0.0.0/8", false],
  ["https://200.1.2.3", "200.1.2.3", true],
  ["https://1.200.1.2", "200.1.2", false],
  ["https://[fd00::1]:6443", "fd00::1", true],
  ["https://localhost:6443", "", true],
  ["https://127.0.0.1:6443", "", true],
  ["https://[::1]:6443", "", true],
])("%s with NO_PROXY=%s is spared: %s", (server, list, spared) => {
  expect(isSpared(new URL(server), list)).toBe(spared);
});

test.each<[string, string | undefined, Record<string, string>, string | undefined]>([
  ["https://h", undefined, {}, undefined],
  ["https://h", undefined, { HTTPS_PROXY: "http://p:3128" }, "http://p:3128/"],
  ["https://h", undefined, { https_proxy: "p:3128" }, "http://p:3128/"],
  ["https://h", undefined, { HTTP_PROXY: "http://p:3128" }, undefined],
  ["https://h", undefined, { HTTPS_PROXY: "http://p", NO_PROXY: "h" }, undefined],
  ["https://h", "socks5://q:1080", { HTTPS_PROXY: "http://p", NO_PROXY: "h" }, "socks5://q:1080"],
  ["http://127.0.0.1", "http://q", {}, undefined],
])("%s, proxy-url %s, %o: %s", (server, configured, env, proxy) => {
  expect(proxyFor(new URL(server), configured, env, "f")?.href).toBe(proxy);
});
