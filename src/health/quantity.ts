/** The number that a Kubernetes quantity means (`10Gi`, `500m`, `1e3`); NaN for text that is none. Exact enough to compare sizes. */
export function quantity(text: string): number {
  const parts = /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkKMGTPE]i?)?$/.exec(text);
  if (parts === null) return Number.NaN;
  const factor = SUFFIXES[parts[2] ?? ""];
  return factor === undefined ? Number.NaN : Number(parts[1]) * factor;
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
