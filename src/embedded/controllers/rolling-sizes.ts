/** How far a rolling update may go above and below the wanted number: counts or percentages. */
export interface RollingLimits {
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
}

/** A ReplicaSet in a rolling update. */
export interface RollingSet {
  /** Pods that it is to have. */
  readonly size: number;
  readonly available: number;
}

/** The next size of the newest ReplicaSet: as many as the surge leaves room for. */
export function newSize(
  wanted: number,
  limits: RollingLimits,
  newest: RollingSet,
  old: readonly RollingSet[],
): number {
  if (newest.size >= wanted) return wanted;
  const total = newest.size + sum(old.map(({ size }) => size));
  const room = wanted + resolve(limits, wanted).surge - total;
  return newest.size + Math.max(0, Math.min(room, wanted - newest.size));
}

/**
 * The next sizes of the older ReplicaSets, given oldest first: what is not available anyway goes first, then as many as
 * may be missed while the new ones come up.
 */
export function oldSizes(
  wanted: number,
  limits: RollingLimits,
  newest: RollingSet,
  old: readonly RollingSet[],
): number[] {
  const sizes = old.map(({ size }) => size);
  const least = wanted - resolve(limits, wanted).unavailable;
  const unready = Math.max(0, newest.size - newest.available);
  let spare = newest.size + sum(sizes) - least - unready;
  old.forEach(({ size, available }, index) => {
    const broken = Math.max(0, Math.min(size - available, spare));
    sizes[index] = size - broken;
    spare -= broken;
  });
  let missable = newest.available + sum(old.map(({ available }) => available)) - least;
  sizes.forEach((size, index) => {
    const healthy = Math.max(0, Math.min(size, missable, spare));
    sizes[index] = size - healthy;
    missable -= healthy;
    spare -= healthy;
  });
  return sizes;
}

/** Percentages of the wanted number: the surge rounded up, the unavailable down, and never both zero. */
export function resolve(
  { maxSurge, maxUnavailable }: RollingLimits,
  wanted: number,
): { surge: number; unavailable: number } {
  const surge = portion(maxSurge, wanted, Math.ceil);
  const unavailable = Math.min(portion(maxUnavailable, wanted, Math.floor), wanted);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** A count, or a percentage of `whole`, rounded. */
export function portion(
  value: number | string,
  whole: number,
  round: (number: number) => number,
): number {
  if (typeof value === "number") return value;
  return value.endsWith("%")
    ? round((Number.parseFloat(value) * whole) / 100)
    : Number.parseInt(value, 10);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
