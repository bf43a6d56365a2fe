// Reads a JSON array of Kubernetes objects from standard input and prints what is wrong with each, by the schemas of
// kubernetes-models. Those allow properties that they don't know, as the API server does, which drops them; here each
// property that the schema never looks at is a fault.
import { readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";

const kinds = [ScaledObject, HorizontalPodAutoscaler];

function watched(value, path, unseen) {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const copy = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    const child = watched(value[key], `${path}.${key}`, unseen);
    unseen.add(`${path}.${key}`);
    Object.defineProperty(copy, key, {
      enumerable: true,
      get() {
        unseen.delete(`${path}.${key}`);
        return child;
      },
    });
  }
  return copy;
}

function faults(object) {
  const kind = kinds.find((known) => known.apiVersion === object.apiVersion && known.kind === object.kind);
  if (!kind) {
    return [`no schema for ${object.apiVersion} ${object.kind}`];
  }
  const unseen = new Set();
  const model = new kind({ metadata: object.metadata });
  // Set afterwards, since the constructor copies what it gets.
  model.spec = watched(object.spec, "spec", unseen);
  try {
    model.validate();
  } catch (error) {
    return [error.message];
  }
  return [...unseen].map((path) => `unknown property ${path}`);
}

const objects = JSON.parse(readFileSync(0, "utf8"));
for (const object of objects) {
  for (const fault of faults(object)) {
    console.log(`${object.kind} ${object.metadata?.name}: ${fault}`);
  }
}
