import { isMap } from "../model/json.ts";
import type { Conversion, Fields } from "./conversion.ts";
import { mapIn, mapsIn, without } from "./fields.ts";

/** autoscaling/v2beta1 → v2: what a metric is and what it should be have parts of their own. */
export const autoscalerFromV2beta1: Conversion = (object) => {
  const spec = mapIn(object, "spec");
  const { metrics } = spec;
  if (!Array.isArray(metrics)) return { object, notes: [] };
  const converted = mapsIn(spec, "metrics").map(metric);
  const unknown = converted.indexOf(undefined);
  if (unknown >= 0) {
    const type = String(mapsIn(spec, "metrics")[unknown]?.type);
    return { problem: `spec.metrics[${unknown}] is of type ${type}, which is not known here` };
  }
  return { object: { ...object, spec: { ...spec, metrics: converted } }, notes: [] };
};

function metric(from: Fields): Fields | undefined {
  switch (from.type) {
    case "Resource":
    case "ContainerResource": {
      const field = from.type === "Resource" ? "resource" : "containerResource";
      const source = mapIn(from, field);
      const rest = without(source, "targetAverageUtilization", "targetAverageValue");
      return { type: from.type, [field]: { ...rest, target: target(source) } };
    }
    case "Pods": {
      const source = mapIn(from, "pods");
      return { type: "Pods", pods: { metric: named(source, "selector"), target: target(source) } };
    }
    case "Object": {
      const source = mapIn(from, "object");
      const goal = { targetValue: source.targetValue, targetAverageValue: source.averageValue };
      return {
        type: "Object",
        object: {
          describedObject: source.target,
          metric: named(source, "selector"),
          target: target(goal),
        },
      };
    }
    case "External": {
      const source = mapIn(from, "external");
      return {
        type: "External",
        external: { metric: named(source, "metricSelector"), target: target(source) },
      };
    }
    default:
      return undefined;
  }
}

function named(source: Fields, selector: string): Fields {
  const chosen = source[selector];
  return { name: source.metricName, ...(isMap(chosen) && { selector: chosen }) };
}

function target(source: Fields): Fields {
  const { targetAverageUtilization, targetAverageValue, targetValue } = source;
  if (targetAverageUtilization !== undefined)
    return { type: "Utilization", averageUtilization: targetAverageUtilization };
  if (targetAverageValue !== undefined)
    return { type: "AverageValue", averageValue: targetAverageValue };
  return { type: "Value", value: targetValue };
}
