import { KplanError } from "../../model/kplan-error.ts";

/** What Kubernetes allows as the value of a label: every object of an instance carries its name as one. */
const LONGEST = 63;

/** A subdomain of RFC 1123, as Kubernetes wants it. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Refuses a name that no Instance can have, without asking the cluster. Throws a `bad-input` KplanError. */
export function checkInstanceName(name: string): void {
  if (!SUBDOMAIN.test(name))
    throw badName(
      `${JSON.stringify(name)} cannot be the name of an instance: expected lower-case letters, digits, - and ., with a letter or digit at both ends and beside each dot`,
    );
  if (name.length > LONGEST)
    throw badName(
      `the name of an instance may have at most ${LONGEST} characters, as its objects carry it as a label; this one has ${name.length}: ${name}`,
    );
}

function badName(message: string): KplanError {
  return new KplanError("bad-name", message, {
    kind: "bad-input",
    hint: "--instance NAME gives another one",
  });
}
