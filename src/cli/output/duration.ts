/** `850ms`, `12s`, `3m05s`, `2h10m`: a duration in milliseconds, for people. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${pad(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${pad(minutes % 60)}m` : `${Math.floor(hours / 24)}d`;
}

/** How long ago a time (RFC 3339) was, as of `now`. */
export function age(since: string, now: Date): string {
  return duration(Math.max(1000, now.getTime() - Date.parse(since)));
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}
