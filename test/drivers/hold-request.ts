import type { TestDriver } from "./drivers.ts";

/** Holds one request of a driver before it is sent: the one whose `METHOD path` fits, after so many others that do. */
export function holdOne(
  driver: TestDriver,
  { place, skipped }: { readonly place: RegExp; readonly skipped: number },
): { readonly held: Promise<string>; readonly release: () => void } {
  let seen = 0;
  let release = (): void => undefined;
  const go = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = new Promise<string>((resolve) => {
    driver.before = async ({ method, path }) => {
      const text = `${method} ${path}`;
      // The watch for what other terminals ask: the driver does not wait for it.
      if (!place.test(text) || path.endsWith("/instances")) return;
      seen += 1;
      if (seen !== skipped + 1) return;
      resolve(text);
      await go;
    };
  });
  return { held, release: () => release() };
}

/** Holds every request of a driver whose `METHOD path` fits, before it is sent, until it may go on. */
export function holdAll(
  driver: TestDriver,
  place: RegExp,
): { readonly reached: Promise<void>; readonly goOn: () => void } {
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const reached = new Promise<void>((resolve) => {
    driver.before = async ({ method, path }) => {
      if (!place.test(`${method} ${path}`)) return;
      resolve();
      await gate;
    };
  });
  return { reached, goOn: () => goOn() };
}
