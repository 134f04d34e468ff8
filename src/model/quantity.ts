/** The number that a Kubernetes quantity means (`10Gi`, `500m`, `1e3`, 2), to 12 digits: near enough to compare; NaN for what is none (Kubernetes API, resource.Quantity). */
export function quantity(value: unknown): number {
  const [, digits, suffix = ""] =
    /^([+-]?[0-9.]+(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value)) ?? [];
  const factor = SUFFIXES[suffix];
  if (digits === undefined || factor === undefined) return Number.NaN;
  return Number((Number(digits) * factor).toPrecision(12));
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
