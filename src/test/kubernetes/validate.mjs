// Reads a JSON array of Kubernetes objects from standard input and prints the errors of each one, according to the schemas
// of kubernetes-models. The schemas allow unknown properties, which the API server drops; this script reports each property
// that is not in the schema.
import { readFileSync } from "node:fs";

const packages = [
  [/^keda\.sh\//, "@kubernetes-models/keda"],
  [/^monitoring\.coreos\.com\//, "@kubernetes-models/prometheus-operator"],
  [/./, "kubernetes-models"],
];

async function model({ apiVersion, kind }) {
  const [, name] = packages.find(([pattern]) => pattern.test(apiVersion));
  try {
    return (await import(`${name}/${apiVersion}/${kind}`))[kind];
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") {
      throw error;
    }
    return undefined;
  }
}

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

async function faults(object) {
  const kind = await model(object);
  if (!kind) {
    return [`no schema for ${object.apiVersion} ${object.kind}`];
  }
  const unseen = new Set();
  const { apiVersion, kind: ignored, metadata, ...rest } = object;
  const instance = new kind({ metadata });
  // Set afterwards, since the constructor copies its argument.
  for (const key of Object.keys(rest)) {
    const child = watched(rest[key], key, unseen);
    unseen.add(key);
    Object.defineProperty(instance, key, {
      enumerable: true,
      get() {
        unseen.delete(key);
        return child;
      },
    });
  }
  try {
    instance.validate();
  } catch (error) {
    return [error.message];
  }
  return [...unseen].map((path) => `unknown property ${path}`);
}

const objects = JSON.parse(readFileSync(0, "utf8"));
for (const object of objects) {
  for (const fault of await faults(object)) {
    console.log(`${object.kind} ${object.metadata?.name}: ${fault}`);
  }
}
