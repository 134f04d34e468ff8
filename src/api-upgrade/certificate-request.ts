import type { Conversion } from "./conversion.ts";
import { mapIn } from "./fields.ts";

/** certificates.k8s.io/v1beta1 → v1, which wants a signer and usages and knows no legacy signer. */
export const certificateRequest: Conversion = (object) => {
  const { signerName, usages } = mapIn(object, "spec");
  if (typeof signerName !== "string" || signerName === "kubernetes.io/legacy-unknown")
    return { problem: "it names no signer that v1 knows", hint: "write spec.signerName" };
  if (!Array.isArray(usages) || usages.length === 0)
    return { problem: "it names no usages", hint: "write spec.usages" };
  return { object, notes: [] };
};
